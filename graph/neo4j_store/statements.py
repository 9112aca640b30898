"""The writing statements: one batch of rows in, lists in the order of the columns.

Times travel as microseconds since 1970 and become LOCAL DATETIME on the server: the driver packs a
`datetime` five times slower than everything else in a row together.
"""

from collections.abc import Sequence

from graph.model import EdgeKind
from graph.neo4j_store.names import BATCH, LABELS, STATE

TIMES = frozenset({"first", "last"})
EPOCH = "localdatetime('1970-01-01T00:00:00')"

# A batch leaves its mark in the transaction that writes it: it is done once, or not at all.
MARK = f"""\
MATCH (s:{STATE} {{id: 'state', plan: $plan}})
CREATE (:{BATCH} {{id: $batch, plan: $plan}})
RETURN count(s) AS taken"""


def write_nodes(label: str, columns: Sequence[str], *, fresh: bool) -> str:
    """Add nodes, or replace them with all their properties; columns begin with the id."""
    found = f"CREATE (n:{label})" if fresh else f"MERGE (n:{label} {{id: row[0]}})"
    return f"UNWIND $rows AS row {found} SET n = {_properties(columns, 0)}"


def write_edges(kind: EdgeKind, columns: Sequence[str], *, fresh: bool) -> str:
    """Add edges, or replace their properties; columns begin with source and target."""
    properties = _properties(columns, 2)
    if fresh:
        return f"{_ends(kind)} CREATE (a)-[r:{kind.type} {properties}]->(b)"
    return f"{_ends(kind)} MERGE (a)-[r:{kind.type}]->(b) SET r = {properties}"


def delete_nodes(label: str) -> str:
    """Remove nodes and whatever hangs on them."""
    return f"UNWIND $rows AS row MATCH (n:{label} {{id: row[0]}}) DETACH DELETE n"


def delete_edges(kind: EdgeKind) -> str:
    """Remove edges; where somebody doubled one, both go."""
    return f"{_ends(kind)} MATCH (a)-[r:{kind.type}]->(b) DELETE r"


def _ends(kind: EdgeKind) -> str:
    source, target = LABELS[kind.source], LABELS[kind.target]
    return f"UNWIND $rows AS row MATCH (a:{source} {{id: row[0]}}) MATCH (b:{target} {{id: row[1]}})"


def _properties(columns: Sequence[str], start: int) -> str:
    values = (f"`{name}`: {_value(name, place)}" for place, name in enumerate(columns) if place >= start)
    return "{" + ", ".join(values) + "}"


def _value(name: str, place: int) -> str:
    if name not in TIMES:
        return f"row[{place}]"
    return f"CASE WHEN row[{place}] IS NULL THEN null ELSE {EPOCH} + duration({{microseconds: row[{place}]}}) END"
