"""Census: how many people a hospital claims to have had in its beds, day by day."""

from dataclasses import dataclass
from math import log

import numpy as np

from detectors.collusion.chance import binomial_tail, corrected
from detectors.collusion.stays import Stays
from detectors.snapshot import Ints, Snapshot

_WEEK = 7
_FULL = 0.02  # weeks in which an honest hospital holds so many: floods, epidemics


@dataclass(frozen=True)
class Census:
    """A hospital with more people than `room` × beds in `weeks` of `among` weeks; `days` are those days."""

    place: int
    beds: int
    peak: int
    weeks: int
    among: int
    p_value: float
    rows: Ints


def crowded(snapshot: Snapshot, found: Stays, room: float) -> list[Census]:
    """Hospitals beyond `room` people per registered bed; weeks, not days, are counted: a full ward stays full."""
    registered = snapshot.sql("SELECT i, bed_cnt FROM place WHERE bed_cnt > 0 ORDER BY i").to_pylist()
    tested = [_counted(snapshot, found, int(row["i"]), int(row["bed_cnt"]), room) for row in registered]
    examined = log(max(1, len(tested)))
    return [
        Census(c.place, c.beds, c.peak, c.weeks, c.among, corrected(c.p_value, examined), c.rows)
        for c in tested
        if c.weeks >= 2
    ]


def _counted(snapshot: Snapshot, found: Stays, place: int, beds: int, room: float) -> Census:
    own = np.flatnonzero(found.place == place)
    size = snapshot.days + 1
    change = np.bincount(np.clip(found.first[own], 0, size), minlength=size + 1)
    change = change - np.bincount(np.clip(found.last[own], 0, size), minlength=size + 1)
    present = np.cumsum(change)[:size]
    over = np.flatnonzero(present > room * beds + 2)
    weeks, among = len(np.unique(over // _WEEK)), max(1, -(-snapshot.days // _WEEK))
    inside = own[
        [bool(((over >= a) & (over < z)).any()) for a, z in zip(found.first[own], found.last[own], strict=True)]
    ]
    return Census(place, beds, int(present.max(initial=0)), weeks, among, binomial_tail(weeks, among, _FULL), inside)
