"""How nodes are shown: masked, or as they are once the audit holds a reason; ids that are personal become aliases."""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field

from claims.aliases import Aliases
from claims.aliases import Key as AliasKey
from claims.audit import Act, Audit, Detail, checked_reason
from graph.masking import Masks
from graph.model import NodeRef
from graph.store import Edge, Node, Subgraph
from ui.scene.facts import Facts
from ui.scene.model import Key

EdgeKey = tuple[str, str, str]  # name of the kind, outside ids of both ends


@dataclass(frozen=True)
class _Book(Aliases):
    """The workspace's book, opened only for ids this session has not met."""

    known: dict[AliasKey, str] = field(default_factory=dict)

    def give(self, keys: Iterable[AliasKey]) -> dict[AliasKey, str]:
        """Return the alias of every key."""
        wanted = set(keys)
        fresh = [key for key in wanted if key not in self.known]
        if fresh:
            self.known.update(super().give(fresh))
        return {key: self.known[key] for key in wanted}


@dataclass
class Faces:
    """Faces of one session, made once per node. The canvas knows nodes by `ids` only."""

    given: InitVar[Masks]
    audit: Audit
    user: str
    masks: Masks = field(init=False)
    revealed: set[Key] = field(default_factory=set)
    _ids: dict[Key, str] = field(default_factory=dict)
    _keys: dict[str, Key] = field(default_factory=dict)
    _masked: dict[Key, Node] = field(default_factory=dict)
    _edges: tuple[Facts, Mapping[EdgeKey, Edge]] | None = None

    def __post_init__(self, given: Masks) -> None:
        """Keep the book of the masks in mind."""
        self.masks = Masks(_Book(given.aliases.path))

    def ids(self, keys: Iterable[Key]) -> Mapping[Key, str]:
        """Return the ids under which nodes are known outside, with one visit to the book for the new ones."""
        wanted = list(keys)
        fresh = [NodeRef.parse(key) for key in wanted if key not in self._ids]
        if fresh:
            for ref, shown in self.masks.refs(fresh).items():
                self._ids[str(ref)] = str(shown)
                self._keys[str(shown)] = str(ref)
        return {key: self._ids[key] for key in wanted}

    def key(self, id_: str) -> Key | None:
        """Return the node an outside id stands for; None for an id that was never given out."""
        return self._keys.get(id_)

    def of(self, facts: Facts, *, revealed: bool = True) -> Mapping[Key, Node]:
        """Return the faces of all nodes; `revealed=False` masks even what was revealed."""
        fresh = [node for key, node in facts.nodes.items() if key not in self._masked]
        for node, masked in zip(fresh, self.masks.nodes(fresh), strict=True):
            self._masked[str(node.ref)] = masked
        return {
            key: node if revealed and key in self.revealed else self._masked[key] for key, node in facts.nodes.items()
        }

    def edges(self, facts: Facts) -> Mapping[EdgeKey, Edge]:
        """Return edges that carry attributes as they may be shown, by kind and outside ids."""
        if self._edges is None or self._edges[0] is not facts:
            telling = tuple(edge for edge in facts.edges if edge.attributes)
            ends = {str(end) for edge in telling for end in (edge.source, edge.target)}
            nodes = tuple(facts.nodes[key] for key in ends)
            masked = self.masks.subgraph(Subgraph(facts.version, nodes, telling)).edges
            self._edges = facts, {(one.kind.name, str(one.source), str(one.target)): one for one in masked}
        return self._edges[1]

    def forget(self) -> None:
        """Forget the faces: another data version may say something else of the same nodes."""
        self._masked.clear()
        self._edges = None

    def reveal(self, keys: Iterable[Key], reason: str, version: int) -> int:
        """Lift the masks of nodes after the audit holds why; return of how many."""
        wanted = sorted(set(keys) - self.revealed)
        checked = checked_reason(reason)
        if wanted:
            details: dict[str, Detail] = {"data_version": version, "nodes": wanted}
            self.audit.append(Act.REVEAL, "explorer", reason=checked, details=details, user=self.user)
            self.revealed |= set(wanted)
        return len(wanted)

    def conceal(self) -> None:
        """Mask everything again."""
        self.revealed.clear()
