"""From gathered findings to pictures of rings: members, money, score and what they rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from cases.excuse import Effects, without
from cases.exposure import THRESHOLDS, Threshold, exposure_of, grades_of
from cases.gather import gather
from cases.keys import key_records
from cases.model import Fact, Key, Member, Picture, Standing
from cases.roles import members_of
from cases.score import HAND, Basis, Weights, features_of, score_of
from detectors import FIXED_RULES
from detectors.finding import ALERT_LINE, Finding
from graph.model import NodeType


@dataclass(frozen=True)
class Setting:
    """What pictures are drawn with besides the findings."""

    facts: Mapping[str, Fact]
    data_version: int
    today: date
    weights: Weights = HAND
    thresholds: Sequence[Threshold] = THRESHOLDS
    confirmed: frozenset[Key] = field(default_factory=frozenset)
    excused: Effects = field(default_factory=dict)  # what people found lawful or wrong


def pictures_of(findings: Sequence[Finding], setting: Setting) -> tuple[Picture, ...]:
    """Gather findings and draw each ring, best score first."""
    drawn = [
        draw(standing, numbers, [findings[number] for number in numbers], setting)
        for standing, numbers in gather(findings, setting.facts)
    ]
    return tuple(sorted(drawn, key=order_of))


def order_of(picture: Picture) -> tuple[float, str, tuple[Key, ...], tuple[str, ...]]:
    """Best score first; ties by what the ring is, never by chance."""
    return -picture.score, picture.kind, tuple(m.key for m in picture.members), tuple(picture.records)


def draw(standing: Standing, numbers: tuple[int, ...], found: Sequence[Finding], setting: Setting) -> Picture:
    """Draw one ring from its findings, strongest first, less what people found lawful."""
    members = members_of(found, setting.facts)
    speaker = _speaker(found, members)
    own = _of_members(found, members, setting.facts)
    findings = without(own, setting.excused)
    grades = grades_of(findings)
    exposure = exposure_of(grades, setting.facts, setting.thresholds)
    basis = Basis(findings, members, grades, exposure, setting.facts, setting.today, setting.confirmed)
    features = features_of(basis)
    score = score_of(features, setting.weights)
    days = sorted(setting.facts[record].time.date() for record in grades if record in setting.facts)
    return Picture(
        kind=speaker.kind,
        standing=_standing(standing, score, excused=findings != own),
        score=score,
        members=members,
        records=grades,
        first_seen=days[0] if days else None,
        last_seen=days[-1] if days else None,
        features=features,
        exposure=exposure,
        keys=key_records(findings, setting.facts),
        statement=speaker.statement,
        detectors=tuple(sorted({finding.detector for finding in findings})),
        numbers=numbers,
        p_value=min(finding.chance.p_value for finding in findings),
        data_version=setting.data_version,
    )


def _of_members(findings: Sequence[Finding], members: Sequence[Member], facts: Mapping[str, Fact]) -> list[Finding]:
    """Leave to a finding wider than the ring only the records of the ring's people: others are not accused."""
    people = {member.id for member in members if member.type is NodeType.PERSON}

    def narrowed(finding: Finding) -> Finding:
        named = {subject.id for subject in finding.subjects if subject.type is NodeType.PERSON}
        if named <= people or not people:
            return finding
        kept = {r: grade for r, grade in finding.records.items() if r not in facts or facts[r].person in people}
        return replace(finding, records=kept)

    return [narrowed(finding) for finding in findings]


def _standing(standing: Standing, score: float, *, excused: bool) -> Standing:
    """Weights fitted to verdicts, and records found lawful, may put a ring below the line, never above it."""
    if standing is not Standing.ALERT or score >= ALERT_LINE:
        return standing
    return Standing.EXPLAINED if excused else Standing.BELOW_LINE


def _speaker(findings: Sequence[Finding], members: Sequence[Member]) -> Finding:
    """The strongest finding about at least half of the ring's people names its kind.

    Where one of those above the line says that the people are no bodies of their own, it goes first:
    that explains why they move together, while moving together does not explain it.
    """
    people = {member.key for member in members if member.type in (NodeType.PERSON, NodeType.CARD)}
    about = [
        finding
        for finding in sorted(findings, key=lambda finding: finding.detector in FIXED_RULES)
        if 2 * sum((subject.type, subject.id) in people for subject in finding.subjects) >= len(people)
    ]
    bodies = [f for f in about if f.kind.startswith("identity_reuse/") and f.score >= ALERT_LINE]
    return (bodies or about or list(findings))[0]
