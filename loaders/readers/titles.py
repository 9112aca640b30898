"""Which column names, national or Chinese, promise a number, a date or a code."""

from claims.table import ColumnType
from claims.tables import TABLES
from loaders.readers.names import normal


def _titles(*types: ColumnType) -> frozenset[str]:
    columns = [column for table in TABLES for column in table.columns if column.type in types]
    return frozenset(normal(name) for column in columns for name in (column.name, column.title))


MEASURES = _titles(ColumnType.AMOUNT, ColumnType.PRICE, ColumnType.QUANTITY, ColumnType.NUMBER, ColumnType.INTEGER)
DATES = _titles(ColumnType.DATE, ColumnType.TIME)
CODES = _titles(ColumnType.CODE)
