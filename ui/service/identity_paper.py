"""A pair as it may be shown: each field on both sides, what it weighs, and everything masked unless revealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.identities import Entry
from claims.language import N_, language
from claims.masking import MASKS, mask_certificate, mask_value
from claims.tables import BY_NAME
from detectors.identity_reuse.certificates import expanded
from jobs.identity_pairs import Proposal
from ui.service.identity_facts import Facts, Meeting, meetings

_TABLE = BY_NAME["insured"]


class Sign(StrEnum):
    """How the two values of a field stand to each other."""

    SAME = "same"
    NEAR = "near"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class FieldLine:
    """One column on both sides, as it may be shown; `places` are the positions (from 1) that differ in a number."""

    column: str
    one: str
    other: str
    sign: Sign
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ground:
    """One thing that is weighed: its fields, the degree of agreement in words, and its weight in bits.

    `bits` is None for what is shown but not weighed.
    """

    name: str
    title: str
    level: str
    bits: float | None
    fields: tuple[FieldLine, ...]


@dataclass(frozen=True)
class Shared:
    """A value both hold, as it may be shown, and how many enrolments of the register hold it."""

    column: str
    value: str
    holders: int


@dataclass(frozen=True)
class PairPaper:
    """Everything about one pair; `names` and every value are as they may be shown, `history` oldest first."""

    proposal: Proposal
    numbers: tuple[str, str]
    names: tuple[str, str]
    grounds: tuple[Ground, ...]
    facts: Facts
    closest: tuple[Meeting, ...]
    shared: tuple[Shared, ...]
    history: tuple[Entry, ...]
    run: int
    data_version: int
    masked: bool

    @property
    def seen(self) -> int:
        """The last entry of the history, 0 where there is none."""
        return self.history[-1].id if self.history else 0


TITLES: Mapping[str, str] = {
    "name": N_("name"),
    "number": N_("certificate and birth date"),
    "contact": N_("telephone, account and address"),
    "employer": N_("employer"),
    "sex": N_("sex"),
    "lives": N_("places and days of use"),
    "faces": N_("face and finger templates"),
    "other": N_("not weighed"),
}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("psn_name",),
    "number": ("certno", "brdy"),
    "contact": ("tel", "bankacct", "addr"),
    "employer": ("emp_name",),
    "sex": ("gend",),
    "other": ("psn_no", "insutype", "insu_admdvs", "die_date"),
}
_WEIGHED = ("name", "number", "sex", "contact", "employer")
_LIKE, _UNLIKE, _NO_FACE = N_("templates alike"), N_("templates not alike"), N_("no templates of both")
_LIVES, _NO_LIVES = N_("as one body's rather than strangers'"), N_("as strangers share them")


def paper_of(
    proposal: Proposal, facts: Facts, history: Sequence[Entry], run: int, version: int, *, masked: bool
) -> PairPaper:
    """Draw the paper of one pair."""
    numbers = tuple(_shown("psn_no", number, masked) for number in proposal.key)
    names = tuple(_shown("psn_name", side.get("psn_name"), masked) for side in (facts.one, facts.other))
    return PairPaper(
        proposal=proposal,
        numbers=(numbers[0], numbers[1]),
        names=(names[0], names[1]),
        grounds=_grounds(proposal, facts, masked),
        facts=facts,
        closest=meetings(facts, proposal.one),
        shared=_shared(facts, masked),
        history=tuple(history),
        run=run,
        data_version=version,
        masked=masked,
    )


def _grounds(proposal: Proposal, facts: Facts, masked: bool) -> tuple[Ground, ...]:
    weighed = [
        Ground(name, TITLES[name], proposal.agreement[name], proposal.bits[name], _lines(_FIELDS[name], facts, masked))
        for name in _WEIGHED
    ]
    lives = Ground("lives", TITLES["lives"], _LIVES if proposal.lives > 0 else _NO_LIVES, proposal.lives, ())
    face = _LIKE if proposal.faces > 0 else _UNLIKE if proposal.faces < 0 else _NO_FACE
    faces = Ground("faces", TITLES["faces"], face, proposal.faces, ())
    rest = Ground("other", TITLES["other"], "", None, _lines(_FIELDS["other"], facts, masked))
    return (*weighed, lives, faces, rest)


def _lines(columns: Sequence[str], facts: Facts, masked: bool) -> tuple[FieldLine, ...]:
    return tuple(_line(column, facts, masked) for column in columns)


def _line(column: str, facts: Facts, masked: bool) -> FieldLine:
    one, other = facts.one.get(column), facts.other.get(column)
    sign, places = _sign(column, _plain(one), _plain(other))
    return FieldLine(column, _shown(column, one, masked), _shown(column, other, masked), sign, places)


def _sign(column: str, one: str, other: str) -> tuple[Sign, tuple[int, ...]]:
    if not one or not other:
        return Sign.UNKNOWN, ()
    if one == other:
        return Sign.SAME, ()
    if column == "certno" and expanded(one) is not None and expanded(one) == expanded(other):
        return Sign.NEAR, ()  # 15 and 18 digits are two spellings of one number
    if len(one) != len(other) or column not in ("certno", "tel", "brdy"):
        return Sign.DIFFERS, ()
    places = tuple(n for n, (a, b) in enumerate(zip(one, other, strict=True), 1) if a != b)
    near = len(places) <= 2
    return (Sign.NEAR if near else Sign.DIFFERS), (places if near and column == "certno" else ())


def _plain(value: object) -> str:
    return "".join(str(value).split()).upper() if value is not None else ""


def _shown(column: str, value: object, masked: bool) -> str:
    """A value in words: codes by their titles, days without hours; shortened where it is personal."""
    if value is None or value == "":
        return ""
    value = value.date() if isinstance(value, datetime) else value
    shown = _masked(column, value) if masked else value
    codes = _TABLE.column(column).codes or {}
    return codes[str(shown)][language() != "zh_CN"] if str(shown) in codes else str(shown)


def _masked(column: str, value: object) -> object:
    """Number and name together tell who it is, so the number keeps its ends only."""
    return mask_certificate(str(value)) if column == "psn_no" else mask_value("insured", column, value)


def _shared(facts: Facts, masked: bool) -> tuple[Shared, ...]:
    held = [
        Shared(column, _shown("emp_name" if column == "emp_no" else column, _named(facts, column), masked), number)
        for column, number in facts.holders.items()
    ]
    agents = [Shared("agnter_tel", MASKS["agnter_tel"](tel) if masked else tel, 0) for tel in facts.agents]
    return (*held, *agents)


def _named(facts: Facts, column: str) -> object:
    return facts.one.get("emp_name") or facts.one["emp_no"] if column == "emp_no" else facts.one[column]
