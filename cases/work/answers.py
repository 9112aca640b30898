"""What institutions answer, as dated facts, and what an accepted fact does to the records it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from cases.excuse import Effects
from cases.model import Picture
from cases.work.records import CaseRecord
from claims.language import N_
from detectors.finding import Grade


class AnswerKind(StrEnum):
    """Which kind of paper an answer rests on."""

    BED_BOOK = "bed_book"
    ROSTER = "roster"
    READER_REPAIR = "reader_repair"
    PROXY_AGREEMENT = "proxy_agreement"
    MEDICAL_RECORD = "medical_record"
    CORRECTION = "correction"


ANSWER_TITLES: Mapping[AnswerKind, str] = MappingProxyType(
    {
        AnswerKind.BED_BOOK: N_("bed book"),
        AnswerKind.ROSTER: N_("roster"),
        AnswerKind.READER_REPAIR: N_("repair log of a card reader"),
        AnswerKind.PROXY_AGREEMENT: N_("proxy agreement"),
        AnswerKind.MEDICAL_RECORD: N_("medical record"),
        AnswerKind.CORRECTION: N_("correction of an entry"),
    }
)


@dataclass(frozen=True)
class Effect:
    """What an accepted answer is about (subject types), and the grade records fall to (None: no evidence)."""

    about: frozenset[str]
    grade: Grade | None
    why: str


EFFECTS: Mapping[AnswerKind, Effect] = MappingProxyType(
    {
        AnswerKind.BED_BOOK: Effect(
            frozenset({"person"}), Grade.LAWFUL, N_("the person lay in the ward during the stay")
        ),
        AnswerKind.ROSTER: Effect(
            frozenset({"doctor"}), Grade.CONTESTED, N_("the doctor was on duty; that alone shows no treatment")
        ),
        AnswerKind.READER_REPAIR: Effect(
            frozenset({"terminal"}), None, N_("times and cards of a broken reader say nothing")
        ),
        AnswerKind.PROXY_AGREEMENT: Effect(
            frozenset({"person", "card"}), Grade.LAWFUL, N_("somebody acted for the card holder by agreement")
        ),
        AnswerKind.MEDICAL_RECORD: Effect(
            frozenset({"settlement"}), Grade.LAWFUL, N_("the record shows the treatment that was claimed")
        ),
        AnswerKind.CORRECTION: Effect(frozenset({"settlement"}), None, N_("the entry was wrong and is corrected")),
    }
)


class AnswerState(StrEnum):
    """What became of an answer."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """One fact an institution states: about whom, from which day to which (both included), on which file."""

    institution: str
    kind: AnswerKind
    subject_type: str
    subject_id: str
    begins: date
    ends: date
    file: int
    words: str
    id: int = 0
    entered_by: str = ""
    state: AnswerState = AnswerState.GIVEN
    judged_by: str = ""


@dataclass(frozen=True)
class Scored:
    """How a ring stands: score, standing, and what the fund paid by grade (yuan)."""

    score: float
    standing: str
    fund: Decimal
    certain: Decimal
    probable: Decimal
    contested: Decimal
    lawful: Decimal
    records: int


@dataclass(frozen=True)
class Rescore:
    """A ring before and after the answers that are accepted, or would be."""

    ring: str
    before: Scored
    after: Scored
    touched: tuple[str, ...]


def effects_of(answers: Iterable[Answer], records: Mapping[str, CaseRecord]) -> Effects:
    """Return what answers do to records; an institution can only explain its own. The strongest effect holds."""
    found: dict[str, Grade | None] = {}
    for answer in answers:
        grade = EFFECTS[answer.kind].grade
        for record in records.values():
            if record.place == answer.institution and _about(answer, record):
                found[record.id] = _stronger(found[record.id], grade) if record.id in found else grade
    return found


def _about(answer: Answer, record: CaseRecord) -> bool:
    """Whether a record names the subject and lies, as far as its visit goes, within the days of the answer."""
    named = {
        "person": (record.person,),
        "card": (record.card,),
        "terminal": (record.terminal,),
        "doctor": (record.doctor, record.prescriber),
        "settlement": (record.id,),
    }[answer.subject_type]
    first, last = datetime.combine(answer.begins, time.min), datetime.combine(answer.ends, time.max)
    return answer.subject_id in named and first <= record.begins and record.ends <= last


def _stronger(one: Grade | None, other: Grade | None) -> Grade | None:
    if one is None or other is None:
        return None
    return Grade.LAWFUL if Grade.LAWFUL in (one, other) else one


def scored(picture: Picture) -> Scored:
    """Return how a picture stands."""
    e = picture.exposure
    return Scored(picture.score, picture.standing.value, e.fund, e.certain, e.probable, e.contested, e.lawful, e.claims)
