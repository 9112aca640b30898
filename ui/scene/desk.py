"""One session's explorer: a draft, what the graph says of it, and events applied once each.

The page asks this and nothing else. Events come numbered from the browser's outbox; whatever was
applied before is skipped, and what cannot be read is answered with a sentence, never with an error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from claims.audit import Act, Detail
from claims.errors import RinghoundError
from claims.language import N_, _
from graph.model import NodeRef
from ui.scene.ahead import Ahead, look_ahead
from ui.scene.compare import Comparison, compare, facts_of_version
from ui.scene.edits import EDITS, Event, window
from ui.scene.expand import preview
from ui.scene.faces import Faces
from ui.scene.facts import Facts, changed, freeze, gather, thaw
from ui.scene.grouping import groups_of
from ui.scene.growth import Outcome, ask, expand, lay_out, more, start, step_of
from ui.scene.model import MOST_ADDED, Key, Scene, State, record, redo, undo
from ui.scene.ports import ExplorerContext
from ui.scene.store import Draft, Saved, SceneStore, StaleError

READ_ONLY = N_("This is a frozen snapshot; take a copy to go on working with it.")


class SceneDesk:
    """The explorer of one session; not shared between threads."""

    def __init__(self, context: ExplorerContext, store: SceneStore, draft: Draft, saved: Saved | None = None) -> None:
        self.context, self.store, self.draft, self.saved = context, store, draft, saved
        self.faces = Faces(context.masks, context.audit, context.user)
        self.selected: tuple[Key, ...] = ()
        self.message = ""
        self.counts: Ahead | None = None
        self.comparison: Comparison | None = None
        self.refit = 0  # raised when the canvas should show everything again
        self.grant: dict[str, object] = {}
        self._frozen = thaw(saved.frozen) if saved and saved.frozen else None
        self._facts: tuple[frozenset[Key], int, Facts] | None = None

    @property
    def scene(self) -> Scene:
        """The scene in front of the person."""
        return self.draft.state.scene

    @property
    def frozen(self) -> bool:
        """Whether this is a snapshot that is not changed any more."""
        return self._frozen is not None

    @property
    def facts(self) -> Facts:
        """What the graph says of the scene's nodes; read once per set of nodes and data version."""
        if self._frozen is not None:
            return self._frozen
        keys, version = frozenset(self.scene.items), self.context.reader.data_version
        if self._facts is None or self._facts[:2] != (keys, version):
            if self._facts is not None and self._facts[1] != version:
                self.faces.forget()
                self._facts = None
            reader = self.context.reader
            known = changed(reader, self._facts[2], keys) if self._facts else gather(reader, sorted(keys))
            self._facts = keys, version, known
        return self._facts[2]

    def apply(self, events: Iterable[Event]) -> None:
        """Apply what has not been applied yet, in the order of the numbers, and write the draft."""
        state = self.draft.state
        own = (one for one in events if one.get("draft") == self.draft.id and _number(one) > state.ack)
        fresh = sorted({_number(one): one for one in own}.values(), key=_number)
        self.faces.ids(self.scene.items)  # a session that was taken up again has given out no ids yet
        for event in fresh:
            self.message, self.grant = "", {}
            self.draft = replace(self.draft, state=self._after(event))
        if fresh:
            self._keep(state)

    def add(self, refs: Sequence[NodeRef], title: str = N_("Add")) -> None:
        """Put nodes on the canvas (from a search, a link or a ring)."""
        before = self.draft.state
        facts = gather(self.context.reader, [str(ref) for ref in refs])
        there = [ref for ref in refs if str(ref) in facts.nodes]
        outcome = start(self.scene, there, facts)
        self.message = outcome.message
        self.draft = replace(self.draft, state=record(before, outcome.scene, title))
        self._keep(before)

    def ask(self, template: str, keys: Sequence[Key]) -> None:
        """Put a template's question to nodes."""
        before = self.draft.state
        state = self._recorded(before, ask(self.context.reader, self.scene, template, keys))
        self.draft = replace(self.draft, state=state)
        self._keep(before)

    def do(self, op: str, **values: object) -> None:
        """Apply one change that did not come from the canvas, as if it had."""
        before = self.draft.state
        state = self._after({"op": op, "seq": before.ack, **values})
        self.draft = replace(self.draft, state=state)
        self._keep(before)

    def keys(self, ids: Iterable[str]) -> tuple[Key, ...]:
        """The nodes outside ids stand for; a group stands for its members, unknown ids for nothing."""
        wanted = list(ids)
        grouped = any(id_.startswith("group:") for id_ in wanted)
        groups = {group.id: group.members for group in groups_of(self.scene, self.facts)} if grouped else {}
        found: dict[Key, None] = {}
        for id_ in wanted:
            known = self.faces.key(id_)
            found |= dict.fromkeys(groups.get(id_, (known,) if known else ()))
        return tuple(found)

    def compare_with(self, version: int | None) -> None:
        """Mark what differs from an earlier data version, or nothing any more."""
        self.comparison = None
        if version is not None:
            before = facts_of_version(self.context.workspace, version, tuple(sorted(self.scene.items)))
            self.comparison = compare(before, self.facts)

    def compare_with_snapshot(self, saved: Saved) -> None:
        """Mark what differs from the facts a snapshot holds."""
        self.comparison = compare(thaw(saved.frozen), self.facts) if saved.frozen else None

    def save(self, title: str, *, shared: bool, frozen: bool) -> Saved:
        """Keep the scene for later, for colleagues, or for good."""
        facts = self.facts
        kept = freeze(facts) if frozen else None
        return self.store.save(self.context.user, title, self.scene, facts.version, shared=shared, frozen=kept)

    def copy(self) -> None:
        """Go on with a frozen scene in a draft of one's own, on the data in force."""
        self.draft = self.store.new_draft(self.context.user, State(scene=self.scene))
        self.saved = self._frozen = self.comparison = None

    def _after(self, event: Event) -> State:
        """The state after one event; what cannot be done leaves a sentence and the scene as it was."""
        state = replace(self.draft.state, ack=_number(event))
        try:
            return self._applied(state, event)
        except (ValueError, KeyError, TypeError, AttributeError):
            self.message = _("That could not be done.")
        except RinghoundError as error:
            self.message = str(error)
        return state

    def _applied(self, state: State, event: Event) -> State:
        op, keys = str(event["op"]), self.keys(map(str, event.get("ids") or ()))
        if op == "window":  # what one looks at is not what one did: it stays out of the history
            return replace(state, scene=window(state.scene, event, keys))
        if op in ("counts", "grant", "close"):
            self._answer(op, event, keys)
            return state
        if self.frozen:
            self.message = _(READ_ONLY)
            return state
        self.refit += op in ("layout", "group")
        if op in ("undo", "redo"):
            return undo(state) if op == "undo" else redo(state)
        if op in EDITS:
            edit, title = EDITS[op]
            return record(state, edit(state.scene, self._keyed(event), keys), title)
        return self._recorded(state, self._grown(op, event, keys))

    def _grown(self, op: str, event: Event, keys: tuple[Key, ...]) -> Outcome:
        reader, scores = self.context.reader, self.context.scores
        if op == "layout":
            return lay_out(self.scene, self.facts)
        if op == "template":
            return ask(reader, self.scene, str(event["name"]), keys)
        if op not in ("expand", "more"):
            raise ValueError(op)
        if not keys:
            return Outcome(self.scene, N_("Expand"))
        if op == "more":
            return more(reader, scores, self.scene, keys[0], self.facts)
        if event.get("quick") and self._crowded(keys[0]):
            self._answer("counts", event, keys)
            return Outcome(self.scene, N_("Expand"))
        self.counts = None
        return expand(reader, scores, self.scene, step_of(self._keyed(event), keys[0], self.scene), self.facts)

    def _crowded(self, key: Key) -> bool:
        counts = preview(self.context.reader, key, self.facts)
        return sum(count.total - count.present for count in counts) > MOST_ADDED

    def _answer(self, op: str, event: Event, keys: tuple[Key, ...]) -> None:
        if op == "grant":
            self._grant(event)
        elif op == "counts" and keys and not self.frozen:
            step = step_of(self._keyed(event), keys[0], self.scene)
            reader, scores = self.context.reader, self.context.scores
            self.counts = look_ahead(reader, scores, self.scene, step, self.facts, _number(event))
        else:
            self.counts = None

    def _grant(self, event: Event) -> None:
        """A picture is made by the browser, but only after it is entered in the audit."""
        details: dict[str, Detail] = {
            "form": str(event["what"]),
            "masked": not self.faces.revealed,
            "data_version": self.facts.version,
            "nodes": len(self.scene.shown),
        }
        self.context.audit.append(Act.EXPORT, "explorer", details=details, user=self.context.user)
        self.grant = {"seq": _number(event), "what": str(event["what"])}

    def _recorded(self, state: State, outcome: Outcome) -> State:
        self.message = outcome.message
        return record(state, outcome.scene, outcome.title)

    def _keyed(self, event: Event) -> Event:
        """The event with the keys of nodes in place of their outside ids."""
        if "without" in event:
            return {**event, "without": self.keys(map(str, event["without"]))}
        if "to" not in event:
            return event
        return {**event, "to": {key: spot for id_, spot in event["to"].items() if (key := self.faces.key(id_))}}

    def _keep(self, before: State) -> None:
        """Write the draft; where another tab wrote it meanwhile, go on with a copy."""
        if self.frozen:
            return
        state = self.draft.state
        try:
            self.draft = self.store.keep(replace(self.draft, state=before), self.context.user, state)
        except StaleError as error:
            self.draft = self.store.new_draft(self.context.user, state)
            self.message = str(error)


def _number(event: Event) -> int:
    seq = event.get("seq")
    return seq if isinstance(seq, int) else 0
