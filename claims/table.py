"""What a canonical table is: its grain, key and columns, declared once for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import pyarrow as pa


class ColumnType(StrEnum):
    """How a column's text is read and kept."""

    CODE = "code"  # text compared exactly: leading zeros stay, formulas and 1.2E+17 are refused
    TEXT = "text"  # free text
    AMOUNT = "amount"  # yuan, two decimals
    PRICE = "price"  # yuan, six decimals
    QUANTITY = "quantity"  # four decimals, in the unit named by the column
    NUMBER = "number"  # decimal with six places, in the unit named by the column
    INTEGER = "integer"
    DATE = "date"  # calendar day, local
    TIME = "time"  # local time without a zone, to the second
    VECTOR = "vector"  # list of float32


ARROW_TYPES: Mapping[ColumnType, pa.DataType] = MappingProxyType(
    {
        ColumnType.CODE: pa.string(),
        ColumnType.TEXT: pa.string(),
        ColumnType.AMOUNT: pa.decimal128(16, 2),
        ColumnType.PRICE: pa.decimal128(16, 6),
        ColumnType.QUANTITY: pa.decimal128(16, 4),
        ColumnType.NUMBER: pa.decimal128(16, 6),
        ColumnType.INTEGER: pa.int32(),
        ColumnType.DATE: pa.date32(),
        ColumnType.TIME: pa.timestamp("us"),
        ColumnType.VECTOR: pa.list_(pa.float32()),
    }
)


@dataclass(frozen=True)
class Column:
    """One column: national field name, type, Chinese title, meaning, and what may stand in it.

    `required` columns must be in the file; `filled` ones must also hold a value in every row.
    `codes` maps each allowed value to its (Chinese, English) label. `references` names the
    `table.column` it points to; a value missing there is flagged, never refused. `shape` names a
    further check by content: certno, icd10. `personal` columns are masked wherever they are shown.
    `future` columns may lie ahead of today (the end of a validity).
    """

    name: str
    type: ColumnType
    title: str
    meaning: str
    required: bool = False
    filled: bool = False
    codes: Mapping[str, tuple[str, str]] | None = None
    references: str | None = None
    unit: str | None = None
    shape: str | None = None
    personal: bool = False
    future: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table.

    `month_of` names the time column its Delta partitions are cut by; `spans` are (begin, end)
    pairs of columns; of each group in `one_of` at least one column must hold a value.
    """

    name: str
    title: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    month_of: str | None = None
    spans: tuple[tuple[str, str], ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    notes: str = ""
    parquet_only: bool = False
    _by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {c.name: c for c in self.columns})

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if the table has none."""
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in declared order."""
        return tuple(c.name for c in self.columns)

    def arrow_schema(self) -> pa.Schema:
        """Schema of the stored rows: declared columns, then `META`, then the partition."""
        fields = [pa.field(c.name, ARROW_TYPES[c.type]) for c in self.columns]
        fields += [pa.field(name, type_) for name, type_ in META.items()]
        if self.month_of:
            fields.append(pa.field(PARTITION, pa.string()))
        return pa.schema(fields)


# Columns every stored row carries besides its own: oddities found (bits of `claims.flags`), and
# the way back to the line of the file it came from (`source_file` is the catalog's file id).
META: Mapping[str, pa.DataType] = MappingProxyType(
    {"row_flags": pa.int64(), "source_file": pa.int32(), "source_line": pa.int64()}
)
PARTITION = "month"  # 'YYYY-MM', or UNKNOWN_MONTH where the time column is optional and empty
UNKNOWN_MONTH = "unknown"
