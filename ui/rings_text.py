"""Cells, rows and numbers of rings as text."""

from collections.abc import Sequence
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from cases.handout.sheet import MemberLine
from claims.language import _, join_words
from detectors.finding import ROLE_TITLES
from graph.titles import node_title
from ui.neighbourhood_view import plain

MOST_RECORDS = 12
_LEFT = (14, 14, 39)  # widths: ring, status, kind
_RIGHT = (7, 14, 6)  # people, fund, score; 100 columns in all


def grid(*heads: str, numbers: Sequence[str] = (), last: str = "") -> Table:
    """Table whose `numbers` stand right and whose `last` column takes the room that is left."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for head in numbers:
        table.add_column(Text(head), justify="right", no_wrap=True)
    if last:
        table.add_column(Text(last), overflow="fold", ratio=1)
        table.expand = True
    return table


def yuan(amount: Decimal) -> str:
    """1,234.50"""
    return f"{amount:,.2f}"


def odds(p_value: float) -> str:
    """A probability in words: 1 in how many."""
    if p_value >= 0.5:
        return _("about {share} %", share=f"{100 * p_value:.0f}")
    if p_value <= 1e-12:
        return _("less than 1 in a million million")
    return _("1 in {times}", times=f"{round(1 / p_value):,}")


def row(cells: Sequence[str]) -> Text:
    """Cells at fixed widths; Chinese characters are two wide, numbers stand right."""
    spelled = [set_cell_size(cell, width) for cell, width in zip(cells[:3], _LEFT, strict=True)]
    spelled += [" " * (width - cell_len(cell)) + cell for cell, width in zip(cells[3:], _RIGHT, strict=True)]
    return plain(" ".join(spelled))


def member_cells(member: MemberLine) -> tuple[Text, Text, Text, Text]:
    """Type, number, name and role of a member as cells."""
    return plain(node_title(member.type)), plain(member.id), plain(member.name), Text(_(ROLE_TITLES[member.role]))


def called(member: MemberLine) -> str:
    """Name and number."""
    return f"{member.name} {member.id}".strip()


def shortened(texts: Sequence[str], most: int = MOST_RECORDS) -> str:
    """List some, and say how many more there are."""
    more = len(texts) - most
    return join_words(texts[:most]) + (" " + _("… and {count} more", count=more) if more > 0 else "")


def number(value: float) -> str:
    """Whole numbers whole, others with three digits."""
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e12 else f"{value:.3g}"
