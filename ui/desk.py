"""Where people look into the graph: one place that masks, reveals with a reason, and hands out files."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from claims.aliases import Aliases
from claims.audit import Act, Audit, Detail
from claims.catalog import Catalog
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_, _, join_words
from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.masking import Masks, resolve
from graph.model import EDGE_TYPES, NodeRef, NodeType
from graph.store import Filter, GraphReader, Node
from graph.tables import GraphTables
from ui.neighbourhood import Answer, surroundings
from ui.neighbourhood_view import View

MOST_HITS = 20
EMBEDDED = "embedded"
USER_VARIABLE = "RINGHOUND_NEO4J_USER"


class QuestionError(RinghoundError):
    """The question cannot be put: an option does not read."""

    exit_code = 2


@dataclass(frozen=True)
class Desk:
    """A reader of one workspace and the rules for showing what it says; `reason` lifts the masks."""

    workspace: Workspace
    reader: GraphReader
    reason: str | None

    @property
    def aliases(self) -> Aliases:
        """The book that leads from shown ids back to real ones."""
        return Aliases(self.workspace.aliases)

    @property
    def masks(self) -> Masks:
        """Masks with this workspace's aliases."""
        return Masks(self.aliases)

    @property
    def audit(self) -> Audit:
        """The workspace's audit."""
        return Audit(self.workspace.audit)

    def search(self, text: str, limit: int) -> tuple[Node, ...]:
        """Find nodes; NotFoundError when nothing matches."""
        found = self.reader.search(text, limit=limit)
        if not found:
            raise NotFoundError(N_("Nothing in the graph matches {text}."), text=text)
        return found

    def faces(self, nodes: Iterable[Node], subject: str) -> dict[NodeRef, Node]:
        """How nodes may be shown: masked, or as they are once the audit holds the reason."""
        given = tuple(nodes)
        if self.reason is None:
            return {node.ref: face for node, face in zip(given, self.masks.nodes(given), strict=True)}
        details: dict[str, Detail] = {
            "data_version": self.reader.data_version,
            "nodes": [str(node.ref) for node in given],
        }
        self.audit.append(Act.REVEAL, subject, reason=self.reason, details=details)
        return {node.ref: node for node in given}


@contextmanager
def open_desk(
    workspace: Workspace, store: str, reason: str | None, password_file: Path | None = None
) -> Iterator[Desk]:
    """Open the workspace's graph in the embedded store or on a Neo4j server (its URL), and close it afterwards."""
    if store == EMBEDDED:
        yield Desk(workspace, EmbeddedStore.open(workspace), reason)
    elif "://" in store:
        with _neo4j(workspace, store, password_file) as reader:
            yield Desk(workspace, reader, reason)
    else:
        raise QuestionError(N_("There is no store called {store}."), store=store)


@contextmanager
def _neo4j(workspace: Workspace, url: str, password_file: Path | None) -> Iterator[GraphReader]:
    # Imported here: the driver takes a second to load, and few questions need it.
    from graph.neo4j_store.connection import Target
    from graph.neo4j_store.reader import Neo4jStore
    from ui.commands.graph_neo4j import read_password

    target = Target(url, read_password(password_file), os.environ.get(USER_VARIABLE, "neo4j"))
    with Neo4jStore.open(target) as held:
        version = held.data_version
    with Neo4jStore.open(target, visits=GraphTables.open(workspace, version).visits) as reader:
        yield reader


def find(desk: Desk, console: Console, text: str) -> NodeRef | None:
    """Return the one node `text` means; with several hits print them and return None."""
    ref = _named(desk, text)
    if ref is not None:
        return _present(desk, ref, text)
    hits = desk.search(text, MOST_HITS)
    exact = [node.ref for node in hits if node.ref.id == text]
    if len(hits) == 1 or len(exact) == 1:
        return (exact or [hits[0].ref])[0]
    console.print(_("Several nodes match {text}; choose one:", text=text), markup=False)
    View(console, desk.faces(hits, text)).hits(hits)
    return None


def _named(desk: Desk, text: str) -> NodeRef | None:
    """Read `type:id` or an alias; None for anything that must be searched."""
    try:
        return resolve(NodeRef.parse(text), desk.aliases)
    except ValueError:
        found = desk.aliases.resolve(text)
        return NodeRef(NodeType(found[0]), found[1]) if found else None


def _present(desk: Desk, ref: NodeRef, text: str) -> NodeRef:
    """Return `ref`; the error repeats what was typed, as the id behind an alias may be personal."""
    try:
        return desk.reader.node(ref).ref
    except NotFoundError:
        raise NotFoundError(N_("Nothing in the graph matches {text}."), text=text) from None


def filter_of(window: str, types: str) -> Filter:
    """Read --window and --types; QuestionError names what does not read."""
    chosen = frozenset(filter(None, (type_.strip().upper() for type_ in types.split(","))))
    unknown = sorted(chosen - set(EDGE_TYPES))
    if unknown:
        known = join_words(EDGE_TYPES)
        raise QuestionError(N_("There is no relation {type}; there are {known}."), type=unknown[0], known=known)
    since, until = _window(window)
    return Filter(types=chosen, since=since, until=until)


def _window(window: str) -> tuple[datetime | None, datetime | None]:
    """Both days count whole: until is the midnight after the last one."""
    if not window:
        return None, None
    first, dots, last = window.partition("..")
    try:
        since = datetime.strptime(first.strip(), "%Y-%m-%d") if first.strip() else None
        until = datetime.strptime(last.strip(), "%Y-%m-%d") + timedelta(days=1) if last.strip() else None
    except ValueError:
        dots = ""
    if not dots or (since and until and since >= until):
        raise QuestionError(N_("{window} is not a period of days (2026-01-01..2026-03-31)."), window=window)
    return since, until


def export(desk: Desk, answer: Answer, path: Path) -> tuple[Path, ...]:
    """Write what was shown as a file, masked as it was shown."""
    from graph.exports import About  # the forms load networkx and pyvis, which looking does not need
    from graph.exports.deliver import deliver

    about = About(_made_at(desk.workspace, answer.data_version), answer.question.ref)
    subgraph = surroundings(desk.reader, answer)
    return deliver(subgraph, path, about, masks=desk.masks, audit=desk.audit, reason=desk.reason)


def _made_at(workspace: Workspace, version: int) -> datetime | None:
    """When the data version was made; a graph server's may be unknown to this workspace."""
    try:
        return Catalog.open(workspace.catalog).version(version).created_at
    except NotFoundError:
        return None
