"""A neighbourhood on the terminal. What is printed comes in as text and stays text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from claims.language import _, language, word_separator
from claims.table import Column
from claims.tables import BY_NAME
from graph.masking import DECLARED_IN
from graph.model import NodeRef, NodeType
from graph.store import Direction, Neighbour, NeighbourCount, Node, Path, Value, Visit
from graph.titles import edge_title, node_title, yuan
from ui.neighbourhood import MOST_VISITS, NEARBY, Answer, Beyond, Group, Sharing, VisitLine, measured

ARROWS: Mapping[Direction, str] = {Direction.OUT: "→", Direction.IN: "←"}
MOST_NAMES = 3


def plain(text: str) -> Text:
    """Text without markup and without characters that move the cursor or change colours."""
    return Text("".join(char if char.isprintable() else "\ufffd" for char in text))


@dataclass(frozen=True)
class View:
    """Prints answers; `faces` says how each node may be shown."""

    console: Console
    faces: Mapping[NodeRef, Node]

    def show(self, answer: Answer) -> None:
        """Print the whole answer, most important first."""
        self._header(answer)
        self._counts(answer.counts)
        for group in answer.groups:
            self._group(group)
        self._list(_("Shared with others"), [self._sharing(sharing) for sharing in answer.sharing])
        self._visits(answer)
        self._beyond(answer.beyond)
        if answer.question.path_to:
            self._paths(answer)

    def hits(self, nodes: Sequence[Node]) -> None:
        """Print what a search found, best match first."""
        table = _table(None, _("Type"), _("Name"), _("To explore it"))
        for node in nodes:
            face = self.faces[node.ref]
            table.add_row(node_title(node.ref.type), self._name(node.ref), plain(str(face.ref)))
        self.console.print(table)

    def _header(self, answer: Answer) -> None:
        face = self.faces[answer.question.ref]
        title = Text.assemble((node_title(face.ref.type), "bold"), "  ", self._name(answer.question.ref), style="bold")
        self.console.print(title, plain(str(face.ref)), soft_wrap=True)
        if face.placeholder:
            self.console.print(Text(_("Named by claims, but in no register."), style="yellow"))
        facts = Table.grid(padding=(0, 2))
        for name, value in face.attributes.items():
            if value not in (None, ""):
                facts.add_row(plain(_heading(face.ref.type, name)), plain(_readable(face.ref.type, name, value)))
        if facts.row_count:
            self.console.print(Padding(facts, (0, 0, 0, 2)))
        self.console.print(_("Data version {version}", version=answer.data_version), style="dim")

    def _counts(self, counts: Sequence[NeighbourCount]) -> None:
        if not counts:
            self.console.print(_("It has no relations."))
            return
        table = _table(_("Relations"), _("Relation"), _("To"), number=_("Neighbours"))
        for count in counts:
            other = count.kind.target if count.direction is Direction.OUT else count.kind.source
            relation = f"{ARROWS[count.direction]} {edge_title(count.kind.type)}"
            table.add_row(relation, node_title(other), f"{count.neighbours:,}")
        self.console.print(table)

    def _group(self, group: Group) -> None:
        relation = f"{ARROWS[group.count.direction]} {edge_title(group.count.kind.type)}"
        title = _(
            "{relation}: {shown} of {total}", relation=relation, shown=len(group.shown), total=group.count.neighbours
        )
        if any(measured(found.edge) for found in group.shown):
            table = _table(
                title, _("Name"), _("Number"), _("First"), _("Last"), number=_("Times"), money=_("Fund (yuan)")
            )
            for found in group.shown:
                edge = found.edge
                table.add_row(*self._who(found), _day(edge.first), _day(edge.last), f"{edge.count:,}", yuan(edge.fund))
        else:
            table = _table(title, _("Name"), _("Number"))
            for found in group.shown:
                table.add_row(*self._who(found))
        self.console.print(table)

    def _sharing(self, sharing: Sharing) -> Text:
        held = self.faces[sharing.held]
        line = Text.assemble(node_title(held.ref.type), " ", self._name(sharing.held), ": ")
        parts = [
            Text.assemble(self._name(other.node.ref), f" ({edge_title(other.edge.kind.type)})")
            for other in sharing.others
        ]
        return line + Text(word_separator()).join(parts) + Text(" …" if sharing.more else "")

    def _visits(self, answer: Answer) -> None:
        if not answer.visits:
            return
        cut = len(answer.visits) == MOST_VISITS
        count = f"{len(answer.visits)}+" if cut else len(answer.visits)
        title = _("Settlements in time order: {count}", count=count)
        together = answer.question.ref.type is NodeType.CARD
        # The card asked about is the same in every line: its place goes to who stood beside it.
        last = _("Others within {minutes} min", minutes=NEARBY.seconds // 60) if together else _("Card")
        columns = [_("Time"), _("Person"), _("Place"), _("Practitioner"), _("Till"), _("Care"), last]
        table = _table(title, *columns, money=_("Fund (yuan)"))
        for whole in table.columns[:2]:
            whole.no_wrap = True
        for line in answer.visits:
            beside = self._names(line) if together else self._card(line.visit)
            table.add_row(*self._visit(line.visit), beside, yuan(line.visit.fund))
        self.console.print(table)

    def _visit(self, visit: Visit) -> Iterator[Text]:
        yield Text(f"{visit.time:%Y-%m-%d %H:%M}")
        ids = (
            (NodeType.PERSON, visit.person),
            (NodeType.INSTITUTION, visit.institution),
            (NodeType.DOCTOR, visit.doctor),
            (NodeType.TERMINAL, visit.terminal),
        )
        for type_, id_ in ids:
            yield self._name(NodeRef(type_, id_)) if id_ else Text("")
        yield plain(_code(BY_NAME["settlements"].column("med_type"), visit.med_type))

    def _card(self, visit: Visit) -> Text:
        return self._name(NodeRef(NodeType.CARD, visit.card)) if visit.card else Text("")

    def _names(self, line: VisitLine) -> Text:
        names = Text(word_separator()).join(self._name(ref) for ref in line.nearby[:MOST_NAMES])
        more = len(line.nearby) - MOST_NAMES
        return names + Text(f" +{more}" if more > 0 else "")

    def _beyond(self, beyond: Sequence[Beyond]) -> None:
        if not beyond:
            return
        table = _table(_("Two steps away"), _("Type"), _("Name"), _("Number"), _("Through"), number=_("Ways"))
        for found in beyond:
            through = Text(word_separator()).join(self._name(ref) for ref in found.through[:MOST_NAMES])
            face = self.faces[found.ref]
            table.add_row(
                node_title(face.ref.type), self._name(found.ref), plain(face.ref.id), through, str(found.ways)
            )
        self.console.print(table)

    def _paths(self, answer: Answer) -> None:
        if not answer.paths:
            self.console.print(_("No path was found."))
        self._list(_("Shortest paths"), [self._path(path) for path in answer.paths])

    def _path(self, path: Path) -> Text:
        line = self._name(path.nodes[0])
        for edge, ref in zip(path.edges, path.nodes[1:], strict=True):
            arrow = "→" if edge.target == ref else "←"
            line = Text.assemble(line, f" {arrow} {edge_title(edge.kind.type)} {arrow} ", self._name(ref))
        return line

    def _list(self, title: str, lines: Sequence[Text]) -> None:
        if lines:
            self.console.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            self.console.print(Padding(line, (0, 0, 0, 2)))

    def _who(self, found: Neighbour) -> tuple[Text, Text]:
        return self._name(found.node.ref), plain(self.faces[found.node.ref].ref.id)

    def _name(self, ref: NodeRef) -> Text:
        face = self.faces[ref]
        name = plain(face.label or face.ref.id)
        return Text.assemble(name, (" ?", "yellow")) if face.placeholder else name


def _table(title: str | None, *columns: str, number: str | None = None, money: str | None = None) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="dim", pad_edge=False, box=SIMPLE_HEAD
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    for column in filter(None, (number, money)):
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _day(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d}" if time else ""


def _declared(type_: NodeType, name: str) -> Column | None:
    tables = (BY_NAME[table] for table in DECLARED_IN.get(type_, ()))
    return next((table.column(name) for table in tables if name in table.names), None)


def _heading(type_: NodeType, name: str) -> str:
    column = _declared(type_, name)
    if column is None:
        return name
    return column.title if language() == "zh_CN" else column.meaning


def _readable(type_: NodeType, name: str, value: Value) -> str:
    column = _declared(type_, name)
    return _code(column, str(value)) if column else str(value)


def _code(column: Column, value: str) -> str:
    """The label of a code in the language in force, else the value itself."""
    chinese, english = (column.codes or {}).get(value, (value, value))
    return chinese if language() == "zh_CN" else english
