"""Lists kept for super nodes: how many neighbours, and the heaviest of them in each order.

Neo4j keeps a node's relationships unsorted, so the heaviest ten of 400,000 cost a walk over all. Where
a node has more than `HUB_DEGREE` relationships of one type in one direction, the push writes a node
beside the graph with the counts by kind and the ids of the `TOP` heaviest neighbours per order. The
`least_…` are the measures at the end of each list (time in microseconds): a filter that asks for more
has all its answers in that list, unless it is about time and some edges are `timeless`.
"""

from collections.abc import Iterator, Mapping

from graph.model import EdgeKind, NodeType
from graph.neo4j_store.names import WAYS, Way
from graph.store import Direction

HUB_DEGREE = 1_000
TOP = 500
LISTS = ("by_count", "by_fund", "by_last")
COLUMNS = (
    "id",
    "node",
    "kind",
    "direction",
    "neighbours",
    "timeless",
    "least_count",
    "least_fund",
    "least_last",
    *LISTS,
)

_KIND = """\
SELECT '{kind}' AS kind, {here} AS node, {there} AS other, "count", fund, "last" FROM {table}"""

# One step per question: who is a hub, the rank of each neighbour in each order, the lists.
_GROUP = """\
WITH edge AS ({kinds}),
hub AS (SELECT node FROM edge GROUP BY node HAVING count(*) > {degree}),
ranked AS (
    SELECT kind, node, other, "count", fund, "last",
        row_number() OVER (PARTITION BY kind, node ORDER BY "count" DESC, other) AS place_by_count,
        row_number() OVER (PARTITION BY kind, node ORDER BY fund DESC, other) AS place_by_fund,
        row_number() OVER (PARTITION BY kind, node ORDER BY "last" DESC NULLS LAST, other) AS place_by_last
    FROM edge SEMI JOIN hub USING (node)
)
SELECT '{start}:' || node || '|' || kind || '|{direction}' AS id, '{start}:' || node AS node, kind,
    '{direction}' AS direction, count(*) AS neighbours, count(*) - count("last") AS timeless,
    min("count") FILTER (place_by_count <= {top}) AS least_count,
    min(fund) FILTER (place_by_fund <= {top}) AS least_fund,
    epoch_us(min("last") FILTER (place_by_last <= {top})) AS least_last,
    list(other ORDER BY place_by_count) FILTER (place_by_count <= {top}) AS by_count,
    list(other ORDER BY place_by_fund) FILTER (place_by_fund <= {top}) AS by_fund,
    list(other ORDER BY place_by_last) FILTER (place_by_last <= {top}) AS by_last
FROM ranked GROUP BY kind, node"""


def hub_query(tables: Mapping[EdgeKind, str], rows: Mapping[str, int]) -> str | None:
    """SQL for all lists, given a SQL table (or query in brackets) and the number of rows (by name) per edge kind.

    None where no node can be a hub.
    """
    groups = list(_groups(tables, rows))
    return " UNION ALL ".join(f"({group})" for group in groups) if groups else None


def _groups(tables: Mapping[EdgeKind, str], rows: Mapping[str, int]) -> Iterator[str]:
    seen: dict[tuple[NodeType, str, Direction], list[Way]] = {}
    for way in WAYS:
        if way.kind in tables:
            seen.setdefault(way.group, []).append(way)
    for (start, _, direction), ways in seen.items():
        if sum(rows[way.kind.name] for way in ways) > HUB_DEGREE:
            kinds = " UNION ALL ".join(_kind(way, tables[way.kind]) for way in ways)
            yield _GROUP.format(kinds=kinds, start=start, direction=direction, degree=HUB_DEGREE, top=TOP)


def _kind(way: Way, table: str) -> str:
    here, there = ("source", "target") if way.direction is Direction.OUT else ("target", "source")
    return _KIND.format(kind=way.kind.name, here=here, there=there, table=table)
