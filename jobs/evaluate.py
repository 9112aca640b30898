"""`evaluate`: how good the rings of a workspace are, measured against rings that are known.

A pure function over the lines of the rings export, of a file of known rings and of a file of
innocent groups (both one JSON object a line, with `kind` and `members`), so that other programs'
rings can be measured by the same yardstick. Rings are taken worst first; each is matched with the
best known ring nobody has yet. A second ring on the same known one counts as false here and is
named a piece, so that splitting a ring is never rewarded.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from jobs.measures import Known, Seen, View, accused, average_precision, match, ranked, within

UNDER_THE_LINE = frozenset({"explained", "below_line", "dormant"})
BINS = 5  # of the score, for the calibration


class TruthError(RinghoundError):
    """A file of known rings does not read."""

    exit_code = 2


@dataclass(frozen=True)
class Quality:
    """Counts of one family or kind, and what follows from them; `planted` are known, `reported` above the line.

    A ring counts as hit under the kind of the known one for recall, and under its own for precision.
    """

    name: str
    planted: int
    found: int
    reported: int
    right: int

    @property
    def recall(self) -> float | None:
        """Share of known rings that were found; None where there are none."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """Share of reported rings that are known ones; None where none was reported."""
        return self.right / self.reported if self.reported else None


@dataclass(frozen=True)
class Bin:
    """Rings whose score lies in [low, high): how many, and how many are known ones (pieces of one included)."""

    low: float
    high: float
    rings: int
    right: int


@dataclass(frozen=True)
class Evaluation:
    """What was measured in one view of the members.

    `pieces` lie for the most part in one known ring that another ring already stands for; `false`
    rings touch none. `accused` counts innocent groups by kind, with how many of them a ring accuses.
    `delays` are days from a known ring's first settlement to the first report, where reports are dated.
    """

    view: View
    total: Quality
    families: tuple[Quality, ...]
    kinds: tuple[Quality, ...]
    average_precision: float
    budget: int
    at_budget: Quality
    pieces: int
    false: tuple[str, ...]
    missed: tuple[tuple[str, str], ...]  # kind and id
    accused: Mapping[str, tuple[int, int]]
    calibration: tuple[Bin, ...]
    delays: tuple[int, ...]

    @property
    def median_delay(self) -> float | None:
        """Median of the delays in days, None where no report is dated."""
        return median(self.delays) if self.delays else None


def evaluate(
    rings: Iterable[Seen],
    truth: Sequence[Known],
    innocent: Sequence[Known] = (),
    *,
    budget: int = 20,
    view: View = View.PERSONS,
) -> Evaluation:
    """Measure rings against known ones; only those above the line count, `budget` is how many people can review."""
    above = ranked(ring for ring in rings if ring.above)
    found = match(above, truth, view)
    hits = [ring.id in found for ring in above]
    known = {group.id: group for group in truth}
    rest = [ring for ring in above if ring.id not in found]
    part = within(rest, truth)
    first = above[:budget]
    hit_groups = [known[id_] for id_ in found.values()]
    missed = sorted((group.kind, group.id) for group in truth if group.id not in set(found.values()))
    flagged = accused(above, innocent, truth)
    return Evaluation(
        view=view,
        total=Quality("", len(truth), len(found), len(above), len(found)),
        families=_by(lambda item: item.family, truth, hit_groups, above, found),
        kinds=_by(lambda item: item.kind, truth, hit_groups, above, found),
        average_precision=average_precision(hits, len(truth)),
        budget=budget,
        at_budget=Quality("", len(truth), sum(hits[:budget]), len(first), sum(hits[:budget])),
        pieces=len(part),
        false=tuple(ring.id for ring in rest if ring.id not in part),
        missed=tuple(missed),
        accused=_accused_by_kind(innocent, flagged),
        calibration=_calibration(above, {*found, *part}),
        delays=_delays(above, found, known),
    )


def _by(
    name: Callable[[Known | Seen], str],
    truth: Sequence[Known],
    hit: Sequence[Known],
    above: Sequence[Seen],
    found: Mapping[str, str],
) -> tuple[Quality, ...]:
    planted, caught = Counter(map(name, truth)), Counter(map(name, hit))
    reported = Counter(map(name, above))
    right = Counter(name(ring) for ring in above if ring.id in found)
    return tuple(
        Quality(key, planted[key], caught[key], reported[key], right[key]) for key in sorted({*planted, *reported})
    )


def _accused_by_kind(innocent: Sequence[Known], flagged: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    groups = Counter(group.kind for group in innocent)
    hit = Counter(group.kind for group in innocent if group.id in flagged)
    return {kind: (groups[kind], hit[kind]) for kind in sorted(groups)}


def _calibration(above: Sequence[Seen], real: set[str]) -> tuple[Bin, ...]:
    """Bins of the score over the upper half, where rings above the line lie."""
    found = []
    for place in range(BINS):
        low, high = 0.5 + place / (2 * BINS), 0.5 + (place + 1) / (2 * BINS)
        inside = [ring for ring in above if low <= ring.score < high or (place == BINS - 1 and ring.score >= high)]
        found.append(Bin(low, high, len(inside), sum(ring.id in real for ring in inside)))
    return tuple(found)


def _delays(above: Sequence[Seen], found: Mapping[str, str], known: Mapping[str, Known]) -> tuple[int, ...]:
    days = []
    for ring in above:
        first = known[found[ring.id]].first_day if ring.id in found else None
        if first is not None and ring.since is not None:
            days.append((ring.since - first).days)
    return tuple(sorted(days))


def seen_of(line: Mapping[str, object]) -> Seen:
    """Read one line of the rings export."""
    score = line["score"]
    if not isinstance(score, int | float):
        raise TypeError(f"score {score!r}")
    return Seen(
        id=str(line["ring_id"]),
        kind=str(line["kind"]),
        score=float(score),
        members=_members(line),
        above=line.get("status") not in UNDER_THE_LINE,
    )


def known_of(line: Mapping[str, object]) -> Known:
    """Read one line of a file of known rings or innocent groups."""
    day = line.get("first_day")
    name = str(line.get("ring_id") or line["group_id"])
    return Known(name, str(line["kind"]), _members(line), date.fromisoformat(str(day)) if day else None)


def _members(line: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    members = line["members"]
    if not isinstance(members, Sequence):
        raise TypeError(f"members {members!r}")
    return frozenset((str(member["type"]), str(member["id"])) for member in members)


def read_known(path: Path) -> tuple[Known, ...]:
    """Read a file of known rings or innocent groups; TruthError names the line that does not read."""
    if not path.exists():
        raise NotFoundError(N_("{path} does not exist."), path=path)
    found = []
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            found.append(known_of(json.loads(text)))
        except (ValueError, KeyError, TypeError) as error:
            message = N_("{path}, line {line} is no known ring: {error}")
            raise TruthError(message, path=path, line=number, error=f"{type(error).__name__} {error}") from error
    return tuple(found)
