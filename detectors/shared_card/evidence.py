"""What the detectors of one card have in common: testing contradictions, and writing a case down as a finding."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaln
from scipy.stats import poisson

from claims.language import N_
from detectors.contract import Detector
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial, say, strength_of
from detectors.lawful import weaken
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

Floats = npt.NDArray[np.float64]

MOST_LINES = 50  # what one reviewer reads
SHOWN = 0.2  # a corrected p-value above this is chance, and no finding at all


@dataclass(frozen=True)
class Line:
    """One line of evidence and the visits `v` it rests on."""

    statement: Statement
    visits: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """What a detector found about one person (code `p`), before names and card numbers are looked up.

    `records` are visits `v`; `person` anchors the finding. `cards` names cards known beforehand;
    otherwise the card shown most often in what is not lawful is taken.
    """

    kind: str
    person: int
    statement: Statement
    chance: Chance
    records: Mapping[int, Grade]
    lines: tuple[Line, ...]
    trials: tuple[Trial, ...]
    denominator: int
    denominator_of: Statement
    others: tuple[Subject, ...] = ()
    cards: tuple[str, ...] = ()
    role: Role = Role.HOLDER
    explained: float | None = None


@dataclass(frozen=True)
class Tested:
    """Contradictory `days` of one person or card where slips lead to `expected`; q-value among all `examined`."""

    days: int
    expected: float
    q: float
    examined: int

    def chance(self, statistic: Statement, null: Statement) -> Chance:
        """The test in words: what was counted, and what chance would do."""
        return Chance(statistic, self.days, self.expected, self.q, null)


def clerical_rate(days: Ints, exposure: Floats, floor: float) -> float:
    """Contradictions per unit of `exposure` that slips of the pen alone bring about in this county.

    Only subjects with at most one contradictory day count: a slip is isolated, and a ring never
    sets the rate it is measured by. `floor` holds where there is too little to estimate from.
    """
    isolated = days <= 1
    slips, base = float((days[isolated] == 1).sum()), float(exposure[isolated].sum())
    return max(floor, (slips + 0.5) / base) if base > 0 else floor


def tail(days: Ints, expected: Floats) -> Floats:
    """Probability of at least `days` independent slips where `expected` are, for each subject."""
    found: Floats = np.where(days > 0, poisson.sf(days - 1, np.maximum(expected, 1e-12)), 1.0)
    return found


def corrected(p_values: Floats, examined: int) -> Floats:
    """Benjamini-Hochberg q-values of the smallest p-values of `examined` tests."""
    order = np.argsort(p_values, kind="stable")
    ranked = p_values[order] * examined / np.arange(1, len(order) + 1)
    q = np.empty(len(order))
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q


def combined(facets: Sequence[Floats]) -> Floats:
    """Fisher's product of independent facets, most of which say nothing about most people (p = 1).

    A facet that speaks for a share s of the people has p below s when it does: its -ln p is an atom
    at 0 and else -ln s plus an exponential. The tail of the sum is added up over which facets speak
    (Fisher 1932, with atoms); for facets that always speak it is the ordinary chi-squared.
    """
    weight: Floats = -np.log(np.maximum(np.column_stack(facets), 1e-300)).sum(axis=1)
    speaks = [float(np.mean(facet < 1)) for facet in facets]
    found = np.zeros(len(weight))
    for chosen in product((False, True), repeat=len(facets)):
        share = float(np.prod([s if on else 1 - s for s, on in zip(speaks, chosen, strict=True)]))
        if share > 0:
            least = -sum(float(np.log(s)) for s, on in zip(speaks, chosen, strict=True) if on)
            excess = np.maximum(weight - least, 0)
            found += share * (gammaincc(sum(chosen), excess) if any(chosen) else (weight <= 0))
    return np.minimum(found, 1.0)


def log_choices(among: int, chosen: int) -> float:
    """Natural logarithm of the ways to choose a group: what searching for it costs its p-value."""
    return float(gammaln(among + 1) - gammaln(chosen + 1) - gammaln(max(0, among - chosen) + 1))


def when(snapshot: Snapshot, visit: int) -> str:
    """Time of a visit as people read it: the day alone where the place's clock tells no hours."""
    visits = snapshot.visits
    form = "%Y-%m-%d %H:%M" if visits.timed[visit] else "%Y-%m-%d"
    return snapshot.moment(int(visits.minute[visit])).strftime(form)


