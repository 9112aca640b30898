"""How many findings above the line a run would have where nobody does anything wrong: its own estimate.

Each detector corrects its p-values for everything it examined, so of its findings at most the level
`LEVEL` is chance (Benjamini and Hochberg 1995), and without a single ring it reports one with about that
probability. That is a promise of the null model, which is never quite true; so it is checked in the same
run: between the level and `SHOWN` a true null leaves `SHOWN - LEVEL` findings on average. Where more of
them stand there unexplained, the detector's tail is heavier than it says, and what it lets through above
the line is scaled up alike; where none does, it is scaled down. One run tells little, so the promise
counts for as much as what is seen (a gamma prior of weight `SHOWN - LEVEL` on the rate of a Poisson
count). Rings too small to be reported stand there too: with rings the estimate errs upwards.
"""

from collections.abc import Collection, Sequence

from detectors.finding import ALERT_LINE, Finding
from detectors.shared_card.evidence import SHOWN

LEVEL = 0.01  # corrected p-value whose strength is ALERT_LINE (`strength_of`)


def expected_false_alarms(findings: Sequence[Finding], ran: Collection[str]) -> float:
    """Return how many findings above the line are to be expected from chance, over all detectors that `ran` (names).

    After the shield: explained findings are counted nowhere. A ring gathers several findings, so this
    bounds chance rings from above.
    """
    return sum(_expected([f for f in findings if f.detector == name and not f.explained]) for name in sorted(ran))


def _expected(findings: Sequence[Finding]) -> float:
    above = sum(finding.score >= ALERT_LINE for finding in findings)
    near = sum(LEVEL < finding.chance.p_value <= SHOWN for finding in findings)
    band = SHOWN - LEVEL
    return LEVEL * max((near + band) / (2 * band), above)
