"""What the page of a ring asks: why it is suspicious, and what it is made of; masked until a reason is given."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from cases.handout.sheet import RingSheet, sheet_of
from cases.history import Decision, Event, EventKind
from cases.model import Key, Ring, Status
from cases.names import Names
from cases.score import FEATURES, parts_of
from claims.audit import Act, Audit, Detail, checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.masking import mask_name
from claims.workspace import Workspace
from detectors.finding import Finding, Grade
from graph.masking import Masks, printed
from graph.model import NodeRef, NodeType
from ui.auth.gate import Gate
from ui.auth.roles import Action
from ui.cases_desk import CasesDesk, nothing_detected
from ui.service.ring_lines import spoken
from ui.service.ring_numbers import Numbers
from ui.service.ring_records import Read, claims_of, read_records
from ui.service.ring_source import heir_of, local, opened
from ui.service.ring_story import Faces, RecordLine, Story, told
from ui.service.ring_trials import Tried, tried_of
from ui.service.rings import NO_RING, RingRow, RingService

_NAMED = frozenset({NodeType.PERSON, NodeType.DOCTOR})
_CONCLUDED = frozenset({EventKind.DECIDED, EventKind.REOPENED})
_PART = 0.1  # least share of the settlements an institution is named with


@dataclass(frozen=True)
class Part:
    """One line of the score: the feature, its value, what it adds to the logit."""

    title: str
    why: str
    value: float
    adds: float


@dataclass(frozen=True)
class Happening:
    """One event of a ring's life, when its run ended (local time without a zone)."""

    event: Event
    at: datetime | None


@dataclass(frozen=True)
class Revealed:
    """Made by `reveal` only: the audit holds why this ring's personal data are shown to `user`."""

    ring: str
    user: str


@dataclass(frozen=True)
class RingPaper:
    """All that the page shows of a ring. `row` is its line of the list; `blind`: read again without the outcome."""

    sheet: RingSheet
    row: RingRow
    parts: tuple[Part, ...]
    life: tuple[Happening, ...]
    decision: Decision | None
    story: Story
    records: tuple[RecordLine, ...]
    masked: bool
    blind: bool = False

    @property
    def ring(self) -> Ring:
        """The ring."""
        return self.sheet.ring

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The finding that speaks for the ring, then the others, strongest first."""
        first = spoken(self.sheet.findings, self.sheet.statement)
        return first, *(finding for finding in self.sheet.findings if finding is not first)

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the institutions with a part in it, the one its sentence tells of first, then the busiest."""
        counts = Counter(line.place for line in self.records if line.grade is not Grade.LAWFUL)
        least = _PART * counts.total()
        rest = [place for place, count in counts.most_common() if count >= least and place != self.row.place_name]
        return (self.row.place_name, *rest) if self.row.place_name else tuple(rest)

    @property
    def unjudged(self) -> "RingPaper":
        """The same evidence without what was concluded from it, for whoever reads it again."""
        ring = replace(self.ring, status=Status.IN_REVIEW)
        life = tuple(one for one in self.life if one.event.kind not in _CONCLUDED)
        return replace(self, sheet=replace(self.sheet, ring=ring), life=life, decision=None, blind=True)

    @property
    def tried(self) -> tuple[Tried, ...]:
        """The innocent explanations, each once."""
        return tried_of(self.findings)

    @property
    def others(self) -> int:
        """How many insured persons its records name who are no members."""
        return sum(not lane.member for lane in self.story.lanes)

    def printed(self, type_: NodeType, id_: str) -> str:
        """A number as it may be printed."""
        return printed(NodeRef(type_, id_)) if self.masked else id_


@dataclass(frozen=True)
class Gone:
    """A ring that went into another."""

    ring: Ring
    heir: RingRow


