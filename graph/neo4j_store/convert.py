"""Server records as the contract's objects, and filters as Cypher."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from neo4j.time import DateTime

from graph.model import EdgeKind, NodeRef, NodeType
from graph.neo4j_store.names import SEARCH, TYPES
from graph.neo4j_store.shape import MEASURES
from graph.store import Edge, Filter, Node, Value
from graph.tables import NODE_ATTRIBUTES

_NODE_FIELDS = frozenset({"id", "label", "placeholder", *SEARCH})


def as_value(value: object) -> Value:
    """Return a property as Python's own type."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return as_time(value)


def as_time(value: object) -> datetime | None:
    """Return a LOCAL DATETIME as Python's; TypeError for anything else that is there."""
    if value is None or isinstance(value, DateTime):
        return value and value.to_native()
    raise TypeError(value)


def as_whole(value: object) -> int:
    """Return a whole number; TypeError for anything else."""
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def as_node(label: str, properties: Mapping[str, object]) -> Node:
    """Make a node of its label and properties."""
    ref = NodeRef(TYPES[label], str(properties["id"]))
    # The server keeps no order; readers see attributes as they are declared, in every store.
    declared = [name for name in NODE_ATTRIBUTES.get(ref.type, {}) if name in properties]
    others = sorted(properties.keys() - _NODE_FIELDS - set(declared))
    attributes = {name: as_value(properties[name]) for name in (*declared, *others)}
    return Node(ref, str(properties["label"]), bool(properties["placeholder"]), attributes)


def as_edge(kind: EdgeKind, source: str, target: str, properties: Mapping[str, object]) -> Edge:
    """Make an edge of its ends' ids and its properties."""
    attributes = {name: as_value(value) for name, value in properties.items() if name not in MEASURES}
    first, last = as_time(properties.get("first")), as_time(properties.get("last"))
    count, fund = as_whole(properties["count"]), as_whole(properties["fund"])
    ends = NodeRef(kind.source, source), NodeRef(kind.target, target)
    return Edge(kind, *ends, count, fund, first, last, attributes)


def parameters(where: Filter) -> dict[str, object]:
    """Values of a filter, for the statements that contain `PASSES`."""
    names = ("since", "until", "min_count", "min_fund", "max_fund")
    return {name: getattr(where, name) for name in names}


# One text for all filters: a new text costs the server a new plan, which takes longer than the answer.
PASSES = (
    "r.count >= $given.min_count AND ($given.min_fund IS NULL OR r.fund >= $given.min_fund) "
    "AND ($given.max_fund IS NULL OR r.fund <= $given.max_fund) "
    "AND ($given.since IS NULL OR r.last IS NULL OR r.last >= $given.since) "
    "AND ($given.until IS NULL OR r.first IS NULL OR r.first < $given.until)"
)


def asks_measures(where: Filter) -> bool:
    """Say whether a filter asks anything of an edge's measures."""
    return any(value for value in parameters(where).values()) or 0 in (where.min_fund, where.max_fund)


def by_type(refs: Iterable[NodeRef]) -> dict[NodeType, list[str]]:
    """Ids by type, sorted and without repetition."""
    found: dict[NodeType, set[str]] = {}
    for ref in refs:
        found.setdefault(ref.type, set()).add(ref.id)
    return {type_: sorted(ids) for type_, ids in found.items()}
