"""The test for steering: a doctor's prescriptions at a pharmacy against the mixture of ordinary pulls."""

from dataclasses import dataclass

import numpy as np

from detectors.collusion.chance import Floats, benjamini_hochberg, spread_tails
from detectors.collusion.flows import PULLS, Fills, colleagues, pulls
from detectors.snapshot import Flags, Ints

FEWEST = 10  # persons with a prescription of the doctor before the doctor is tested
_ROUNDS = 30  # of the mixture's fit; shares change by less than a thousandth after twenty
_LEAST_SPREAD = 0.02  # doctors of one house differ in whom they see
_SUSPECT = 1e-3  # p-value beyond which a doctor's prescriptions say nothing about colleagues


@dataclass(frozen=True)
class Steering:
    """One doctor at one pharmacy: `persons` of `among` went there, `share` was expected; `pulls` by `PULLS`.

    `tail` is the plain chance, `p_value` its q-value among all doctors and pharmacies tested.
    """

    doctor: int
    place: int
    persons: int
    among: int
    share: float
    pulls: tuple[float, ...]
    tail: float
    p_value: float


def steerings(found: Fills) -> list[Steering]:
    """Test every doctor at every pharmacy; fitted twice, the second time without the suspected."""
    seen = np.unique(np.column_stack([found.doctor, found.person, found.place]), axis=0)
    doctors, persons = np.unique(np.unique(seen[:, :2], axis=0)[:, 0], return_counts=True)
    doctors, persons = doctors[persons >= FEWEST], persons[persons >= FEWEST]
    if not len(doctors):
        return []
    counts = _counts(found, seen, doctors)
    nobody = np.zeros(len(found.visit), np.bool_)
    given = np.stack([pulls(found, int(doctor), nobody) for doctor in doctors])
    share, tails = _tested(given, counts, persons, np.ones(len(doctors), np.bool_))
    suspect = _suspected(found, doctors, tails, counts, persons, share)
    for d, doctor in enumerate(doctors.tolist()):  # what else draws anybody is the same without the suspected
        given[d, PULLS.index("colleagues")] = colleagues(found, doctor, suspect, given[d, PULLS.index("size")])
    share, tails = _tested(given, counts, persons, ~np.isin(doctors, np.unique(found.doctor[suspect])))
    q_values = benjamini_hochberg(tails.ravel(), tails.size).reshape(tails.shape)
    return [
        Steering(
            int(doctors[d]),
            int(found.pharmacies[j]),
            int(counts[d, j]),
            int(persons[d]),
            float(share[d, j]),
            tuple(float(value) for value in given[d, :, j]),
            float(tails[d, j]),
            float(q_values[d, j]),
        )
        for d, j in np.argwhere(tails < _SUSPECT)
    ]


def _tested(given: Floats, counts: Floats, persons: Ints, usual: Flags) -> tuple[Floats, Floats]:
    """Shares that the mixture fitted to the `usual` doctors expects, and the chance of each count."""
    share = np.einsum("c,dcj->dj", _weights(given[usual], counts[usual]), given)
    return share, _tails(counts, persons, share, usual)


def _counts(found: Fills, seen: Ints, doctors: Ints) -> Floats:
    """Persons by doctor and pharmacy."""
    rows = seen[np.isin(seen[:, 0], doctors)]
    table = np.zeros((len(doctors), len(found.pharmacies)))
    np.add.at(table, (np.searchsorted(doctors, rows[:, 0]), np.searchsorted(found.pharmacies, rows[:, 2])), 1.0)
    return table


def _weights(given: Floats, counts: Floats) -> Floats:
    """Weights of the pulls by expectation maximisation over all doctors."""
    weight: Floats = np.full(len(PULLS), 1.0 / len(PULLS))
    if not counts.sum():
        return weight
    for _ in range(_ROUNDS):
        mixed = weight[None, :, None] * given
        part = mixed / mixed.sum(axis=1, keepdims=True)
        weight = np.einsum("dcj,dj->c", part, counts) / counts.sum()
    return weight


def _tails(counts: Floats, persons: Ints, share: Floats, usual: Flags) -> Floats:
    spread = _spread(counts[usual], persons[usual], share[usual])
    found = np.ones(counts.shape)
    more = counts > share * persons[:, None]
    among = np.broadcast_to(persons[:, None], counts.shape)
    found[more] = spread_tails(counts[more].astype(np.int64), among[more], share[more], spread)
    return found


def _spread(counts: Floats, persons: Ints, share: Floats) -> float:
    """Correlation of the choices of one doctor's persons, beyond the mixture (moments, without the top twentieth)."""
    expected = share * persons[:, None]
    testable = (expected >= 2.0) & (share < 0.95)
    if testable.sum() < 5:
        return 2 * _LEAST_SPREAD
    variance = (expected * (1.0 - share))[testable]
    squares = (counts - expected)[testable] ** 2 / variance
    trials = np.broadcast_to(persons[:, None], counts.shape)[testable]
    inner = squares <= np.quantile(squares, 0.95)
    return max(_LEAST_SPREAD, float(((squares - 1.0) / np.maximum(trials - 1, 1))[inner].mean()))


def _suspected(found: Fills, doctors: Ints, tails: Floats, counts: Floats, persons: Ints, share: Floats) -> Flags:
    """Prescriptions of doctors who stand out at some pharmacy by chance and by size."""
    striking = (tails < _SUSPECT) & (counts >= 2.0 * share * persons[:, None])
    return np.isin(found.doctor, doctors[striking.any(axis=1)])
