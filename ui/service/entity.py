"""What the pages about one person, card, practitioner, institution, till, box or shared value ask.

Everything is limited to what the account's regions cover (`Reach`); what lies outside answers exactly
as what does not exist, and the attempt is written down. Ids are business keys; where a key is personal
itself only its alias leaves this module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from claims.aliases import Aliases
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from graph.masking import Masks, resolve
from graph.model import NodeRef, NodeType
from graph.store import Node, Value
from ui.auth.gate import Gate
from ui.auth.journal import Deed, note
from ui.auth.model import Account
from ui.auth.roles import Action
from ui.auth.schema import writing
from ui.service.entity_books import Books
from ui.service.entity_box import Biography, biography
from ui.service.entity_faces import Face, Faces, faces_of
from ui.service.entity_figures import Figures, Rhythm, figures, rhythm
from ui.service.entity_ground import COLUMN_OF, Ground, Reach, ground_of, reach_of
from ui.service.entity_kinds import Special, special_of
from ui.service.entity_peers import Peers, peers
from ui.service.entity_records import Ask, RecordPage, RefundPage, record_page, refund_page
from ui.service.entity_rings import Stands, stands
from ui.service.entity_ties import TieGroup, ties
from ui.service.reveal import NUMBER, RevealService
from ui.service.rings import Rings

MOST_HITS = 12
TRIED = 60  # hits looked at for those inside one's regions
NOT_SEEN = N_("There is no {type} {id} that you may see.")


@dataclass(frozen=True)
class Entity:
    """One thing as somebody may see it: masked facts, and the settlements inside the regions.

    `real` never leaves the server: addresses and pages carry `face`.
    """

    real: NodeRef
    face: Face
    node: Node
    data_version: int

    @property
    def type(self) -> NodeType:
        """What it is."""
        return self.real.type

    @property
    def settles(self) -> bool:
        """Whether settlements name it."""
        return self.real.type in COLUMN_OF


@dataclass(frozen=True)
class Overview:
    """Figures, rhythm and peers; `peers` is None where there is nobody to compare with."""

    figures: Figures
    rhythm: Rhythm
    peers: Peers | None


@dataclass(frozen=True)
class TieSheet:
    """Relations and the faces of those they name."""

    groups: tuple[TieGroup, ...]
    faces: Faces


@dataclass(frozen=True)
class BoxSheet:
    """A box's life with the faces of places and persons; those missing lie outside the asker's regions."""

    life: Biography
    faces: Faces


@dataclass(frozen=True)
class EntityService:
    """One thing behind the guard."""

    gate: Gate
    workspace: Workspace
    rings: Rings
    reveals: RevealService

    def find(self, text: str) -> Sequence[Face]:
        """Find things by number, alias, name, pinyin initials or the last four digits of a telephone."""
        account, ground = self.gate.guard(Action.SEE_RECORDS), self._ground
        reach = reach_of(ground, account.regions)
        named = Aliases(self.workspace.aliases).resolve(text.strip())
        refs = [NodeRef(NodeType(named[0]), named[1])] if named else []
        refs += [node.ref for node in ground.store.search(text.strip(), limit=TRIED)]
        seen = [ref for ref in dict.fromkeys(refs) if ref.type is not NodeType.RING and reach.sees(ref)][:MOST_HITS]
        faces = faces_of(ground, self._masks, seen)
        return [faces[ref] for ref in seen]

    def open(self, type_: str, id_: str) -> Entity:
        """Return one thing by type and business key or alias; NotFoundError where there is none to be seen."""
        account, ground = self.gate.guard(Action.SEE_RECORDS), self._ground
        refusal = NotFoundError(NOT_SEEN, type=type_, id=id_)
        try:
            asked = NodeRef(NodeType(type_), id_.strip())
        except ValueError:
            raise refusal from None
        ref = resolve(asked, Aliases(self.workspace.aliases))
        if ref.type is not asked.type or ref.type is NodeType.RING or not ref.id:
            raise refusal
        node = self._node(ref)
        if node is None:
            raise refusal
        if not self._sees(account, ref):
            self._refused(account, ref)
            raise refusal
        masked = self._masks.node(node)
        return Entity(ref, Face(masked.ref, masked.label), masked, ground.data_version)

    def overview(self, entity: Entity) -> Overview:
        """Return what its settlements add up to, and where it stands among its like."""
        reach = self._reach()
        rows = reach.rows(entity.real)
        found = peers(reach, entity.real)
        return Overview(figures(reach.ground, rows, entity.type), rhythm(reach.ground, rows), found)

    def special(self, entity: Entity) -> Special:
        """Return what only its type has: shares, top practitioners, bursts, bearers, case mix."""
        return special_of(self._reach(), self._books, self._masks, entity.real)

    def stands(self, entity: Entity) -> Stands:
        """Return the rings it stands in."""
        account = self.gate.guard(Action.SEE_RECORDS)
        return stands(self.workspace, self.rings, entity.real, account)

    def ties(self, entity: Entity) -> TieSheet:
        """Return whom and what it is tied to."""
        reach = self._reach()
        if entity.node.placeholder and entity.type is NodeType.DRUG_BOX and self._unknown(entity.real):
            return TieSheet((), {})
        groups = ties(reach, entity.real)
        named = [tie.ref for group in groups for tie in group.ties]
        return TieSheet(groups, faces_of(reach.ground, self._masks, named))

    def records(self, entity: Entity, ask: Ask) -> RecordPage:
        """Return one page of its net settlements."""
        return record_page(self._reach(), self._books, self._masks, entity.real, ask)

    def refunds(self, entity: Entity) -> RefundPage:
        """Return what was taken back."""
        return refund_page(self._reach(), self._books, self._masks, entity.real)

    def box(self, entity: Entity) -> BoxSheet:
        """Return the life of a box; steps outside the asker's regions have no faces."""
        reach, life = self._reach(), biography(self._books, entity.real.id)
        inside = [step for step in life.steps if reach.covers_place(step.place)]
        refs = [NodeRef(NodeType.INSTITUTION, step.place) for step in inside]
        refs += [NodeRef(NodeType.PERSON, step.person) for step in inside if step.person]
        return BoxSheet(life, faces_of(reach.ground, self._masks, refs))

    def reveal(self, entity: Entity, field: str, reason: str) -> Value:
        """Return one field as it is; the audit holds who asked and why before the answer."""
        account = self.gate.guard(Action.REVEAL)
        if not self._sees(account, entity.real):
            raise NotFoundError(NOT_SEEN, type=entity.type.value, id=entity.face.ref.id)
        return self.reveals.reveal(entity.real, field, reason)

    def hidden(self, entity: Entity) -> Mapping[str, Value]:
        """Return the fields that the masks shorten, as they are shown."""
        self.gate.guard(Action.SEE_RECORDS)
        bare = self._node(entity.real) or entity.node
        shown = {"label": entity.node.label, **entity.node.attributes}
        real = {"label": bare.label, **bare.attributes}
        number = {NUMBER: entity.face.number} if entity.face.number != entity.real.id else {}
        return {name: value for name, value in shown.items() if value != real.get(name)} | number

    @property
    def _ground(self) -> Ground:
        return ground_of(self.workspace)

    @property
    def _masks(self) -> Masks:
        return Masks(Aliases(self.workspace.aliases))

    @property
    def _books(self) -> Books:
        return Books(self.workspace, self._ground.data_version)

    def _reach(self) -> Reach:
        return reach_of(self._ground, self.gate.guard(Action.SEE_RECORDS).regions)

    def _unknown(self, ref: NodeRef) -> bool:
        ids = self._ground.snapshot.ids.get(ref.type)
        return ids is None or ids.at(ref.id) is None

    def _node(self, ref: NodeRef) -> Node | None:
        """The node; a box that was sold once only is in no graph, but has a life."""
        if not self._unknown(ref):
            return self._ground.store.node(ref)
        if ref.type is NodeType.DRUG_BOX and biography(self._books, ref.id).steps:
            return Node(ref, placeholder=True)
        return None

    def _sees(self, account: Account, ref: NodeRef) -> bool:
        reach = reach_of(self._ground, account.regions)
        if ref.type is NodeType.DRUG_BOX and (self._unknown(ref) or not reach.everywhere):
            return any(reach.covers_place(step.place) for step in biography(self._books, ref.id).steps)
        return reach.sees(ref)

    def _refused(self, account: Account, ref: NodeRef) -> None:
        engine, at = self.gate.sessions.engine, self.gate.sessions.clock()
        shown = self._masks.refs([ref])[ref]
        with writing(engine) as connection:
            note(connection, at, account.name, Deed.DENIED, subject=Action.SEE_RECORDS.value, details=str(shown))
