"""Nodes and edges as flat typed records: what all table- and attribute-shaped forms share.

Records carry text, int, float and bool only. Money is `fund_fen`, an exact integer; times are ISO
8601 local times without a zone. Attributes that would hide a field of ours, or a name the graph
formats keep for themselves, get the prefix `attr_`.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime

import networkx as nx

from graph.store import Edge, Node, Subgraph, Value

Plain = str | int | float | bool
Record = dict[str, Plain]

NODE_FIELDS = ("id", "type", "business_key", "label", "placeholder")
EDGE_FIELDS = ("source", "target", "relation", "validated", "count", "fund_fen", "first", "last")
KEPT_BY_FORMATS = frozenset({"key", "pid", "start", "end", "viz", "parents", "slices", "spells", "weight"})
_RESERVED = frozenset(NODE_FIELDS) | frozenset(EDGE_FIELDS) | KEPT_BY_FORMATS
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def node_record(node: Node) -> Record:
    """Flatten a node; `id` is `type:key`, unique in the graph."""
    own: dict[str, Value] = {
        "id": str(node.ref),
        "type": node.ref.type.value,
        "business_key": node.ref.id,
        "label": node.label or node.ref.id,
        "placeholder": node.placeholder,
    }
    return _plain(own | named(node.attributes))


def edge_record(edge: Edge) -> Record:
    """Flatten an edge; empty times are left out."""
    own: dict[str, Value] = {
        "source": str(edge.source),
        "target": str(edge.target),
        "relation": edge.kind.type,
        "validated": edge.kind.validated,
        "count": edge.count,
        "fund_fen": edge.fund,
        "first": edge.first,
        "last": edge.last,
    }
    return _plain(own | named(edge.attributes))


def named(values: Mapping[str, Value]) -> dict[str, Value]:
    """Attributes in name order under names free to use; ValueError for a name that is no identifier."""
    for name in values:
        if not _IDENTIFIER.fullmatch(name):
            raise ValueError(name)
    return {f"attr_{name}" if name in _RESERVED else name: values[name] for name in sorted(values)}


def to_networkx(subgraph: Subgraph) -> "nx.MultiDiGraph[str]":
    """Build a directed multigraph whose edge keys are serial numbers and whose text is fit for XML."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(data_version=subgraph.data_version)
    for node in subgraph.nodes:
        record = _for_xml(node_record(node))
        graph.add_node(str(record.pop("id")), **record)
    for serial, edge in enumerate(subgraph.edges):
        record = _for_xml(edge_record(edge))
        source, target = str(record.pop("source")), str(record.pop("target"))
        graph.add_edge(source, target, key=f"e{serial}", **record, weight=edge.count)
    return graph


def _plain(values: Mapping[str, Value]) -> Record:
    """Times as text; empty values and numbers that are none (NaN, infinity) are left out."""
    plain: Record = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            plain[name] = value.isoformat()
        elif isinstance(value, str):
            plain[name] = clean(value)
        elif value is not None and math.isfinite(value):
            plain[name] = value
    return plain


def clean(text: str) -> str:
    """Replace what UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


# Characters XML 1.0 cannot hold, not even escaped, and the carriage return, which readers drop.
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _for_xml(record: Record) -> Record:
    return {name: _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value for name, value in record.items()}