@dataclass(frozen=True)
class RingSheetService:
    """One ring behind the guard."""

    gate: Gate
    workspace: Workspace
    rings: RingService

    def paper(self, ring: str, revealed: Revealed | None = None) -> RingPaper | Gone:
        """Return everything about a ring; NotFoundError where there is none, and outside one's regions."""
        account = self.gate.guard(Action.SEE_RINGS)
        desk, found = self._found(ring)
        row = self._row(desk, found)
        if found.merged_into:
            return Gone(found, row)
        free = revealed is not None and (revealed.ring, revealed.user) == (found.id, account.name)
        if free:
            self.gate.guard(Action.REVEAL, row.region)
        paper = _paper(desk, found, row, masked=not free)
        return paper.unjudged if found.id in self.rings.unread(account.name) else paper

    def reveal(self, ring: str, reason: str) -> Revealed:
        """Lift the masks of one ring for whoever asks; why is on the disk before anything is shown."""
        row = self.rings.preview(ring).row
        account = self.gate.guard(Action.REVEAL, row.region)
        given = checked_reason(reason)
        _desk, found = self._found(row.id)
        details: dict[str, Detail] = {"rings": [found.id], "data_version": found.picture.data_version}
        Audit(self.workspace.audit).append(Act.REVEAL, found.id, reason=given, details=details, user=account.name)
        return Revealed(found.id, account.name)

    def _found(self, ring: str) -> tuple[CasesDesk, Ring]:
        desk = opened(self.workspace)
        if desk is None:
            raise nothing_detected(self.workspace)
        if not ring:
            raise NotFoundError(N_("Choose a ring from the list."))
        number = ring.strip().upper()
        try:
            return desk, desk.store.ring(number)
        except NotFoundError:
            raise NotFoundError(NO_RING, ring=number) from None

    def _row(self, desk: CasesDesk, ring: Ring) -> RingRow:
        """The line of a ring or its heir; a refusal names no other ring than the one asked for."""
        try:
            return self.rings.preview(heir_of(desk.store, ring).id).row
        except NotFoundError:
            raise NotFoundError(NO_RING, ring=ring.id) from None


def _paper(desk: CasesDesk, ring: Ring, row: RingRow, *, masked: bool) -> RingPaper:
    version = claims_of(desk.workspace, ring.picture.data_version).version.id
    read = _read(desk.workspace, version, tuple(ring.picture.records))
    found = desk.store.findings(ring.run, sorted(ring.picture.numbers))
    findings = [found[number] for number in ring.picture.numbers]
    keys = _keys(ring, findings, read)
    names = _names(desk.workspace, version, keys)
    masks = desk.masks if masked else None
    sheet = sheet_of(ring, findings, _Known(desk.workspace, version, names), masks)
    if masked:
        sheet = Numbers.of(sheet, (record.person for record in read.records.values())).sheet(sheet)
    story, records = told(sheet, read, _faces(keys, names, masks))
    held = [decision for decision in desk.store.decisions(ring.id) if decision.in_force]
    return RingPaper(
        sheet, row, _parts(desk, ring), _life(desk, ring), held[-1] if held else None, story, records, masked
    )


@dataclass(frozen=True)
class _Known(Names):
    """Names that were read already, for all who are shown at once."""

    known: Mapping[Key, str] = field(default_factory=dict)

    def of(self, keys: Iterable[Key]) -> dict[Key, str]:
        return {key: self.known[key] for key in keys if key in self.known}


# What one data version says never changes; several visits of a page share it.
@lru_cache(maxsize=64)
def _read(workspace: Workspace, version: int, ids: tuple[str, ...]) -> Read:
    return read_records(workspace, version, ids)


@lru_cache(maxsize=64)
def _names(workspace: Workspace, version: int, keys: tuple[Key, ...]) -> Mapping[Key, str]:
    return Names(workspace, version).of(keys)


def _keys(ring: Ring, findings: Sequence[Finding], read: Read) -> tuple[Key, ...]:
    """Everybody the ring, its findings and its records name."""
    keys = {key for record in read.records.values() for key in record.keys}
    keys |= {member.key for member in ring.picture.members}
    keys |= {(subject.type, subject.id) for finding in findings for subject in finding.subjects}
    return tuple(sorted(keys))


def _faces(keys: Sequence[Key], names: Mapping[Key, str], masks: Masks | None) -> Faces:
    """Shown number and name of everybody."""
    refs = [NodeRef(*key) for key in keys]
    shown = masks.refs(refs) if masks else {ref: ref for ref in refs}
    found = {}
    for ref in refs:
        name = names.get((ref.type, ref.id), "")
        found[ref] = shown[ref].id, mask_name(name) if masks and ref.type in _NAMED else name
    return found


def _parts(desk: CasesDesk, ring: Ring) -> tuple[Part, ...]:
    adds = parts_of(ring.picture.features, desk.store.weights())
    return tuple(
        Part(feature.title, feature.why, ring.picture.features[feature.name], adds.get(feature.name, 0.0))
        for feature in FEATURES
    )


def _life(desk: CasesDesk, ring: Ring) -> tuple[Happening, ...]:
    runs = {run.id: run for run in desk.store.runs()}
    found = []
    for event in desk.store.history(ring.id):
        run = runs.get(event.run)
        at = (run.finished_at or run.started_at) if run else None
        found.append(Happening(event, local(at.isoformat()) if at else None))
    return tuple(found)
