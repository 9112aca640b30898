"""The Merkle tree of RFC 6962 section 2 (RFC 9162 section 2.1): roots and the paths of proofs.

Pure functions over a source of complete subtrees: `node(level, position)` is the hash over the
2^level leaves from position * 2^level on. A log keeps those, so that a root or a proof of a tree of
n leaves costs about log n lookups however large it has grown.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from claims.errors import StoreError
from claims.language import N_

ALGORITHMS = ("sha256", "sm3")
LEAF_SIGN = b"\0"
NODE_SIGN = b"\1"

Nodes = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Hasher:
    """The hash of one ledger: SHA-256, or SM3 (GB/T 32905-2016) where the rules of the house ask for it."""

    algorithm: str = ALGORITHMS[0]

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            message = N_("{name} is no hash of a ledger; there are sha256 and sm3.")
            raise StoreError(message, name=self.algorithm)

    def leaf(self, content: bytes) -> bytes:
        """Hash the content of a leaf."""
        return self.digest(LEAF_SIGN + content)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Hash two nodes into the one above them."""
        return self.digest(NODE_SIGN + left + right)

    def empty(self) -> bytes:
        """Return the root of a tree without leaves."""
        return self.digest(b"")

    def digest(self, content: bytes) -> bytes:
        """Hash bytes."""
        if self.algorithm == "sm3":
            return _sm3(content)
        return hashlib.sha256(content).digest()


def _sm3(content: bytes) -> bytes:
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", content).digest()
    # Some builds of Python come with an OpenSSL without SM3; this library brings its own.
    from cryptography.hazmat.primitives import hashes

    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()


@dataclass(frozen=True)
class Tree:
    """The tree over the first `size` leaves and every earlier one."""

    hasher: Hasher
    node: Nodes
    size: int

    def root(self) -> bytes:
        """Return the hash over all leaves."""
        return self._over(0, self.size) if self.size else self.hasher.empty()

    def inclusion(self, index: int) -> list[bytes]:
        """Return the hashes that lead from leaf `index` to the root, lowest first."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        return self._path(index, 0, self.size)

    def consistency(self, earlier: int) -> list[bytes]:
        """Return the hashes that show that the first `earlier` leaves are still those of an earlier root."""
        if not 0 <= earlier <= self.size:
            raise IndexError(earlier)
        return self._kept(earlier, 0, self.size, whole=True) if 0 < earlier < self.size else []

    def _over(self, start: int, count: int) -> bytes:
        """Hash over `count` leaves from `start` on, which is a multiple of the power of two at or above `count`."""
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self.node(level, start >> level)
        left = below(count)
        return self.hasher.node(self._over(start, left), self._over(start + left, count - left))

    def _path(self, index: int, start: int, count: int) -> list[bytes]:
        if count == 1:
            return []
        left = below(count)
        if index < left:
            return [*self._path(index, start, left), self._over(start + left, count - left)]
        return [*self._path(index - left, start + left, count - left), self._over(start, left)]

    def _kept(self, earlier: int, start: int, count: int, *, whole: bool) -> list[bytes]:
        if earlier == count:
            return [] if whole else [self._over(start, count)]
        left = below(count)
        if earlier <= left:
            return [*self._kept(earlier, start, left, whole=whole), self._over(start + left, count - left)]
        rest = self._kept(earlier - left, start + left, count - left, whole=False)
        return [*rest, self._over(start, left)]


def below(count: int) -> int:
    """Return the largest power of two below `count` (at least 2): where the RFC splits a tree."""
    return 1 << ((count - 1).bit_length() - 1)
