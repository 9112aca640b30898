"""The scene as a workbook: nodes, relations, and what the file is. Text stays text, never a formula."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from claims.language import _
from graph.exports.flat import clean
from graph.store import Subgraph
from graph.titles import node_title
from ui.scene.rows import Row, headings
from ui.scene.wording import label_of, moment, relation

Cell = str | int | float | None
_FEN = 100


def workbook(rows: Sequence[Row], subgraph: Subgraph, about: Sequence[tuple[str, str]]) -> bytes:
    """Return the file."""
    stream = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(stream, options) as book:
        _sheet(book, _("Nodes"), headings(), map(_node, rows))
        _sheet(book, _("Relations"), _edge_headings(), _edges(subgraph))
        _sheet(book, _("About this file"), (), about)
    return stream.getvalue()


def _edge_headings() -> tuple[str, ...]:
    """Headings of the relations."""
    ends = (_("Source"), _("Name of the source"), _("Target"), _("Name of the target"))
    return (_("Relation"), *ends, _("Count"), _("Fund (yuan)"), _("First"), _("Last"))


def _node(row: Row) -> tuple[Cell, ...]:
    times = moment(row.first), moment(row.last)
    return row.type, row.id, row.name, row.relations, row.count, row.fund / _FEN, *times, row.score, row.note


def _edges(subgraph: Subgraph) -> Iterable[tuple[Cell, ...]]:
    names = {node.ref: f"{node_title(node.ref.type)} {label_of(node, bare=True)}" for node in subgraph.nodes}
    for edge in subgraph.edges:
        ends = edge.source.id, names[edge.source], edge.target.id, names[edge.target]
        yield relation(edge), *ends, edge.count, edge.fund / _FEN, moment(edge.first), moment(edge.last)


def _sheet(book: xlsxwriter.Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for place, row in enumerate(rows, start=1 if headings else 0):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(place, column, clean(value))
            elif value is not None:
                sheet.write_number(place, column, value)
    sheet.set_column(0, max(0, len(headings) - 1) or 1, 18)
    if headings:
        sheet.freeze_panes(1, 0)
