"""How often a clerical error alone puts two people under one certificate number, in this register."""

from dataclasses import dataclass

from detectors.snapshot import Snapshot, kept

_FLOOR = 5e-4  # wrong check characters where a register shows none: it was cleaned, the forms were not
_PASSES = 1 / 11  # a misread number whose check character still fits
_SAMPLE = 2_000

_RATE = """
    SELECT count(*), count(*) FILTER (NOT checked) FROM enrolment WHERE body IS NOT NULL AND length(certificate) = 18
"""
# Every number that differs from one of a sample in one digit of district or serial number; birth dates
# are checked against the row's own. How many of these are somebody's?
_DENSITY = """
    WITH known AS (SELECT DISTINCT body FROM enrolment WHERE body IS NOT NULL),
    chosen AS (SELECT body FROM known ORDER BY hash(body), body LIMIT $1),
    variant AS (
        SELECT body, left(body, spot - 1) || digit || substr(body, spot + 1) AS misread
        FROM chosen CROSS JOIN (SELECT unnest([1, 2, 3, 4, 5, 6, 15, 16, 17]) AS spot)
        CROSS JOIN (SELECT CAST(unnest(range(10)) AS VARCHAR) AS digit)
        WHERE digit <> substr(body, spot, 1)
    )
    SELECT avg(CAST(misread IN (FROM known) AS DOUBLE)) FROM variant
"""


@dataclass(frozen=True)
class Misreading:
    """`rate` of wrong numbers, `density` of numbers that one wrong digit hits, and how many `numbers` there are."""

    numbers: int
    rate: float
    density: float

    def hits(self, readable: bool) -> float:
        """Expected number of enrolments that hold another's number by a misread digit.

        `readable`: the check character fits, which a misread number passes once in eleven.
        """
        return self.numbers * self.rate * self.density * (_PASSES if readable else 1.0)


@kept
def misreading(snapshot: Snapshot) -> Misreading:
    """Count wrong check characters and crowded numbers; groups under suspicion hardly weigh in either."""
    numbers, wrong = snapshot.db.execute(_RATE).fetchall()[0]
    rate = max(_FLOOR, wrong / numbers) if numbers else _FLOOR
    return Misreading(int(numbers), float(rate), snapshot.scalar(_DENSITY, [_SAMPLE]))
