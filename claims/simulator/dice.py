"""Randomness that belongs to a name or a row, never to the order of work.

`stream` gives each component its own numpy generator, so adding a draw in one part leaves the
others as they were. `Dice` gives each row its own numbers, so cutting the rows into other slices
changes nothing.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def _number(*names: object) -> int:
    text = "/".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def stream(seed: int, *names: object) -> np.random.Generator:
    """Return the generator of the component called `names`."""
    return np.random.default_rng(_number(seed, *names))


@dataclass(frozen=True)
class Dice:
    """Hash-based numbers by row (splitmix64, Steele et al. 2014): same row and salt, same number."""

    seed: int

    def bits(self, salt: str, rows: Ints) -> npt.NDArray[np.uint64]:
        """64 random bits for each row number."""
        x = rows.astype(np.uint64)
        x *= _GAMMA
        x += np.uint64(_number(self.seed, salt))
        x ^= x >> np.uint64(30)
        x *= _MIX_1
        x ^= x >> np.uint64(27)
        x *= _MIX_2
        x ^= x >> np.uint64(31)
        return x

    def uniform(self, salt: str, rows: Ints) -> Floats:
        """A number in [0, 1) for each row."""
        return (self.bits(salt, rows) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, salt: str, rows: Ints, limit: int | Ints) -> Ints:
        """A whole number in [0, limit) for each row."""
        return (self.uniform(salt, rows) * limit).astype(np.int64)


class GroupedChoice:
    """Weighted choice within groups, for millions of rows at once."""

    def __init__(self, groups: Ints, weights: Floats, count: int) -> None:
        order = np.argsort(groups, kind="stable")
        self._items = order.astype(np.int64)
        self._ends = np.cumsum(weights[order])
        totals = np.bincount(groups, weights, count)
        self._last = np.cumsum(np.bincount(groups, minlength=count)) - 1
        self._starts = np.concatenate([[0.0], self._ends])[self._last + 1 - np.bincount(groups, minlength=count)]
        self._totals = totals

    def has(self, groups: Ints) -> Flags:
        """Whether each group holds anything to choose."""
        return self._totals[groups] > 0

    def pick(self, groups: Ints, uniform: Floats) -> Ints:
        """One item of each row's group by its number in [0, 1); the group must not be empty."""
        target = self._starts[groups] + uniform * self._totals[groups]
        found = np.searchsorted(self._ends, target, side="right")
        return np.asarray(self._items[np.minimum(found, self._last[groups])], np.int64)


def unlike_numbers(rng: np.random.Generator, count: int, modulus: int) -> Ints:
    """`count` distinct numbers below `modulus` in random order; neighbours share no pattern."""
    step = int(rng.integers(modulus // 7, modulus // 3))
    while np.gcd(step, modulus) != 1:
        step += 1
    order = rng.permutation(count)
    shift = int(rng.integers(modulus))
    if step * count < 2**62:
        return (order * step + shift) % modulus
    return np.array([(int(i) * step + shift) % modulus for i in order], np.int64)
