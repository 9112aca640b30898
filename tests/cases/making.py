"""Hand-made findings, settlements and runs for tests of rings."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cases.codec import picture_json
from cases.history import Run
from cases.model import Fact, Picture
from cases.picture import Setting, pictures_of
from cases.store import Result
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial
from graph.model import NodeType

FIRST = datetime(2026, 1, 5, 9, 0)
HERE = "H1"


def said(text: str) -> Statement:
    return Statement(f"中文 {text}", text)


def person(number: object, role: Role = Role.RECRUIT) -> Subject:
    return Subject(NodeType.PERSON, f"P{number}", role)


def place(code: str = HERE) -> Subject:
    return Subject(NodeType.INSTITUTION, code, Role.PLACE)


def record(who: object, day: int, where: str = HERE) -> str:
    """Settlement of a person on a day at a place: its number tells all three."""
    return f"S-{who}-{day:03}-{where}"


def finding(
    people: Sequence[object],
    days: Sequence[int] = (0, 7, 14),
    *,
    detector: str = "lockstep",
    kind: str = "collusion/lockstep_pharmacy",
    score: float = 0.8,
    p_value: float = 1e-8,
    where: str = HERE,
    explains: float = 0.0,
    grade: Grade = Grade.PROBABLE,
    subjects: Sequence[Subject] = (),
) -> Finding:
    """People at a place on days; one settlement each day each."""
    records = {record(who, day, where): grade for who in people for day in days}
    named = (*(person(who) for who in people), place(where), *subjects)
    evidence = [Evidence(said(f"day {day}"), tuple(record(who, day, where) for who in people)) for day in days]
    return Finding(
        detector=detector,
        version="1",
        kind=kind,
        anchor=named[0],
        subjects=named,
        strength=max(score, 0.0),
        score=score,
        statement=said(f"{len(people)} people at {where}"),
        chance=Chance(said("batches"), float(len(days)), 0.1, p_value, said("everybody comes by chance.")),
        records=records,
        evidence=tuple(evidence),
        trials=(Trial("household", explains, said("not one household")),),
        denominator=1000,
        denominator_of=said("groups"),
        data_version=1,
    )


def facts_of(*findings: Finding, fund: str = "100.00", agent: str = "") -> dict[str, Fact]:
    """The settlements the findings rest on, as `record` numbers them."""
    facts = {}
    for found in findings:
        for name in found.records:
            _s, who, day, where = name.split("-", 3)
            time = FIRST + timedelta(days=int(day))
            facts[name] = Fact(f"P{who}", where, time, Decimal(fund), Decimal("1.00"), agent)
    return facts


def drawn(*findings: Finding, facts: Mapping[str, Fact] | None = None) -> tuple[Picture, ...]:
    """Pictures of findings as one run draws them."""
    known = facts_of(*findings) if facts is None else facts
    return pictures_of(findings, Setting(known, 1, (FIRST + timedelta(days=180)).date()))


def a_run(version: int = 1, *, trial: bool = False) -> Run:
    """A run about to begin."""
    return Run(
        id=0,
        data_version=version,
        code_version="code",
        started_at=datetime(2026, 7, 1, tzinfo=UTC),
        finished_at=None,
        parameters={"lockstep": {"version": "1"}},
        state="running",
        trial=trial,
        until=None,
        false_alarms=0.0,
        notes=(),
        digest="",
        counts={},
    )


def a_result(*findings: Finding) -> Result:
    """What such a run hands to the store."""
    pictures = drawn(*findings)
    return Result(findings, pictures, (), 0.0, repr([picture_json(picture) for picture in pictures]), failed=False)
