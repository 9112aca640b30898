"""Signs that people of a batch were not in their beds: each with its chance, from the stays of everybody else."""

from dataclasses import dataclass

import numpy as np

from detectors.collusion.chance import binomial_tail, spread_tail
from detectors.collusion.stays import Stays, clashing, leave_out_share, real_beds
from detectors.snapshot import Flags, Ints

_SPREAD = 0.05  # hospitals and wards differ in how they check and whom they let out
# Rates never taken smaller than these, whatever the other stays show.
_MISSED, _ERRAND, _CLASH, _AGAIN, _TWIN = 0.05, 0.03, 0.02, 0.1, 1e-3


@dataclass(frozen=True)
class Sign:
    """How many of the stays (or persons) that can show a sign show it; `rows` are those that do."""

    name: str
    hits: int
    among: int
    rate: float
    p_value: float
    rows: Ints


def signs(found: Stays, rows: Ints, suspect: Ints) -> tuple[Sign, ...]:
    """All signs the data can show for the group's stays `rows`; rates come from stays in no suspected batch."""
    apart = np.isin(np.arange(len(found.visit)), np.concatenate([rows, suspect]))
    inside = np.isin(np.arange(len(found.visit)), rows)
    beds = real_beds(found)
    everything = np.ones(len(found.visit), np.bool_)
    tried = (
        _share("missed", found.missed > 0, found.checks > 0, inside, apart, _MISSED),
        _share("errand", found.errands > 0, everything, inside, apart, _ERRAND),
        _share("clash", clashing(found), beds, inside, apart, _CLASH),
        _twins(found, rows, apart),
        _again(found, rows, apart),
    )
    return tuple(sign for sign in tried if sign.among >= 3)


def _share(name: str, hit: Flags, among: Flags, inside: Flags, apart: Flags, floor: float) -> Sign:
    rate = leave_out_share(hit, among, apart, floor)
    shown, total = np.flatnonzero(hit & among & inside), int((among & inside).sum())
    return Sign(name, len(shown), total, rate, spread_tail(len(shown), total, rate, _SPREAD), shown)


def _twins(found: Stays, rows: Ints, apart: Flags) -> Sign:
    """Stays whose list of items is that of another of the group, against how often any two others agree."""
    billed = rows[found.bill[rows] >= 0]
    _, number, count = np.unique(found.bill[billed], return_inverse=True, return_counts=True)
    shown = billed[count[number] > 1] if len(billed) else billed
    peers = (found.place == found.place[rows[0]]) & np.isin(found.illness, found.illness[rows])
    others = found.bill[peers & ~apart & (found.bill >= 0)]
    same = np.unique(others, return_counts=True)[1]
    pair = (float((same * (same - 1)).sum()) + 1.0) / (len(others) * max(0, len(others) - 1) + 1.0 / _TWIN)
    rate = 1.0 - (1.0 - min(pair, 0.99)) ** max(1, len(billed) - 1)
    return Sign("twin", len(shown), len(billed), rate, spread_tail(len(shown), len(billed), rate, _SPREAD), shown)


def _again(found: Stays, rows: Ints, apart: Flags) -> Sign:
    """Persons in more than one batch, against how often others of the hospital come back for the illness."""
    persons, count = np.unique(found.person[rows], return_counts=True)
    place, illness = found.place[rows[0]], found.illness[rows[0]]
    others = found.person[(found.place == place) & (found.illness == illness) & ~apart]
    back = np.unique(others, return_counts=True)[1]
    rate = max(_AGAIN, float((back > 1).mean()) if len(back) >= 10 else _AGAIN)
    hits = int((count > 1).sum())
    shown = rows[np.isin(found.person[rows], persons[count > 1])]
    return Sign("again", hits, len(persons), rate, binomial_tail(hits, len(persons), rate), shown)
