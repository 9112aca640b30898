"""Codes a spreadsheet program has spoiled: formulas, and numbers in scientific notation.

One of them means the file went through such a program, so no code in it can be trusted any more:
the whole load is refused. A telephone with its country code (+86…) is no formula, and trace codes
may begin with any sign, so of those only function calls count.
"""

import polars as pl

from claims.table import Column, ColumnType

SCIENTIFIC = r"^-?[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+$"
FORMULA = r"^(?:=|@[A-Za-z]|\+[A-Za-z(])"
FUNCTION_CALL = r"^[=+@-]\s*[A-Za-z.]+\("
ANY_SIGN = ("drug_trac_codg",)


def spoiled(column: Column) -> pl.Expr | None:
    """Whether each text of a code column is spoiled; None for columns that hold no codes."""
    if column.type != ColumnType.CODE:
        return None
    text = pl.col(column.name).str.strip_chars()
    formula = FUNCTION_CALL if column.name in ANY_SIGN else FORMULA
    return (text.str.contains(formula) | text.str.contains(SCIENTIFIC)).fill_null(False)
