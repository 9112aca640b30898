"""Finding nodes by id, name, pinyin initials or telephone tail: one indexed question per rank."""

from collections.abc import Callable, Iterable, Iterator

from graph.model import NodeType
from graph.names import NAMED, PHONE_TAIL, Rank, as_initials, fold
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.convert import as_node
from graph.neo4j_store.names import LABELS, SEARCH
from graph.store import Node

_NAME, *_INITIALS, _TAIL = SEARCH
_PROPERTIES: dict[Rank, tuple[str, ...]] = {
    Rank.ID: ("id",),
    Rank.NAME: (_NAME,),
    Rank.PHONE_TAIL: (_TAIL,),
    Rank.INITIALS: tuple(_INITIALS),
    Rank.ID_PREFIX: ("id",),
    Rank.NAME_PREFIX: (_NAME,),
    Rank.INITIALS_PREFIX: tuple(_INITIALS),
}
_PREFIXES = frozenset({Rank.ID_PREFIX, Rank.NAME_PREFIX, Rank.INITIALS_PREFIX})
_TYPES = {Rank.PHONE_TAIL: (NodeType.PHONE,), Rank.INITIALS: NAMED, Rank.INITIALS_PREFIX: NAMED}


def find(connection: Connection, text: str, types: Iterable[NodeType], limit: int) -> list[Node]:
    """Return the best `limit` nodes: by rank, type, the text that matched, id."""
    wanted = frozenset(types) or frozenset(NodeType)
    found: dict[object, Node] = {}
    for rank in Rank:
        key = _key(rank, text)
        chosen = sorted(wanted.intersection(_TYPES.get(rank, NodeType)))
        if key and chosen and len(found) < limit:
            for record in connection.read(_question(rank, chosen), key=key, limit=limit):
                node = as_node(record["label"], record["node"])
                found.setdefault(node.ref, node)
    return list(found.values())[: max(limit, 0)]


def _key(rank: Rank, text: str) -> str | None:
    """What a rank compares with; None where the text cannot match."""
    keys: dict[Rank, Callable[[str], str | None]] = {
        Rank.ID: str.strip,
        Rank.ID_PREFIX: str.strip,
        Rank.NAME: fold,
        Rank.NAME_PREFIX: fold,
        Rank.INITIALS: as_initials,
        Rank.INITIALS_PREFIX: as_initials,
        Rank.PHONE_TAIL: lambda typed: typed.strip() if PHONE_TAIL.fullmatch(typed.strip()) else None,
    }
    return keys[rank](text)


def _question(rank: Rank, types: Iterable[NodeType]) -> str:
    """Each type and property by its own index, at most `limit` of each, then the best of them."""
    branches = "\n  UNION ALL\n".join(_branches(rank, types))
    return (
        f"CALL () {{\n{branches}\n}}\nWITH label, n, min(matched) AS matched\n"
        "RETURN label, properties(n) AS node ORDER BY label, matched, n.id LIMIT $given.limit"
    )


def _branches(rank: Rank, types: Iterable[NodeType]) -> Iterator[str]:
    test = "STARTS WITH" if rank in _PREFIXES else "="
    for type_ in types:
        for name in _PROPERTIES[rank]:
            yield (
                f"  MATCH (n:{LABELS[type_]}) WHERE n.{name} {test} $given.key\n"
                f"  RETURN '{LABELS[type_]}' AS label, n, n.{name} AS matched\n"
                f"  ORDER BY n.{name}, n.id LIMIT $given.limit"
            )
