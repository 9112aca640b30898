"""What nodes and edges say of themselves, in the language in force."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from claims.language import N_, _, language
from claims.table import Column
from claims.tables import BY_NAME
from graph.masking import DECLARED_IN, printed
from graph.model import NodeType
from graph.store import Edge, Node, Value
from graph.titles import edge_title, node_title, yuan

LAWFUL = frozenset({"RELATED"})
INFERRED = frozenset({"CO_VISITED", "POSSIBLY_SAME"})
LONGEST_LABEL = 14
TESTED = N_("Result of a test, not a record")
REGISTERED = N_("Lawful relation in the register")


def number_of(node: Node, *, bare: bool = False) -> str:
    """The number as it may be shown; whole where the reader gave a reason (`bare`)."""
    return node.ref.id if bare else printed(node.ref)


def label_of(node: Node, *, bare: bool = False) -> str:
    """The name, or the number where there is none; on one line."""
    named = node.label if node.label != node.ref.id else ""
    return " ".join((named or number_of(node, bare=bare)).split())


def short(text: str) -> str:
    """Cut a label for the canvas."""
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def node_facts(node: Node, *, bare: bool = False) -> Iterator[tuple[str, str]]:
    """What the register says, by the columns' titles; the number whole where the reader gave a reason (`bare`)."""
    yield _("Type"), node_title(node.ref.type)
    yield _("Number"), number_of(node, bare=bare)
    if node.label and node.label != node.ref.id:
        yield _("Name"), node.label
    if node.placeholder:
        yield _("Register"), _("named by claims, in no register")
    for name in sorted(node.attributes):
        value = node.attributes[name]
        if value not in (None, ""):
            yield heading(node.ref.type, name), readable(node.ref.type, name, value)


def edge_facts(edge: Edge) -> Iterator[tuple[str, str]]:
    """What an edge sums, and what it rests on."""
    if edge.kind.type in INFERRED:
        yield _("Basis"), _(TESTED)
    if edge.kind.type in LAWFUL:
        yield _("Basis"), _(REGISTERED)
    if edge.first or edge.fund:
        yield _("Count"), f"{edge.count:,}"
        yield _("Fund (yuan)"), yuan(edge.fund)
    if edge.first and edge.last:
        yield _("Period"), f"{moment(edge.first)} – {moment(edge.last)}"
    for name in sorted(edge.attributes):
        value = edge.attributes[name]
        if value not in (None, ""):
            yield _edge_heading(name), _edge_value(name, value)


def relation(edge: Edge) -> str:
    """Name of the relation."""
    return edge_title(edge.kind.type)


def moment(time: datetime | None) -> str:
    """A time as people write it."""
    return f"{time:%Y-%m-%d %H:%M}" if time else ""


def heading(type_: NodeType, name: str) -> str:
    """Title of an attribute."""
    column = _declared(type_, name)
    return _titled(column) if column else name


def readable(type_: NodeType, name: str, value: Value) -> str:
    """A value, codes by their titles."""
    column = _declared(type_, name)
    return _coded(column, str(value)) if column else str(value)


@cache
def _declared(type_: NodeType, name: str) -> Column | None:
    tables = (BY_NAME[table] for table in DECLARED_IN.get(type_, ()))
    return next((table.column(name) for table in tables if name in table.names), None)


@cache
def _any_declared(name: str) -> Column | None:
    return next((table.column(name) for table in BY_NAME.values() if name in table.names), None)


def _edge_heading(name: str) -> str:
    column = _any_declared(name)
    return _titled(column) if column else _(_TEST_WORDS[name]) if name in _TEST_WORDS else name


def _edge_value(name: str, value: Value) -> str:
    column = _any_declared(name)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "、".join(_coded(column, part) for part in str(value).split(",")) if column else str(value)


def _titled(column: Column) -> str:
    return column.title if language() == "zh_CN" else _(column.meaning)


def _coded(column: Column, value: str) -> str:
    chinese, english = (column.codes or {}).get(value, (value, value))
    return chinese if language() == "zh_CN" else english


# Names that tests write on the edges they infer.
_TEST_WORDS = {
    "p_value": N_("Odds of chance (p)"),
    "q_value": N_("False-discovery rate (q)"),
    "expected": N_("Expected meetings"),
    "observed": N_("Observed meetings"),
    "weight": N_("Match weight"),
    "probability": N_("Match probability"),
}
