r"""A Cypher script for Neo4j 5: running it twice changes nothing.

A script has no parameters, so values are literals, and the text is safe by construction. Labels,
relation types and property names come from our own declarations. A string literal holds neither a
quote nor a line end as such, and a backslash is always the last character of its piece
(`'a\\' + 'b'`), because Neo4j turns `\uXXXX` into a character before it looks for the string's end.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from graph.exports.flat import clean, named
from graph.exports.form import About
from graph.model import EdgeKind, NodeType
from graph.store import Edge, Node, Subgraph, Value

ROWS_PER_STATEMENT = 500
_AS_IT_IS = re.compile(r"[^\\'\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")


@dataclass(frozen=True)
class Cypher:
    """One script for `cypher-shell --file`: constraints, then nodes, then relationships."""

    name: str = "cypher"
    suffix: str = ".cypher"

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """See `Form`."""
        statements = [*_constraints(subgraph.nodes), *_nodes(subgraph.nodes), *_edges(subgraph.edges)]
        head = f"// data version {subgraph.data_version}, {'masked' if about.masked else 'not masked'}\n"
        return {"": (head + "".join(f"{statement};\n" for statement in statements)).encode()}


def label_of(type_: NodeType) -> str:
    """Neo4j label of a node type: drug_box is DrugBox."""
    return "".join(word.capitalize() for word in type_.value.split("_"))


def literal(value: Value) -> str:
    """Write a value as a Cypher literal."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value) if math.isfinite(value) else "null"
        case datetime():
            return f"localdatetime('{value.replace(tzinfo=None).isoformat()}')"
        case _:
            return text_literal(value)


def text_literal(text: str) -> str:
    """Write text as one string literal, or several joined by + where a backslash is in it."""
    return "'" + "".join(_escaped(clean(text))) + "'"


def _escaped(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        plain = _AS_IT_IS.match(text, position)
        if plain and plain.end() > position:
            yield plain.group()
            position = plain.end()
            continue
        character = text[position]
        position += 1
        if character == "\\":
            yield r"\\' + '"
        elif character == "'":
            yield r"\'"
        else:
            yield f"\\u{ord(character):04x}"


def _constraints(nodes: Sequence[Node]) -> Iterator[str]:
    for type_ in sorted({node.ref.type for node in nodes}):
        label = label_of(type_)
        yield f"CREATE CONSTRAINT {type_.value}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"


def _nodes(nodes: Sequence[Node]) -> Iterator[str]:
    for type_, group in groupby(sorted(nodes, key=lambda node: node.ref), key=lambda node: node.ref.type):
        for rows in _pieces([_map(_node_properties(node)) for node in group]):
            yield f"UNWIND {rows} AS row\nMERGE (n:{label_of(type_)} {{id: row.id}}) SET n += row"


def _edges(edges: Sequence[Edge]) -> Iterator[str]:
    ordered = sorted(edges, key=lambda edge: (edge.kind, edge.source, edge.target))
    for kind, group in groupby(ordered, key=lambda edge: edge.kind):
        rows = [
            f"{{source: {text_literal(edge.source.id)}, target: {text_literal(edge.target.id)}, "
            f"properties: {_map(_edge_properties(edge))}}}"
            for edge in group
        ]
        for piece in _pieces(rows):
            yield f"UNWIND {piece} AS row\n{_merge(kind)}"


def _merge(kind: EdgeKind) -> str:
    return (
        f"MATCH (a:{label_of(kind.source)} {{id: row.source}})\n"
        f"MATCH (b:{label_of(kind.target)} {{id: row.target}})\n"
        f"MERGE (a)-[r:{kind.type}]->(b) SET r += row.properties"
    )


def _node_properties(node: Node) -> dict[str, Value]:
    own: dict[str, Value] = {"id": node.ref.id, "label": node.label, "placeholder": node.placeholder}
    return own | named(node.attributes)


def _edge_properties(edge: Edge) -> dict[str, Value]:
    own: dict[str, Value] = {"count": edge.count, "fund": edge.fund, "first": edge.first, "last": edge.last}
    return own | named(edge.attributes)


def _map(properties: Mapping[str, Value]) -> str:
    return "{" + ", ".join(f"{name}: {literal(value)}" for name, value in properties.items()) + "}"


def _pieces(rows: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        yield "[\n" + ",\n".join(rows[start : start + ROWS_PER_STATEMENT]) + "\n]"
