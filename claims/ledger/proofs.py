"""Checking proofs: RFC 9162 sections 2.1.3.2 (inclusion) and 2.1.4.2 (consistency)."""

from collections.abc import Sequence

from claims.ledger.tree import Hasher


def includes(hasher: Hasher, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether `path` leads from the hash `leaf` at `index` to the `root` of `size` leaves."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hasher.node(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hasher.node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(
    hasher: Hasher, earlier: int, size: int, path: Sequence[bytes], earlier_root: bytes, root: bytes
) -> bool:
    """Say whether `path` shows that the tree of `size` leaves begins with the `earlier` ones unchanged."""
    if not 0 <= earlier <= size:
        return False
    if earlier in (0, size):
        return not path and (earlier_root == root if earlier == size else earlier_root == hasher.empty())
    steps = list(path)
    if earlier & (earlier - 1) == 0:  # the earlier tree is one node of the later one
        steps.insert(0, earlier_root)
    return bool(steps) and _climb(hasher, earlier - 1, size - 1, steps) == (earlier_root, root)


def _climb(hasher: Hasher, place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the two roots that `steps` lead to, None where there are too many or too few of them."""
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = hasher.node(step, before), hasher.node(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = hasher.node(after, step)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None
