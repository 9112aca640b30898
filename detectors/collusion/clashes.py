"""Which stays make beds overfull: the fewest whose absence would leave every bed with one person."""

from heapq import heapify, heappop, heappush

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from detectors.collusion.stays import Stays
from detectors.snapshot import Flags, Ints

_TOGETHER = 2  # days between admissions of one batch


def covers(found: Stays, beds: Flags, batch: Ints) -> list[Ints]:
    """Stays in taken beds, by hospital and batch: one illness admitted days apart, or the same persons again.

    Stays of different numbers in `batch` are never told as one.
    """
    pairs = found.clashes[beds[found.clashes].all(axis=1)] if len(found.clashes) else found.clashes
    cover = _cover(found, pairs)
    if not len(cover):
        return []
    links = _links(found, cover)
    links = links[batch[cover[links[:, 0]]] == batch[cover[links[:, 1]]]]
    graph = coo_matrix((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(cover),) * 2)
    label = connected_components(graph, directed=False)[1]
    return [cover[label == number] for number in np.unique(label)]


def _cover(found: Stays, pairs: Ints) -> Ints:
    """Greedy vertex cover: most overlaps first, then who has other contradictions, then who came later."""
    partners: dict[int, set[int]] = {}
    for a, b in pairs.tolist():
        partners.setdefault(a, set()).add(b)
        partners.setdefault(b, set()).add(a)
    odd = (found.missed > 0).astype(np.int64) + (found.errands > 0)

    def waiting(row: int) -> tuple[int, int, int, int, int]:
        return -len(partners[row]), -int(odd[row]), -int(found.first[row]), -int(found.visit[row]), row

    # Every time a stay loses a partner it queues again; its earlier entries are passed over.
    queue = [waiting(row) for row in partners]
    heapify(queue)
    chosen = []
    while queue:
        entry = heappop(queue)
        worst = entry[-1]
        if worst not in partners or -entry[0] != len(partners[worst]):
            continue
        chosen.append(worst)
        for other in partners.pop(worst):
            partners[other].discard(worst)
            if partners[other]:
                heappush(queue, waiting(other))
            else:
                del partners[other]
    return np.array(sorted(chosen), np.int64)


def _links(found: Stays, cover: Ints) -> Ints:
    """Pairs (indices into `cover`) of one hospital and illness admitted within days, or of one person."""
    place, first, person, illness = (
        column[cover] for column in (found.place, found.first, found.person, found.illness)
    )
    order = np.lexsort((first, illness, place))
    near = (np.diff(first[order]) <= _TOGETHER) & (np.diff(place[order]) == 0) & (np.diff(illness[order]) == 0)
    again = np.lexsort((first, person, place))
    same = (np.diff(person[again]) == 0) & (np.diff(place[again]) == 0)
    links: Ints = np.vstack(
        [
            np.column_stack([order[:-1][near], order[1:][near]]),
            np.column_stack([again[:-1][same], again[1:][same]]),
        ]
    )
    return links
