"""From scored pairs to bodies: stars, never chains.

A chain A-B, B-C joins A and C although nothing links them, and in a county it ends in giants.
Here every member is linked to the centre of its star itself, no pair inside is contradicted, and
on the whole the evidence inside speaks for it: pivot correlation clustering (Ailon, Charikar &
Newman 2008) with the strongest pivot first instead of a random one, so the result is the same for
any order of the rows.
"""

from collections.abc import Iterable, Mapping

Pair = tuple[int, int]


def stars(weights: Mapping[Pair, float], forbidden: Iterable[Pair] = ()) -> list[tuple[int, ...]]:
    """Group rows into stars of two or more, each sorted, in the order of their smallest member.

    `weights` holds log odds by pair (a < b) of one body; pairs that were never scored say nothing.
    """
    links: dict[int, dict[int, float]] = {}
    for (a, b), weight in weights.items():
        links.setdefault(a, {})[b] = weight
        links.setdefault(b, {})[a] = weight
    barred = set(forbidden)
    strength = {row: sum(w for w in near.values() if w > 0) for row, near in links.items()}
    free = set(links)
    found = []
    for centre in sorted(links, key=lambda row: (-strength[row], row)):
        if centre in free:
            star = _star(centre, links, barred, free)
            free -= set(star)
            found += [tuple(sorted(star))] if len(star) > 1 else []
    return sorted(found)


def _star(centre: int, links: Mapping[int, Mapping[int, float]], barred: set[Pair], free: set[int]) -> list[int]:
    """Take in what is linked to the centre, strongest first, unless a member speaks against it."""
    star = [centre]
    near = links[centre]
    for row in sorted(near, key=lambda row: (-near[row], row)):
        if row not in free or near[row] <= 0:
            continue
        contradicted = any((min(row, member), max(row, member)) in barred for member in star)
        if not contradicted and sum(links[row].get(member, 0.0) for member in star) > 0:
            star.append(row)
    return star
