"""What people found to be lawful or wrong, taken off the evidence: the same ring with less that speaks for it.

A finding's score is w / (w + half) in the weight w of its evidence (`cases.keys`), so without a share
of its evidence the odds of the score fall by that share. What is lawful stays on file as such; what
was entered wrongly leaves the evidence. Nothing here ever raises a score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cases.keys import SURENESS, shares_of
from detectors.finding import Finding, Grade

Effects = Mapping[str, Grade | None]  # setl_id → the grade it falls to; None: it is no evidence at all


def without(findings: Sequence[Finding], effects: Effects) -> list[Finding]:
    """Return findings with records regraded as `effects` say, their scores weighed anew."""
    return [_weighed(finding, effects) if effects.keys() & finding.records.keys() else finding for finding in findings]


def _weighed(finding: Finding, effects: Effects) -> Finding:
    shares = shares_of(finding)
    records: dict[str, Grade] = {}
    lost = []
    for record, grade in finding.records.items():
        now = _lower(grade, effects[record]) if record in effects else grade
        left = 0.0 if now is None else SURENESS[now] / SURENESS[grade] if SURENESS[grade] else 1.0
        lost.append(shares.get(record, 0.0) * (1.0 - left))
        if now is not None:
            records[record] = now
    share = math.fsum(lost)
    return replace(finding, records=records, score=_left(finding.score, share), strength=_left(finding.strength, share))


def _lower(grade: Grade, effect: Grade | None) -> Grade | None:
    return effect if effect is None or SURENESS[effect] < SURENESS[grade] else grade


def _left(score: float, lost: float) -> float:
    """Return the score whose odds are those of `score` less the share that was lost."""
    kept = max(0.0, 1.0 - lost)
    bounded = min(max(score, 0.0), 1.0 - 1e-9)
    return score if lost <= 0 else kept * bounded / (kept * bounded + 1.0 - bounded)
