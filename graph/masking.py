"""Nodes and subgraphs as they may be shown to whoever has given no reason to see more.

Masking keeps the graph's shape: the same nodes, the same edges, the same counts. Ids that are
personal themselves become aliases (`claims.aliases`); labels and attributes are shortened by the
rules of `claims.masking`. Text that no table declares is starred, so a new attribute is hidden
until somebody declares it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from claims.aliases import MARK, Aliases
from claims.masking import (
    STARS,
    is_certificate,
    mask_account,
    mask_address,
    mask_certificate,
    mask_name,
    mask_phone,
    mask_value,
)
from claims.tables import BY_NAME
from graph.model import NodeRef, NodeType
from graph.store import Edge, Node, Subgraph, Value

PERSONAL_IDS = frozenset({NodeType.PHONE, NodeType.ADDRESS, NodeType.ACCOUNT})

# Where the attributes of a node type are declared.
DECLARED_IN: Mapping[NodeType, tuple[str, ...]] = {
    NodeType.PERSON: ("insured",),
    NodeType.CARD: ("cards",),
    NodeType.DOCTOR: ("practitioners",),
    NodeType.INSTITUTION: ("institutions",),
    NodeType.EMPLOYER: ("insured",),
    NodeType.DRUG_BOX: ("fee_items", "stock_moves"),
}

_LABELS: Mapping[NodeType, Callable[[str], str]] = {
    NodeType.PERSON: mask_name,
    NodeType.DOCTOR: mask_name,
    NodeType.PHONE: mask_phone,
    NodeType.ADDRESS: mask_address,
    NodeType.ACCOUNT: mask_account,
}


def has_personal_id(ref: NodeRef) -> bool:
    """Say whether the id itself tells who or where somebody is."""
    return ref.type in PERSONAL_IDS or is_certificate(ref.id)


def printed(ref: NodeRef) -> str:
    """Return a number as a page prints it: of an insured person's both ends only, as it stands beside a masked name."""
    return mask_certificate(ref.id) if ref.type is NodeType.PERSON and not ref.id.startswith(MARK) else ref.id


@dataclass(frozen=True)
class Masks:
    """Masks nodes of one workspace; `aliases` is its book."""

    aliases: Aliases

    def node(self, node: Node) -> Node:
        """Return `node` masked; its ref stays the same unless it is personal."""
        return self.nodes((node,))[0]

    def nodes(self, nodes: Iterable[Node]) -> tuple[Node, ...]:
        """Mask several nodes with one visit to the book."""
        given = tuple(nodes)
        refs = self.refs(node.ref for node in given)
        return tuple(_masked(node, refs[node.ref]) for node in given)

    def refs(self, refs: Iterable[NodeRef]) -> Mapping[NodeRef, NodeRef]:
        """Map every ref to the one that may be shown."""
        given = tuple(refs)
        aliases = self.aliases.give((ref.type.value, ref.id) for ref in given if has_personal_id(ref))
        return {ref: NodeRef(ref.type, aliases.get((ref.type.value, ref.id), ref.id)) for ref in given}

    def subgraph(self, subgraph: Subgraph) -> Subgraph:
        """Mask every node and edge; sorted again, as the order of real ids would tell something."""
        refs = self.refs(node.ref for node in subgraph.nodes)
        nodes = sorted((_masked(node, refs[node.ref]) for node in subgraph.nodes), key=lambda node: node.ref)
        edges = sorted((_moved(edge, refs) for edge in subgraph.edges), key=_edge_key)
        return Subgraph(subgraph.data_version, tuple(nodes), tuple(edges))


def resolve(ref: NodeRef, aliases: Aliases) -> NodeRef:
    """Return the node an alias stands for; any other ref as it is."""
    found = aliases.resolve(ref.id)
    return NodeRef(NodeType(found[0]), found[1]) if found else ref


def _masked(node: Node, ref: NodeRef) -> Node:
    attributes = {name: _masked_attribute(node.ref.type, name, value) for name, value in node.attributes.items()}
    return Node(ref, _masked_label(node), node.placeholder, attributes)


def _masked_label(node: Node) -> str:
    if is_certificate(node.label):
        return mask_certificate(node.label)
    mask = _LABELS.get(node.ref.type)
    if mask is None or not node.label:
        return node.label
    unnamed = node.label == node.ref.id and not has_personal_id(node.ref)  # a placeholder is called by its number
    return node.label if unnamed else mask(node.label)


def _masked_attribute(type_: NodeType, name: str, value: Value) -> Value:
    tables = [table for table in DECLARED_IN.get(type_, ()) if name in BY_NAME[table].names]
    if tables:
        masked = mask_value(tables[0], name, value)
        return masked if isinstance(masked, str) else value
    return STARS if isinstance(value, str) and value else value


def _moved(edge: Edge, refs: Mapping[NodeRef, NodeRef]) -> Edge:
    attributes = {name: _edge_attribute(name, value) for name, value in edge.attributes.items()}
    return replace(edge, source=refs[edge.source], target=refs[edge.target], attributes=attributes)


def _edge_attribute(name: str, value: Value) -> Value:
    """Edges carry codes and dates of the registers; undeclared text is starred here too."""
    tables = [table.name for table in BY_NAME.values() if name in table.names]
    for table in tables:
        masked = mask_value(table, name, value)
        if masked != value and isinstance(masked, str):
            return masked
    return value if tables or not isinstance(value, str) else STARS


def _edge_key(edge: Edge) -> tuple[str, NodeRef, NodeRef]:
    return edge.kind.name, edge.source, edge.target
