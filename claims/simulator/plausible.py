"""What makes visits of different origin one life: nobody is in two places, dead, or beyond the period."""

import heapq

import numpy as np
import polars as pl

from claims.simulator.calendar import DAY
from claims.simulator.county import County
from claims.simulator.dice import Flags, Ints
from claims.simulator.places import PlaceKind
from claims.simulator.visits import Kind

_WAIT = np.array([25, 50, 20, 0, 2, 3, 240, 50, 60, 10]) * 60  # typical seconds from begin to settlement, by kind
_HOUR_KM = 28.0


def with_length(county: County, visits: pl.DataFrame) -> pl.DataFrame:
    """Fill how long each visit lasts, by what it is for."""
    rows = np.arange(visits.height, dtype=np.int64)
    kind, given = visits["kind"].to_numpy().astype(np.int64), visits["lasts"].to_numpy()
    drawn = 30 + _WAIT[kind] * (0.4 + 1.5 * county.dice.uniform("wait", rows) ** 2)
    return visits.with_columns(pl.Series("lasts", np.where(given >= 0, given, drawn).astype(np.int32)))


def within_life(county: County, visits: pl.DataFrame) -> pl.DataFrame:
    """Settled within the period, and before death (unless a ring wants it otherwise)."""
    end = pl.col("at") + pl.col("lasts")
    died = pl.Series("died", county.people.dies * DAY + 60_000)
    alive = end <= died.gather(visits["person"])
    planted = (pl.col("keep") == 1) & (pl.col("group") >= 0)
    return visits.filter((pl.col("at") >= 0) & (end < county.settings.days * DAY) & (alive | planted))


def _during_own_stay(visits: pl.DataFrame) -> Flags:
    """Which visits (sorted by person and begin) fall into a stay of the same person."""
    person, at = visits["person"].to_numpy(), visits["at"].to_numpy()
    stay = visits["kind"].to_numpy() == Kind.STAY
    end = np.where(stay, at + visits["lasts"].to_numpy(), -1)
    # The latest end of any earlier stay of this person: a running maximum that restarts per person.
    span = np.int64(2**33)
    reach = np.maximum.accumulate(person * span + end + 1)
    before = np.concatenate([[np.int64(-1)], reach[:-1]])
    return np.asarray(before >= person * span + at + 1)


def _too_soon(county: County, visits: pl.DataFrame) -> tuple[Flags, Flags]:
    """Visits that cannot be reached from the one before, and those whose next cannot be."""
    person, at, place = (visits[name].to_numpy().astype(np.int64) for name in ("person", "at", "place"))
    gap = at[1:] - at[:-1]
    elsewhere = (person[1:] == person[:-1]) & (place[1:] != place[:-1]) & (gap < 3 * 3600)
    rows = np.flatnonzero(elsewhere)
    need = county.places.distance(place[rows], place[rows + 1]) / _HOUR_KM * 3600 + 600
    rows = rows[gap[rows] < need]
    late, early = np.zeros(len(at), bool), np.zeros(len(at), bool)
    late[rows + 1], early[rows] = True, True
    return late, early


def one_life(county: County, visits: pl.DataFrame) -> pl.DataFrame:
    """Drop what one body cannot do; visits marked keep stay, others give way to them."""
    visits = visits.sort("person", "at", maintain_order=True)
    kept = pl.col("keep") == 1
    visits = visits.filter(pl.Series(~_during_own_stay(visits)) | kept)
    late, early = _too_soon(county, visits)
    next_kept = pl.col("keep").shift(-1, fill_value=0) == 1
    visits = visits.filter(kept | ~(pl.Series(late) | (pl.Series(early) & next_kept)))
    return visits


def beds(county: County, visits: pl.DataFrame) -> tuple[Ints, Ints]:
    """Bed of each row (-1 where none) and approved beds of each place.

    Beds are approved for the stays that took place; stays on paper are entered into beds that are
    occupied already.
    """
    bed = np.full(visits.height, -1, np.int64)
    approved = np.zeros(len(county.places.kind), np.int64)
    stays = visits.with_row_index("row").filter(pl.col("kind") == int(Kind.STAY)).sort("place", "at", "row")
    for (place,), ward in stays.group_by("place", maintain_order=True):
        index = int(str(place))
        real = ward.filter(pl.col("body") != 1)
        numbers, count = _assign(real["at"].to_numpy(), (real["at"] + real["lasts"]).to_numpy())
        bed[real["row"].to_numpy()] = numbers
        spare = 1 + 0.3 * county.dice.uniform("beds", np.array([index]))[0]
        approved[index] = max(6, int(count * spare))
        paper = ward.filter(pl.col("body") == 1)["row"].to_numpy().astype(np.int64)
        bed[paper] = county.dice.below("paper bed", paper, max(1, count))
    small = np.isin(county.places.kind, (PlaceKind.COUNTY_HOSPITAL, PlaceKind.TOWNSHIP_HOSPITAL)) & (approved == 0)
    return bed, np.where(small, 8, approved)


def _assign(begin: Ints, end: Ints) -> tuple[Ints, int]:
    """Lowest free bed for each stay in order of admission; how many beds that takes."""
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    numbers = np.empty(len(begin), np.int64)
    used = 0
    for nth, (start, stop) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        while busy and busy[0][0] <= start:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if not free:
            heapq.heappush(free, used)
            used += 1
        numbers[nth] = heapq.heappop(free)
        heapq.heappush(busy, (stop, int(numbers[nth])))
    return numbers, used
