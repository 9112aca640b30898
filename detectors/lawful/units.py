"""Units: people who may lawfully act as one, so that a family is never counted as a crowd.

A unit is a connected set of registered households, family accounts and (small) agent relations, or
of people at one address. A register that ties too many (a dormitory, a nursing home's collective
household, an address that many give) is no family: its ties count for explanations only.
"""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from detectors.snapshot import Flags, Ints, Snapshot, kept

MOST = 8  # persons of one unit: households of more than 8 are under 1 % (census 2020, table 5-1)
_AGENT_MOST = 4  # an agent for more persons than this acts for a clientele, not for the family

_TIES = """
    WITH tie AS (
        SELECT a.p AS a, b.p AS b, rel_type FROM relations
        JOIN person AS a ON a.psn_no = relations.psn_no JOIN person AS b ON b.psn_no = rel_psn_no
        WHERE a.p <> b.p
    ), agents AS (
        SELECT b AS agent FROM tie WHERE rel_type = '2' GROUP BY b HAVING count(DISTINCT a) > $1
        UNION SELECT a FROM tie WHERE rel_type = '2' GROUP BY a HAVING count(DISTINCT b) > $1
    )
    SELECT a, b FROM tie
    WHERE rel_type IN ('1', '3') OR (a NOT IN (FROM agents) AND b NOT IN (FROM agents))
    ORDER BY a, b
"""
_HOMES = """
    SELECT min(p) OVER home AS a, p AS b FROM person
    WHERE addr IS NOT NULL
    WINDOW home AS (PARTITION BY regexp_replace(addr, '\\s', '', 'g'))
    QUALIFY count(*) OVER home BETWEEN 2 AND $1 AND p > a
    ORDER BY a, b
"""


@kept
def units(snapshot: Snapshot) -> Ints:
    """Unit of every person `p`: persons of one unit share the number."""
    ties = np.vstack([_pairs(snapshot, _TIES, _AGENT_MOST), _pairs(snapshot, _HOMES, MOST)])
    together = _components(snapshot.persons, ties)
    crowded = np.bincount(together)[together] > MOST
    # What grew too large through chained ties falls back to the register alone, then to individuals.
    registered = _components(snapshot.persons, _pairs(snapshot, _TIES, 0)) + snapshot.persons
    small = np.bincount(registered)[registered] <= MOST
    alone = np.arange(snapshot.persons) + 2 * snapshot.persons
    return np.where(~crowded, together, np.where(small, registered, alone))


def joined(units: Ints, a: Ints, b: Ints) -> Ints:
    """Units after joining those of the pairs (a, b) of persons too (inferred families)."""
    numbers, unit = np.unique(units, return_inverse=True)
    found = _components(len(numbers), np.column_stack([unit[a], unit[b]]))
    return found[unit]


def distinct(units: Ints, persons: Ints) -> int:
    """Count the units among some persons."""
    return len(np.unique(units[persons]))


def _pairs(snapshot: Snapshot, query: str, most: int) -> Ints:
    a, b = snapshot.columns(query, [most])
    return np.column_stack([a, b]).astype(np.int64)


def _components(size: int, pairs: Ints) -> Ints:
    ones: Flags = np.ones(len(pairs), np.bool_)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels
