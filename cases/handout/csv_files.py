"""Four CSV files (rings, members, findings, records) for people who open them in a spreadsheet."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cases.handout.form import Batch, Cell, safe
from cases.handout.tables import Table, tables_of


@dataclass(frozen=True)
class CsvFiles:
    """UTF-8 with a byte-order mark, so that Excel shows Chinese; no cell is ever a live formula."""

    name: str = "csv"
    contract: bool = False

    def render(self, batch: Batch) -> Mapping[str, bytes]:
        """See `Form`."""
        return {f".{name}": _file(table) for name, table in tables_of(batch).items()}


def _file(table: Table) -> bytes:
    head, rows = table
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_spelled(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def _spelled(cell: Cell) -> str | int | float:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return safe(cell) if isinstance(cell, str) else cell if cell is not None else ""
