"""How many confirmed rings an institution's patients would lead one to expect: indirect standardisation.

Expected counts come from one penalised Poisson regression of all cells of the comparison set on level,
kind of care, age band and chapter of diagnosis, with an intercept per quarter. Strata of all four
crossed would be simpler, but there are hundreds of them and a few dozen confirmed rings: most rates
would be 0, and an institution alone in a stratum would be its own norm. Main effects with a penalty hold:
each effect is drawn towards none unless the data say otherwise. What fewer than `LEAST_SHARING`
institutions share has no effect of its own, for the same reason: it is taken as the average of the rest.

The penalty is that of a normal prior on the logarithm of each rate ratio (ridge); the intercepts are
free, so in every quarter as many are expected as were confirmed.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PRIOR_SD = 0.5  # two groups in three within a factor of 1.65 of the average
LEAST_SHARING = 5  # institutions
_STEPS, _ENOUGH = 60, 1e-9


def expected_counts(facets: Sequence[Ints], quarter: Ints, place: Ints, n: Floats, events: Floats) -> Floats:
    """Return the count expected of each cell. Columns of one length, one row per cell.

    `facets` and `quarter` and `place` are codes from 0; `n` is settlements, `events` the confirmed rings
    (a ring's 1 is shared among the cells of its records). A quarter without an event expects none.
    """
    found = np.zeros(len(n))
    total = np.bincount(quarter, events)
    used = total[quarter] > 0
    if not used.any():
        return found
    keys = np.column_stack([quarter[used], *(codes[used] for codes in facets)])
    groups, group_of = np.unique(keys, axis=0, return_inverse=True)
    group_of = group_of.ravel()
    weight, seen = (np.bincount(group_of, values[used]).astype(np.float64) for values in (n, events))
    shared = [_shared(codes[used], place[used]) for codes in facets]
    rates = _fit(_design(groups, shared, weight), len(np.unique(groups[:, 0])), weight, seen)
    found[used] = n[used] * rates[group_of]
    return found


def _shared(codes: Ints, place: Ints) -> frozenset[int]:
    """Codes that enough institutions have."""
    pairs = np.unique(np.column_stack([codes, place]), axis=0)
    values, counts = np.unique(pairs[:, 0], return_counts=True)
    return frozenset(values[counts >= LEAST_SHARING].tolist())


def _design(groups: Ints, shared: Sequence[frozenset[int]], weight: Floats) -> Floats:
    """One column per quarter, then one per code of each facet that is shared enough.

    Groups with another code stand in every column of the facet by its share of settlements. With zeros
    the intercept could follow such a group, and the rest keep away from it: its own norm by the back door.
    """
    parts = [groups[:, :1] == np.unique(groups[:, 0])[None, :]]
    for at, values in enumerate(shared, 1):
        columns = (groups[:, at : at + 1] == np.array(sorted(values))[None, :]).astype(np.float64)
        known = columns.any(axis=1)
        if known.any():
            columns[~known] = np.average(columns[known], axis=0, weights=weight[known])
            parts.append(columns)
    return np.column_stack(parts).astype(np.float64)


def _fit(design: Floats, free: int, weight: Floats, seen: Floats) -> Floats:
    """Maximise the penalised likelihood by Newton's method with halved steps; return the rate of each group."""
    penalty = np.full(design.shape[1], 1 / PRIOR_SD**2)
    penalty[:free] = 0.0
    beta = np.zeros(design.shape[1])
    for column in range(free):
        rows = design[:, column] > 0
        beta[column] = np.log(seen[rows].sum() / weight[rows].sum())
    best = _objective(design, beta, penalty, weight, seen)
    for _ in range(_STEPS):
        mean = weight * np.exp(design @ beta)
        gradient = design.T @ (seen - mean) - penalty * beta
        step = np.linalg.solve((design.T * mean) @ design + np.diag(penalty), gradient)
        while (value := _objective(design, beta + step, penalty, weight, seen)) < best and np.abs(step).max() > _ENOUGH:
            step /= 2
        beta, best = beta + step, value
        if np.abs(step).max() < _ENOUGH:
            break
    return np.exp(design @ beta)


def _objective(design: Floats, beta: Floats, penalty: Floats, weight: Floats, seen: Floats) -> float:
    line = design @ beta
    return float(seen @ line - weight @ np.exp(np.minimum(line, 50.0)) - penalty @ beta**2 / 2)
