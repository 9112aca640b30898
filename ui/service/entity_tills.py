"""Who stood at a till close together: bursts of a terminal, its busiest hours, and who settled beside a card."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from graph.embedded.arrays import Array
from graph.model import NodeRef, NodeType
from ui.neighbourhood import NEARBY
from ui.service.entity_figures import HOUR, moment
from ui.service.entity_ground import NOBODY, Reach
from ui.service.ring_story import Burst

BURST = timedelta(minutes=5)  # longest pause between two settlements of one burst
LEAST_IN_BURST = 3  # different persons
MOST_BURSTS = 10
MOST_HOURS = 10
MOST_SWIPES = 400  # of a card, the newest, around which the till is looked at
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class BusyHour:
    """One hour of one day."""

    start: datetime
    people: int
    records: int


@dataclass(frozen=True)
class Beside:
    """Somebody who settled at the same till within ten minutes of the card, how often, and when last."""

    person: NodeRef
    times: int
    last: datetime


def bursts(reach: Reach, rows: Array, where: str) -> tuple[Burst, ...]:
    """Runs of settlements at one till without a longer pause than `BURST`, the tightest first.

    A run counts with `LEAST_IN_BURST` different persons. Here nothing was tested: the evidence of a ring has its own.
    """
    if not len(rows):
        return ()
    times, people = reach.ground.columns["time"][rows], reach.ground.columns["person"][rows]
    pause = int(BURST.total_seconds()) * _MICROSECONDS
    run = np.concatenate(([0], np.cumsum(np.diff(times) > pause)))
    count = int(run[-1]) + 1
    pairs = np.unique(np.stack((run, people), axis=1), axis=0)
    different = np.bincount(pairs[:, 0], minlength=count)
    starts = np.searchsorted(run, np.arange(count))
    ends = np.searchsorted(run, np.arange(count), side="right") - 1
    found = [
        Burst(where, moment(times[starts[n]]), moment(times[ends[n]]), int(different[n]), int(ends[n] - starts[n] + 1))
        for n in np.flatnonzero(different >= LEAST_IN_BURST).tolist()
    ]
    return tuple(sorted(found, key=lambda burst: (-_tightness(burst), burst.first))[:MOST_BURSTS])


def _tightness(burst: Burst) -> float:
    """Persons a minute, with a few minutes added so that three in one minute do not beat a crowd."""
    return burst.people / ((burst.last - burst.first).total_seconds() / 60 + 10)


def busiest(reach: Reach, rows: Array) -> tuple[BusyHour, ...]:
    """The hours with the most different persons, most first."""
    times, people = reach.ground.columns["time"][rows], reach.ground.columns["person"][rows]
    hours, place, records = np.unique(times // HOUR, return_inverse=True, return_counts=True)
    pairs = np.unique(np.stack((place, people), axis=1), axis=0)
    different = np.bincount(pairs[:, 0], minlength=len(hours))
    order = np.lexsort((hours, -records, -different))[:MOST_HOURS].tolist()
    return tuple(BusyHour(moment(hours[n] * HOUR), int(different[n]), int(records[n])) for n in order)


def beside(reach: Reach, rows: Array, own: Array) -> tuple[Beside, ...]:
    """Who settled at the same till within `NEARBY` of the settlements at `rows`, most often first.

    `own` are the numbers of persons who are not meant (the card's own users).
    """
    columns = reach.ground.columns
    met: dict[int, list[int]] = {}
    for row in rows[-MOST_SWIPES:].tolist():
        till = int(columns["terminal"][row])
        if till == NOBODY:
            continue
        others = _around(reach, till, row)
        people = np.setdiff1d(columns["person"][others], own)
        for person in people[people != NOBODY].tolist():
            met.setdefault(person, []).append(row)
    order = sorted(met, key=lambda person: (-len(met[person]), person))[:MOST_HOURS]
    return tuple(
        Beside(reach.ground.ref(NodeType.PERSON, person), len(met[person]), moment(columns["time"][met[person][-1]]))
        for person in order
    )


def _around(reach: Reach, till: int, row: int) -> Array:
    """Settlements of a till within `NEARBY` of one of them."""
    columns = reach.ground.columns
    starts = columns["terminal_starts"]
    rows = columns["terminal_rows"][starts[till] : starts[till + 1]]
    time, reached = int(columns["time"][row]), int(NEARBY.total_seconds()) * _MICROSECONDS
    every = columns["time"]
    low, high = np.searchsorted(every, time - reached), np.searchsorted(every, time + reached, side="right")
    found: Array = rows[np.searchsorted(rows, low) : np.searchsorted(rows, high)]
    return found
