"""Parting people whose habits differ, though they meet in one place: so that a hub joins nobody.

Every person has a bag of labels (receiving pharmacies, sources, goods …). Groups are merged, best
pair first, until two Dirichlet-multinomial draws explain the bags of any two groups decisively
better than one does (Bayesian hierarchical clustering, Heller and Ghahramani 2005, with Jeffreys'
prior over each kind of label). A person with one label carries little evidence and goes where it fits.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import gammaln

from detectors.collusion.chance import Floats
from detectors.snapshot import Flags, Ints

Bags = Mapping[str, Sequence[Sequence[int]]]

_PRIOR = 0.5  # Jeffreys
_DECISIVE = 7.0  # log Bayes factor for two groups: a thousand to one (Kass and Raftery 1995: very strong)
_MOST = 600  # persons merged one by one; more are left together


def parted(bags: Bags, size: int) -> Ints:
    """Group number of each of `size` persons; `bags` holds, by kind of label, the labels of each person."""
    if size < 2 or size > _MOST:
        return np.zeros(size, np.int64)
    tables = [_counts(labels, size) for labels in bags.values()]
    groups = [[person] for person in range(size)]
    gains = _pair_gains(tables)
    alive = np.ones(size, np.bool_)
    while True:
        best = int(np.argmax(gains))
        a, b = divmod(best, size)
        if gains[a, b] <= -_DECISIVE:
            break
        groups[a] += groups[b]
        for table in tables:
            table[a] += table[b]
        alive[b] = False
        gains[b, :] = gains[:, b] = -np.inf
        _renew(gains, tables, a, alive)
    return _numbered(groups, alive, size)


def _counts(labels: Sequence[Sequence[int]], size: int) -> Floats:
    names = sorted({label for bag in labels for label in bag})
    column = {name: number for number, name in enumerate(names)}
    table = np.zeros((size, max(1, len(names))))
    for person, bag in enumerate(labels):
        for label in bag:
            table[person, column[label]] += 1.0
    return table


def _likelihood(table: Floats) -> Floats:
    """Log marginal likelihood of each row under a Dirichlet-multinomial with a flat prior."""
    width = table.shape[-1]
    total = table.sum(axis=-1)
    start = gammaln(width * _PRIOR) - gammaln(total + width * _PRIOR)
    found: Floats = start + (gammaln(table + _PRIOR) - gammaln(_PRIOR)).sum(axis=-1)
    return found


def _gains_with(tables: list[Floats], a: int) -> Floats:
    found = np.zeros(len(tables[0]))
    for table in tables:
        alone = _likelihood(table)
        found += _likelihood(table + table[a]) - alone - alone[a]
    return found


def _pair_gains(tables: list[Floats]) -> Floats:
    size = len(tables[0])
    gains = np.vstack([_gains_with(tables, a) for a in range(size)])
    gains[np.tril_indices(size)] = -np.inf
    return gains


def _renew(gains: Floats, tables: list[Floats], a: int, alive: Flags) -> None:
    fresh = np.where(alive, _gains_with(tables, a), -np.inf)
    gains[a, a + 1 :] = fresh[a + 1 :]
    gains[:a, a] = fresh[:a]


def _numbered(groups: list[list[int]], alive: Flags, size: int) -> Ints:
    number = np.zeros(size, np.int64)
    for group, person in enumerate(np.flatnonzero(alive)):
        number[groups[person]] = group
    return number
