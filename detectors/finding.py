"""What a detector says: one claim that can be checked, with everything a reviewer needs to check it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from claims.language import LANGUAGES, N_, speaking, translate
from graph.model import NodeType


class Role(StrEnum):
    """What somebody or something does in a suspected ring (a proposal, never a verdict)."""

    HOLDER = "holder"  # the insured person a card or enrolment stands for
    LENDER = "lender"  # gives the own card away
    CARD = "card"  # the card itself
    COLLECTOR = "collector"  # uses the cards of others
    RECRUIT = "recruit"  # comes in a group more often than chance allows
    ENROLMENT = "enrolment"  # one of several enrolments of one body, or of nobody
    HANDLE = "handle"  # telephone, account, address or certificate that many share
    ORGANISER = "organiser"  # enrols, recruits or collects
    PRESCRIBER = "prescriber"
    DISPENSER = "dispenser"
    BUYER = "buyer"  # obtains goods that are sold on
    PLACE = "place"  # where it happens
    TILL = "till"
    BOX = "box"


ROLE_TITLES: Mapping[Role, str] = {
    Role.HOLDER: N_("holder"),
    Role.LENDER: N_("lender"),
    Role.CARD: N_("card"),
    Role.COLLECTOR: N_("collector"),
    Role.RECRUIT: N_("recruit"),
    Role.ENROLMENT: N_("enrolment"),
    Role.HANDLE: N_("shared handle"),
    Role.ORGANISER: N_("organiser"),
    Role.PRESCRIBER: N_("prescriber"),
    Role.DISPENSER: N_("dispenser"),
    Role.BUYER: N_("buyer"),
    Role.PLACE: N_("place"),
    Role.TILL: N_("till"),
    Role.BOX: N_("drug box"),
}


class Grade(StrEnum):
    """How sure it is that a record belongs to what the finding says."""

    CERTAIN = "certain"  # the record alone contradicts an honest use
    PROBABLE = "probable"  # part of a pattern that chance does not explain
    CONTESTED = "contested"  # may as well be ordinary
    LAWFUL = "lawful"  # an innocent explanation holds for it


@dataclass(frozen=True)
class Statement:
    """One sentence in both languages, as a reviewer may read it aloud."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


def say(message: str, /, **values: object) -> Statement:
    """Write the catalogue sentence `message` in both languages; Statement values fit each language."""
    texts = {}
    for code in LANGUAGES:
        with speaking(code):
            fitted = {
                name: (value.zh if code == "zh_CN" else value.en) if isinstance(value, Statement) else value
                for name, value in values.items()
            }
            texts[code] = translate(message, **fitted)
    return Statement(texts["zh_CN"], texts["en"])


@dataclass(frozen=True, order=True)
class Subject:
    """Somebody or something a finding concerns; `id` is the graph's business key."""

    type: NodeType
    id: str
    role: Role


@dataclass(frozen=True)
class Chance:
    """The test behind a finding.

    `observed` and `expected` are in the unit of `statistic`; `p_value` is the probability of at
    least `observed` under `null`, already corrected for everything that was examined (a q-value).
    """

    statistic: Statement
    observed: float
    expected: float
    p_value: float
    null: Statement


@dataclass(frozen=True)
class Trial:
    """An innocent explanation that was tried: `explains` is the share of the evidence it accounts for."""

    test: str
    explains: float
    result: Statement


@dataclass(frozen=True)
class Evidence:
    """One line of the explanation (a batch, a pair of places, a box's path) and its settlements."""

    statement: Statement
    records: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """One claim that can be checked.

    `kind` is family/pattern of the rings export. `anchor` is the one entity the suspicion hangs
    on; with detector and kind it is the finding's identity, which must survive growth.
    `records` maps each settlement (setl_id) to how sure its part is. `strength` is the score
    before innocent explanations, `score` after them; both in [0, 1], higher is worse, and
    `ALERT_LINE` divides what is shown first. `denominator` says out of how many the finding
    stands out.
    """

    detector: str
    version: str
    kind: str
    anchor: Subject
    subjects: tuple[Subject, ...]
    strength: float
    score: float
    statement: Statement
    chance: Chance
    records: Mapping[str, Grade]
    evidence: tuple[Evidence, ...]
    trials: tuple[Trial, ...]
    denominator: int
    denominator_of: Statement
    data_version: int
    details: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("strength", "score"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} {getattr(self, name)}")
        if not self.subjects or (not self.records and not self.evidence):
            raise ValueError(f"{self.kind}: a finding needs subjects and something to show")
        object.__setattr__(self, "subjects", tuple(sorted(set(self.subjects))))
        object.__setattr__(self, "records", dict(sorted(self.records.items())))

    @property
    def identity(self) -> str:
        """Short stable name: the same detector about the same anchor is the same finding."""
        text = "\x1f".join((self.detector, self.kind, self.anchor.type, self.anchor.id))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def explained(self) -> bool:
        """Whether one innocent explanation accounts for (nearly) all of the evidence."""
        return any(trial.explains >= EXPLAINED for trial in self.trials)


ALERT_LINE = 0.5
EXPLAINED = 0.8


def strength_of(p_value: float, half: float = 2.0) -> float:
    """Score in [0, 1] of a corrected p-value: 0.5 at 10**-half, 0.75 at its cube, 1 never.

    Monotone in the evidence, so worse is never scored lower; 1e-300 and 0 are one.
    """
    from math import log10

    weight = -log10(min(1.0, max(p_value, 1e-300)))
    return weight / (weight + half)
