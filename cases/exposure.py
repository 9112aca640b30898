"""What the fund paid on a ring's records, as a bracket, against the amounts of the law.

Grades: a record is as sure as the surest finding that rests on it; it is lawful only where nothing
else is said of it. The amounts are those at which fraud (《刑法》第二百六十六条) is "large", "huge" and
"exceptionally huge" after 法释〔2011〕7号第一条: provinces fix theirs within ranges, so each end of a range is
an amount of its own until a province's is configured (`cases.settings`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.model import Crossing, Exposure, Fact
from claims.language import N_
from detectors.finding import Finding, Grade

ZERO = Decimal("0.00")
SURE_FIRST = (Grade.CERTAIN, Grade.PROBABLE, Grade.CONTESTED)
GRADE_ORDER: Mapping[Grade, int] = {grade: place for place, grade in enumerate((*SURE_FIRST, Grade.LAWFUL))}


@dataclass(frozen=True)
class Threshold:
    """An amount of the law: `least` and `most` are the ends of the range, equal once a province has fixed it."""

    name: str
    least: Decimal
    most: Decimal


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold("large", Decimal(3_000), Decimal(10_000)),
    Threshold("huge", Decimal(30_000), Decimal(100_000)),
    Threshold("exceptional", Decimal(500_000), Decimal(500_000)),
)
THRESHOLD_TITLES: Mapping[str, str] = {
    "large": N_("a large amount"),
    "huge": N_("a huge amount"),
    "exceptional": N_("an exceptionally huge amount"),
}


def grades_of(findings: Iterable[Finding]) -> dict[str, Grade]:
    """Grade every record by the surest finding that rests on it."""
    grades: dict[str, Grade] = {}
    for finding in findings:
        for record, grade in finding.records.items():
            known = grades.get(record, grade)
            grades[record] = min(known, grade, key=lambda grade: GRADE_ORDER[grade])
    return dict(sorted(grades.items()))


def exposure_of(
    grades: Mapping[str, Grade], facts: Mapping[str, Fact], thresholds: Sequence[Threshold] = THRESHOLDS
) -> Exposure:
    """Sum what the fund paid by grade; records without a net settlement (refunded since) count nothing."""
    sums = dict.fromkeys(Grade, ZERO)
    account, claims = ZERO, 0
    for record, grade in grades.items():
        fact = facts.get(record)
        if fact is None:
            continue
        sums[grade] += fact.fund
        if grade is not Grade.LAWFUL:
            account += fact.account
            claims += 1
    return Exposure(
        fund=sum((sums[grade] for grade in SURE_FIRST), ZERO),
        account=account,
        claims=claims,
        certain=sums[Grade.CERTAIN],
        probable=sums[Grade.PROBABLE],
        contested=sums[Grade.CONTESTED],
        lawful=sums[Grade.LAWFUL],
        crossings=_crossings(grades, facts, thresholds),
    )


def _crossings(
    grades: Mapping[str, Grade], facts: Mapping[str, Fact], thresholds: Sequence[Threshold]
) -> tuple[Crossing, ...]:
    ends = {(t.name, amount) for t in thresholds for amount in (t.least, t.most)}
    by_grade = {
        grade: sorted(
            ((facts[r].fund, r) for r, g in grades.items() if g is grade and r in facts),
            key=lambda item: (-item[0], item[1]),
        )
        for grade in SURE_FIRST
    }
    return tuple(_crossing(name, amount, by_grade) for name, amount in sorted(ends, key=lambda end: end[1]))


def _crossing(name: str, amount: Decimal, by_grade: Mapping[Grade, Sequence[tuple[Decimal, str]]]) -> Crossing:
    """Add grade after grade; in the one that reaches the amount, name the fewest records it cannot lose."""
    reached = ZERO
    for grade in SURE_FIRST:
        total = reached + sum((fund for fund, _record in by_grade[grade]), ZERO)
        if total >= amount:
            return Crossing(name, amount, grade, _fewest(by_grade[grade], total - amount))
        reached = total
    return Crossing(name, amount, None, ())


def _fewest(records: Sequence[tuple[Decimal, str]], spare: Decimal) -> tuple[str, ...]:
    taken: list[str] = []
    for fund, record in records:
        if spare < 0:
            break
        taken.append(record)
        spare -= fund
    return tuple(taken)
