"""Who brought boxes back, and where to: groups of persons and receiving institutions, parted at hubs."""

from dataclasses import dataclass
from math import log

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from detectors.collusion.boxes import Returns, returns
from detectors.collusion.chance import corrected, log_choose, poisson_tail
from detectors.collusion.parting import parted
from detectors.snapshot import Ints, Snapshot, kept

ONE_SOURCE = 0.8  # share of the boxes that one pharmacy sold first, to speak of a way between two pharmacies
_STRONG = 3  # first sales whose boxes an institution must have received: one stray joins nobody
_SHARE = 0.05  # of a group's boxes a receiver must have got


@dataclass(frozen=True)
class BoxGroup:
    """Persons whose boxes came back to the same receivers; `rows` index `Returns`."""

    rows: Ints
    persons: tuple[int, ...]
    receivers: tuple[int, ...]
    source: int  # where most boxes were first sold
    source_share: float
    observed: int  # first settlements whose boxes came back
    expected: float
    p_value: float


@kept
def box_groups(snapshot: Snapshot) -> tuple[BoxGroup, ...]:
    """Group all returns; each group with its corrected chance."""
    found = returns(snapshot)
    strong = _strong(found)
    rows = np.flatnonzero(np.isin(found.receiver, strong))
    groups = []
    for component in _components(found, rows):
        groups += [_group(found, part) for part in _parts(found, component)]
    return tuple(sorted((g for g in groups if g is not None), key=lambda g: (g.p_value, g.persons)))


def _strong(found: Returns) -> Ints:
    pairs = np.unique(np.column_stack([found.receiver, found.visit]), axis=0)
    places, counts = np.unique(pairs[:, 0], return_counts=True)
    return places[counts >= _STRONG]


def _components(found: Returns, rows: Ints) -> list[Ints]:
    """Rows by connected component of persons and receivers."""
    if not len(rows):
        return []
    persons, p = np.unique(found.person[rows], return_inverse=True)
    places, j = np.unique(found.receiver[rows], return_inverse=True)
    size = len(persons) + len(places)
    graph = coo_matrix((np.ones(len(rows)), (p, j + len(persons))), shape=(size, size))
    label = connected_components(graph, directed=False)[1][p]
    return [rows[label == number] for number in np.unique(label)]


def _parts(found: Returns, rows: Ints) -> list[Ints]:
    """Part a component by what each person bought, where, and where it came back."""
    persons, p = np.unique(found.person[rows], return_inverse=True)
    names = {name: number for number, name in enumerate(sorted({found.name[row] for row in rows}))}
    labels = {
        "receiver": found.receiver[rows],
        "source": found.source[rows],
        "drug": np.array([names[found.name[row]] for row in rows], np.int64),
    }
    # A visit counts once, by its dearest box: three boxes of one purchase are one choice of shop and drug.
    order = np.lexsort((rows, -found.charge[rows], found.visit[rows]))
    first = order[np.unique(found.visit[rows][order], return_index=True)[1]]
    bags = {
        kind: [values[first][p[first] == n].tolist() for n in range(len(persons))] for kind, values in labels.items()
    }
    group = parted(bags, len(persons))[p]
    return [rows[group == number] for number in np.unique(group)]


def _group(found: Returns, rows: Ints) -> BoxGroup | None:
    places, counts = np.unique(found.receiver[rows], return_counts=True)
    receivers = places[(counts >= 2) & (counts >= _SHARE * len(rows))]
    rows = rows[np.isin(found.receiver[rows], receivers)]
    if not len(rows):
        return None
    sources, sold = np.unique(found.source[rows], return_counts=True)
    best = int(sold.argmax())
    source, share = int(sources[best]), float(sold[best] / len(rows))
    persons = np.unique(found.person[rows])
    observed = len(np.unique(found.visit[rows]))
    p_value, expected = _chance(found, observed, persons, receivers, source if share >= ONE_SOURCE else None)
    return BoxGroup(
        rows, tuple(persons.tolist()), tuple(receivers.tolist()), source, share, observed, expected, p_value
    )


def _chance(found: Returns, observed: int, persons: Ints, receivers: Ints, source: int | None) -> tuple[float, float]:
    """Corrected chance of as many strays, as the least of three views each paid for, and what it expects.

    Of these persons among all, of these receivers among all, of the way from one source to these
    receivers among all ways: what was searched is paid for by the number of such groups.
    """
    scanned, total = found.scanned, max(1, int(found.scanned.sum()))
    places = int((scanned > 0).sum())
    received = found.rate * float(scanned[receivers].sum())
    ways = log_choose(places, len(receivers))
    views = [
        (found.rate * sum(found.boxes.get(int(p), 1) for p in persons), log_choose(found.buyers, len(persons))),
        (received, ways),
    ]
    if source is not None:
        views.append((received * float(scanned[source]) / total, ways + log(max(1, places))))
    tried = log(len(views))
    return min((corrected(poisson_tail(observed, mean), searched + tried), mean) for mean, searched in views)
