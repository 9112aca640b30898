"""Which records a ring rests on: the fewest that keep it above the line, and what alone would break it.

A finding's weight of evidence is -log10 of its corrected p-value; the line stands where its score
would be `ALERT_LINE`. The weight is shared out over its records by how sure each is, as if records
added up. That is an approximation of what the detector would say without them, on the safe side
for what is listed first; `ringhound detect` on corrected data is the exact answer.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from cases.model import Fact, Key, KeyRecords
from detectors.finding import ALERT_LINE, Finding, Grade
from graph.model import NodeType

SURENESS: Mapping[Grade, float] = {Grade.CERTAIN: 1.0, Grade.PROBABLE: 0.5, Grade.CONTESTED: 0.2, Grade.LAWFUL: 0.0}


def key_records(findings: Sequence[Finding], facts: Mapping[str, Fact]) -> KeyRecords:
    """Return the key records of a ring; empty where it is not above the line."""
    above = [finding for finding in findings if finding.score >= ALERT_LINE]
    if not above:
        return KeyRecords((), (), ())
    smallest = min((_fewest(finding) for finding in above), key=lambda records: (len(records), records))
    spare = [(shares_of(finding), needed(finding)) for finding in above]
    breaking = [r for r in smallest if all(_falls(shares, need, (r,)) for shares, need in spare)]
    people = [(key, tuple(records)) for key, records in sorted(_by_person(above, facts).items())]
    broken = [key for key, records in people if all(_falls(shares, need, records) for shares, need in spare)]
    return KeyRecords(smallest, tuple(breaking), tuple(broken) if len(people) > 1 else ())


def needed(finding: Finding) -> float:
    """Share of the evidence a finding must keep to stay on the line, in (0, 1]."""

    # strength = w / (w + half): the weight at the line, in units of the weight there is.
    def odds(score: float) -> float:
        return score / max(1.0 - score, 1e-6)

    return min(1.0, odds(ALERT_LINE) / odds(max(finding.score, ALERT_LINE)))


def shares_of(finding: Finding) -> Mapping[str, float]:
    """Share of the finding's weight that each record carries."""
    total = math.fsum(SURENESS[grade] for grade in finding.records.values())
    if not total:
        return {}
    return {record: SURENESS[grade] / total for record, grade in finding.records.items() if SURENESS[grade]}


def _fewest(finding: Finding) -> tuple[str, ...]:
    """Greedy: surest first, and among equals those of the most telling lines of evidence."""
    shares = shares_of(finding)
    told = {record: line for line, part in reversed(list(enumerate(finding.evidence))) for record in part.records}
    order = sorted(shares, key=lambda record: (-shares[record], told.get(record, len(finding.evidence)), record))
    need, kept, taken = needed(finding), 0.0, []
    for record in order:
        if kept >= need - 1e-9:
            break
        kept += shares[record]
        taken.append(record)
    return tuple(taken)


def _falls(shares: Mapping[str, float], need: float, without: Sequence[str]) -> bool:
    lost = math.fsum(shares.get(record, 0.0) for record in without)
    return 1.0 - lost < need - 1e-9


def _by_person(findings: Sequence[Finding], facts: Mapping[str, Fact]) -> dict[Key, list[str]]:
    found: dict[Key, list[str]] = {}
    for record in sorted(set(_records(findings))):
        if record in facts:
            found.setdefault((NodeType.PERSON, facts[record].person), []).append(record)
    return found


def _records(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield from finding.records