def where(snapshot: Snapshot, visit: int) -> str:
    """Name of the place of a visit."""
    return snapshot.place_names[int(snapshot.visits.place[visit])]


def told(snapshot: Snapshot, visit: int) -> Line:
    """A visit as one line: when and where."""
    sentence = say(N_("{time} at {place}"), time=when(snapshot, visit), place=where(snapshot, visit))
    return Line(sentence, (int(visit),))


def place_of(snapshot: Snapshot, place: int) -> Subject:
    """Institution `i` as the place where it happens."""
    return Subject(NodeType.INSTITUTION, snapshot.fixmedins_code([place])[0], Role.PLACE)


def grouped(persons: Ints, visits: Ints) -> dict[int, Ints]:
    """Visits of each person, in order."""
    order = np.lexsort((visits, persons))
    persons, visits = persons[order], visits[order]
    numbers, start = np.unique(persons, return_index=True)
    return dict(zip(numbers.tolist(), np.split(visits, start[1:]), strict=True)) if len(numbers) else {}


def written(detector: Detector, snapshot: Snapshot, cases: Sequence[Case]) -> Iterator[Finding]:
    """Write cases down as findings, in order of their persons."""
    cases = sorted(cases, key=lambda case: (case.person, case.kind))
    shown = _cards_shown(snapshot, cases)
    persons = snapshot.psn_no([case.person for case in cases])
    records = snapshot.setl_id([v for case in cases for v in _visits(case)])
    numbers = dict(zip((v for case in cases for v in _visits(case)), records, strict=True))
    for n, case in enumerate(cases):
        anchor = Subject(NodeType.PERSON, persons[n], case.role)
        cards = [Subject(NodeType.CARD, card, Role.CARD) for card in case.cards or shown.get(n, ())]
        strength = strength_of(case.chance.p_value)
        yield Finding(
            detector=detector.name,
            version=detector.version,
            kind=case.kind,
            anchor=anchor,
            subjects=(anchor, *cards, *case.others),
            strength=strength,
            score=weaken(strength, case.trials, case.explained),
            statement=case.statement,
            chance=case.chance,
            records={numbers[v]: grade for v, grade in case.records.items()},
            evidence=tuple(
                Evidence(line.statement, tuple(numbers[v] for v in line.visits)) for line in case.lines[:MOST_LINES]
            ),
            trials=case.trials,
            denominator=case.denominator,
            denominator_of=case.denominator_of,
            data_version=snapshot.data_version,
        )


def _visits(case: Case) -> list[int]:
    return list(dict.fromkeys([*case.records, *(v for line in case.lines for v in line.visits)]))


_SHOWN = """
    SELECT of, card_no, count(*) AS uses FROM in_question JOIN visit USING (v)
    WHERE card_no IS NOT NULL GROUP BY of, card_no ORDER BY of, card_no
"""


def _cards_shown(snapshot: Snapshot, cases: Sequence[Case]) -> dict[int, tuple[str, ...]]:
    """Card shown most often in the records of each case that are not lawful."""
    pairs = [(n, v) for n, case in enumerate(cases) for v, grade in case.records.items() if grade != Grade.LAWFUL]
    of, visits = np.array(pairs, np.int64).reshape(-1, 2).T
    snapshot.code("in_question", {"of": of, "v": visits})
    uses: dict[int, Counter[str]] = {}
    for row in snapshot.sql(_SHOWN).to_pylist():
        uses.setdefault(row["of"], Counter())[row["card_no"]] = row["uses"]
    return {n: (counter.most_common(1)[0][0],) for n, counter in uses.items()}
