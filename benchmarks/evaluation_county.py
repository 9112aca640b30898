"""One county of the evaluation: load it, search it, compare with what was planted; plain values out."""

import resource
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from claims.reader import Claims
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.finding import ALERT_LINE, Finding
from jobs.detect import detect
from jobs.evaluate import Evaluation, Quality, evaluate, read_known
from jobs.measures import Known, Seen, View, match, ranked, within
from jobs.reported import rings_of
from loaders.load import load

BASELINE = "quick_alarm"
BUDGET = 40


class QualityLine(TypedDict):
    """Counts and rates of one kind, family or whole."""

    name: str
    planted: int
    found: int
    reported: int
    right: int
    recall: float | None
    precision: float | None


class BinLine(TypedDict):
    """One bin of the calibration."""

    low: float
    high: float
    rings: int
    right: int


class Lines(TypedDict):
    """One evaluation as plain values."""

    total: QualityLine
    families: list[QualityLine]
    kinds: list[QualityLine]
    at_budget: QualityLine
    average_precision: float
    pieces: int
    false: int
    missed: list[str]
    accused: dict[str, tuple[int, int]]
    calibration: list[BinLine]


class Measured(TypedDict):
    """What was measured on one county; `seconds` by step and detector."""

    persons: int
    settlements: int
    seconds: dict[str, float]
    peak_gib: float
    false_alarms: float
    notes: list[tuple[str, str]]
    rings: Lines
    rings_all_members: Lines
    baseline: Lines
    false_kinds: list[str]
    detectors: dict[str, dict[str, int]]


class County(Measured):
    """The same, with which county it was."""

    maker: str
    mode: str
    seed: int


class Clock:
    """Times what a run reports of itself, by step and detector."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._titles = {detector.title: detector.name for detector in DETECTORS}
        self._name, self._since = "", time.monotonic()

    def __call__(self, step: str, what: str, done: int, total: int, /) -> None:
        """Close the part before and open the next."""
        now = time.monotonic()
        if self._name:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0.0) + now - self._since, 3)
        self._name, self._since = self._titles.get(what, step), now


def measure(source: Path, place: Path) -> Measured:
    """Load a county into a new workspace, detect, and evaluate rings, baseline and every detector."""
    workspace = Workspace(place)
    began = time.monotonic()
    load(workspace, source)
    loaded = time.monotonic() - began
    truth, innocent = read_known(source / "truth.jsonl"), read_known(source / "innocent.jsonl")
    clock, began = Clock(), time.monotonic()
    result = detect(workspace, progress=clock)
    took = time.monotonic() - began
    rings = rings_of(workspace)
    sort, settlements, persons = _sort(workspace)
    return {
        "persons": persons,
        "settlements": settlements,
        "seconds": {"load": round(loaded, 1), "detect": round(took, 1), "sort": round(sort, 3), **clock.seconds},
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "false_alarms": result.run.false_alarms,
        "notes": [(note.about, note.words.en) for note in result.run.notes],
        "rings": _plain(evaluate(rings, truth, innocent, budget=BUDGET)),
        "rings_all_members": _plain(evaluate(rings, truth, innocent, budget=BUDGET, view=View.ALL)),
        "baseline": _plain(evaluate(baseline(result.findings), truth, innocent, budget=BUDGET)),
        "false_kinds": _kinds(rings, evaluate(rings, truth, innocent).false),
        "detectors": {d.name: tally(result.findings, d.name, truth, innocent) for d in DETECTORS},
    }


def seen(findings: Iterable[Finding], *, raw: bool = False) -> list[Seen]:
    """Findings as rings of their own; `raw` takes the score before innocent explanations."""
    found = []
    for finding in findings:
        score = finding.strength if raw else finding.score
        members = frozenset((subject.type.value, subject.id) for subject in finding.subjects)
        above = score >= ALERT_LINE and (raw or not finding.explained)
        found.append(Seen(finding.identity, finding.kind, score, members, above))
    return found


def baseline(findings: Sequence[Finding]) -> list[Seen]:
    """What the quick alarm alone would report, before any innocent explanation."""
    return seen((finding for finding in findings if finding.detector == BASELINE), raw=True)


def tally(findings: Sequence[Finding], name: str, truth: Sequence[Known], innocent: Sequence[Known]) -> dict[str, int]:
    """How many findings a detector has above the line, how many are planted rings, pieces of one, or neither."""
    own = [finding for finding in findings if finding.detector == name]
    above = ranked(one for one in seen(own) if one.above)
    hit = match(above, truth, View.PERSONS)
    rest = [one for one in above if one.id not in hit]
    part = within(rest, truth)
    accused = evaluate(above, [], innocent).accused
    return {
        "findings": len(own),
        "above": len(above),
        "rings": len(hit),
        "pieces": len(part),
        "neither": len(rest) - len(part),
        "innocent": sum(hits for _, hits in accused.values()),
    }


def _kinds(rings: Sequence[Seen], names: Sequence[str]) -> list[str]:
    kinds = {ring.id: ring.kind for ring in rings}
    return sorted(kinds[name] for name in names)


def _plain(found: Evaluation) -> Lines:
    return {
        "total": _quality(found.total),
        "families": [_quality(quality) for quality in found.families],
        "kinds": [_quality(quality) for quality in found.kinds],
        "at_budget": _quality(found.at_budget),
        "average_precision": found.average_precision,
        "pieces": found.pieces,
        "false": len(found.false),
        "missed": [kind for kind, _ in found.missed],
        "accused": dict(found.accused),
        "calibration": [BinLine(low=b.low, high=b.high, rings=b.rings, right=b.right) for b in found.calibration],
    }


def _quality(quality: Quality) -> QualityLine:
    return {
        "name": quality.name,
        "planted": quality.planted,
        "found": quality.found,
        "reported": quality.reported,
        "right": quality.right,
        "recall": quality.recall,
        "precision": quality.precision,
    }


def _sort(workspace: Workspace) -> tuple[float, int, int]:
    """Seconds of one DuckDB sort of the settlements by institution and time, their count, and the persons'."""
    with Claims.open(workspace).connect() as db:
        began = time.monotonic()
        db.execute("CREATE TEMP TABLE sorted AS SELECT * FROM settlements ORDER BY fixmedins_code, setl_time")
        took = time.monotonic() - began
        counts = db.execute("SELECT (SELECT count(*) FROM settlements), (SELECT count(*) FROM insured)").fetchall()[0]
    return took, int(counts[0]), int(counts[1])
