"""What an institution is asked: its own records only; people and places of others under pseudonyms of this sheet."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from cases.handout.sheet import mask_text
from cases.model import Key, Ring
from cases.names import Names
from cases.people import Actor
from cases.work.appeals import Appeals
from cases.work.model import CaseError
from cases.work.opening import rings_of
from cases.work.records import CaseRecord, read_case_records
from cases.work.rights import Right
from cases.work.stages import Stage
from claims.audit import checked_reason
from claims.language import N_
from claims.ledger import Kind
from detectors.finding import Grade, Statement, say
from graph.model import NodeType

QUESTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shared_card": (
            N_("Who presented the card at these settlements, and how was the bearer's identity checked?"),
            N_("Is there a proxy agreement for the card holder? Please attach it."),
            N_("Was the card reader repaired or replaced in this time? Please attach the log."),
        ),
        "collusion": (
            N_("Which prescriptions and delivery notes belong to these settlements? Please attach them."),
            N_("Who was on duty at these hours? Please attach the roster."),
            N_("Do the stays stand in the bed book? Please attach its pages."),
        ),
        "": (
            N_("Which documents show that these services were rendered? Please attach them."),
            N_("Was any of these entries wrong, and has it been corrected?"),
        ),
    }
)
_PERSON, _PLACE, _OTHER = N_("person {number}"), N_("institution {number}"), N_("item {number}")


@dataclass(frozen=True)
class AskedRecord:
    """One settlement of the institution itself, as it entered it; `fund` is yuan."""

    id: str
    time: datetime
    person: str
    doctor: str
    terminal: str
    fund: Decimal


@dataclass(frozen=True)
class Ground:
    """Why it is asked, ring by ring: kind, a sentence without others' identities, its own records and their fund."""

    kind: str
    statement: Statement
    records: int
    fund: Decimal


@dataclass(frozen=True)
class QuestionSheet:
    """What is sent to one institution: grounds without others' identities, questions, its own records."""

    case: str
    institution: str
    asked_at: datetime
    due: date | None
    grounds: tuple[Ground, ...]
    questions: tuple[Statement, ...]
    records: tuple[AskedRecord, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The sentences of the grounds."""
        return tuple(ground.statement for ground in self.grounds)


def question_sheet(appeals: Appeals, actor: Actor, case: str, institution: str, reason: str) -> QuestionSheet:
    """Draw up the sheet of one institution; CaseError where none of the records in doubt is its own.

    The ledger keeps that it was drawn up: it holds personal data of the institution's own patients.
    """
    with appeals.book.journal.acting(actor, Right.STEP, "question_sheet", case) as desk:
        file = desk.case(case)
        if file.stage not in (Stage.APPEAL, Stage.VERIFICATION):
            raise CaseError(N_("An institution is asked after the second review."))
        rings = rings_of(desk, file)
        ids = _doubted(rings)
        version = max((ring.picture.data_version for ring in rings), default=0)
        records = read_case_records(appeals.workspace, ids, version).by_id.values()
        own = [record for record in records if record.place == institution]
        if not own:
            told = N_("No record of {case} that is in doubt is of {institution}.")
            raise CaseError(told, case=case, institution=institution)
        names = Names(appeals.workspace, version)
        desk.note(case, "question_sheet", checked_reason(reason), Kind.APPEAL, {"institution": institution})
        return QuestionSheet(
            case=case,
            institution=institution,
            asked_at=desk.at,
            due=file.due.date() if file.due else None,
            grounds=tuple(_grounds(rings, own, records, institution, names, f"{case}|{institution}")),
            questions=tuple(map(say, QUESTIONS.get(file.family.split("/")[0], QUESTIONS[""]))),
            records=tuple(AskedRecord(r.id, r.time, r.person, r.doctor, r.terminal, r.fund) for r in own),
        )


def _doubted(rings: Iterable[Ring]) -> list[str]:
    """Return the records some ring doubts; what is lawful in every one needs no answer."""
    graded = ((record, grade) for ring in rings for record, grade in ring.picture.records.items())
    return sorted({record for record, grade in graded if grade is not Grade.LAWFUL})


def _grounds(
    rings: Iterable[Ring],
    own: list[CaseRecord],
    records: Iterable[CaseRecord],
    institution: str,
    names: Names,
    salt: str,
) -> Iterable[Ground]:
    """Say why it is asked, with everybody who is not its own under a name that means nothing elsewhere."""
    known = {(NodeType.INSTITUTION, institution)}
    for record in own:
        known |= set(_keys(record))
    for ring in rings:
        members = [member.key for member in ring.picture.members]
        others = _mixed({*members, *(key for record in records for key in _keys(record))} - known, salt)
        called = names.of(others)
        given = _pseudonyms(others)
        texts = []
        for text, language in ((ring.picture.statement.zh, "zh"), (ring.picture.statement.en, "en")):
            hidden = {key[1]: getattr(given[key], language) for key in others}
            hidden |= {name: getattr(given[key], language) for key, name in called.items() if len(name) > 1}
            texts.append(mask_text(text, hidden))
        doubted = set(_doubted([ring]))
        mine = [record.fund for record in own if record.id in doubted]
        if mine:
            yield Ground(ring.picture.kind, Statement(*texts), len(mine), sum(mine, Decimal("0.00")))


def _mixed(keys: Iterable[Key], salt: str) -> list[Key]:
    """Return keys in an order of this sheet's own, so that numbers do not match those of another sheet."""
    return sorted(keys, key=lambda key: hashlib.sha256(f"{salt}|{key[0].value}|{key[1]}".encode()).digest())


def _keys(record: CaseRecord) -> tuple[Key, ...]:
    named = (
        (NodeType.PERSON, record.person),
        (NodeType.CARD, record.card),
        (NodeType.TERMINAL, record.terminal),
        (NodeType.INSTITUTION, record.place),
        (NodeType.DOCTOR, record.doctor),
        (NodeType.DOCTOR, record.prescriber),
    )
    return tuple(key for key in named if key[1])


def _pseudonyms(keys: Iterable[Key]) -> Mapping[Key, Statement]:
    """Number others in the order of this sheet; another sheet of the same case numbers them otherwise."""
    words = {NodeType.PERSON: _PERSON, NodeType.DOCTOR: _PERSON, NodeType.INSTITUTION: _PLACE}
    counts: dict[str, int] = {}
    found: dict[Key, Statement] = {}
    for key in keys:
        word = words.get(key[0], _OTHER)
        counts[word] = counts.get(word, 0) + 1
        found[key] = say(word, number=counts[word])
    return found
