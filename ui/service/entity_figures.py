"""What one thing's settlements add up to, and how they lie in the week and the year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from graph.embedded.adjacency import EPOCH, MICROSECOND, micros
from graph.embedded.arrays import Array
from graph.model import NodeType
from ui.service.entity_ground import COLUMN_OF, Ground

DAY, HOUR = 86_400_000_000, 3_600_000_000  # microseconds
THURSDAY = 3  # weekday of 1 January 1970, Monday being 0
FEN = Decimal(100)


@dataclass(frozen=True)
class Figures:
    """Net settlements of one thing. `fund` is yuan; `others` counts the different ones of every other type."""

    visits: int
    fund: Decimal
    first: datetime | None
    last: datetime | None
    others: Mapping[NodeType, int]
    care: tuple[tuple[str, int, Decimal], ...]  # kind of care (code), settlements, fund; most settlements first


@dataclass(frozen=True)
class Month:
    """Settlements and fund (yuan) of one calendar month."""

    first: date
    visits: int
    fund: Decimal


@dataclass(frozen=True)
class Rhythm:
    """Settlements by weekday (Monday first) and hour, by week and weekday, and by month.

    `weeks` are the Mondays from the first settlement to the last; `by_week[week][weekday]`.
    """

    by_hour: tuple[tuple[int, ...], ...]
    weeks: tuple[date, ...]
    by_week: tuple[tuple[int, ...], ...]
    months: tuple[Month, ...]

    @property
    def at_night(self) -> int:
        """Settlements between 22:00 and 6:00."""
        return sum(sum(day[22:]) + sum(day[:6]) for day in self.by_hour)


def figures(ground: Ground, rows: Array, of: NodeType) -> Figures:
    """Sum the settlements at `rows`."""
    columns = ground.columns
    times = columns["time"][rows]
    ids = ground.snapshot.ids
    others = {
        type_: distinct(columns[name][rows], len(ids.get(type_, ())))
        for type_, name in COLUMN_OF.items()
        if type_ is not of
    }
    first, last = (moment(times[0]), moment(times[-1])) if len(rows) else (None, None)
    return Figures(len(rows), yuan(columns["fund"][rows].sum()), first, last, others, _care(ground, rows))


def distinct(values: Array, nodes: int) -> int:
    """How many different of a type's `nodes` a column names."""
    named = np.zeros(nodes + 1, dtype=bool)
    named[values] = True  # NOBODY marks the last place, which is nobody's
    return int(np.count_nonzero(named[:nodes]))


def _care(ground: Ground, rows: Array) -> tuple[tuple[str, int, Decimal], ...]:
    codes = ground.columns["med_type"][rows]
    counts = np.bincount(codes)
    funds = sums(codes, ground.columns["fund"][rows], len(counts))
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], code))
    # One settlement of the kind tells what its number means.
    examples = {code: int(rows[np.argmax(codes == code)]) for code in order}
    return tuple((ground.visit(examples[code]).med_type, int(counts[code]), yuan(funds[code])) for code in order)


def rhythm(ground: Ground, rows: Array) -> Rhythm:
    """Lay the settlements at `rows` out by hour, week and month."""
    times, fund = ground.columns["time"][rows], ground.columns["fund"][rows]
    days = times // DAY
    weekday = (days + THURSDAY) % 7
    hours = np.bincount(weekday * 24 + times % DAY // HOUR, minlength=7 * 24).reshape(7, 24)
    weeks = (days + THURSDAY) // 7
    first = int(weeks[0]) if len(weeks) else 0
    span = int(weeks[-1]) - first + 1 if len(weeks) else 0
    cells = np.bincount((weeks - first) * 7 + weekday, minlength=span * 7).reshape(span, 7)
    monday = EPOCH.date() - timedelta(days=THURSDAY)
    starts = tuple(monday + timedelta(weeks=first + week) for week in range(span))
    return Rhythm(_whole(hours), starts, _whole(cells), _months(times, fund))


def _months(times: Array, fund: Array) -> tuple[Month, ...]:
    if not len(times):
        return ()
    months = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    start, count = int(months[0]), int(months[-1] - months[0]) + 1
    visits, funds = np.bincount(months - start, minlength=count), sums(months - start, fund, count)
    days = [date(1970 + (start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]
    return tuple(Month(day, int(visits[n]), yuan(funds[n])) for n, day in enumerate(days))


def sums(groups: Array, values: Array, count: int) -> Array:
    """Sum whole numbers by group, exactly (the weights of bincount are floats)."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, groups, values)
    return found


def window(ground: Ground, rows: Array, since: datetime | None, until: datetime | None) -> Array:
    """Keep the rows in [since, until)."""
    return ground.snapshot.visits.within(rows, since, until)


def moment(stored: int) -> datetime:
    """Return a stored time."""
    return EPOCH + int(stored) * MICROSECOND


def stored(time: datetime) -> int:
    """Return a time as it is stored."""
    return micros(time)


def yuan(fen: int) -> Decimal:
    """Return fen as yuan."""
    return Decimal(int(fen)) / FEN


def _whole(cells: Array) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(cell) for cell in row) for row in cells)
