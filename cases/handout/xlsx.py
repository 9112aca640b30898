"""One workbook with four sheets; amounts are numbers, everything else is text."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from cases.handout.form import Batch
from cases.handout.tables import tables_of
from claims.language import N_, translate

_TITLES = {"rings": N_("rings"), "members": N_("members"), "findings": N_("findings"), "records": N_("records")}
_LONGEST = 32_000  # characters a cell may hold
_MOST_ROWS = 1_000_000  # a sheet holds no more; what is cut is said so in its last row
_MADE = datetime(2000, 1, 1)  # the same rings give the same bytes on any day


@dataclass(frozen=True)
class Xlsx:
    """Written with `write_string` throughout, so nothing is ever a formula or a link."""

    name: str = "xlsx"
    contract: bool = False

    def render(self, batch: Batch) -> Mapping[str, bytes]:
        """See `Form`."""
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        book.set_properties({"created": _MADE})
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for name, (head, rows) in tables_of(batch).items():
            sheet = book.add_worksheet(translate(_TITLES[name]))
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(head):
                sheet.write_string(0, column, title, bold)
                sheet.set_column(column, column, max(10, min(40, 2 * len(title))))
            for number, row in enumerate(rows[:_MOST_ROWS], 1):
                for column, cell in enumerate(row):
                    if isinstance(cell, Decimal):
                        sheet.write_number(number, column, float(cell), money)
                    elif isinstance(cell, int | float):
                        sheet.write_number(number, column, cell)
                    else:
                        sheet.write_string(number, column, str(cell or "")[:_LONGEST])
            if len(rows) > _MOST_ROWS:
                left = len(rows) - _MOST_ROWS
                sheet.write_string(_MOST_ROWS + 1, 0, translate(N_("… and {count} more"), count=left))
        book.close()
        return {"": stream.getvalue()}
