"""Typed rows for the store's tests, staged the way a loader stages them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl

from claims.table import PARTITION, ColumnType, Table
from claims.tables import BY_NAME
from claims.versions import DataVersion
from claims.workspace import Workspace
from claims.writer import Writer

Row = Mapping[str, object]

_POLARS = {
    ColumnType.CODE: pl.String,
    ColumnType.TEXT: pl.String,
    ColumnType.AMOUNT: pl.Decimal(16, 2),
    ColumnType.PRICE: pl.Decimal(16, 6),
    ColumnType.QUANTITY: pl.Decimal(16, 4),
    ColumnType.NUMBER: pl.Decimal(16, 6),
    ColumnType.INTEGER: pl.Int32,
    ColumnType.DATE: pl.Date,
    ColumnType.TIME: pl.Datetime("us"),
    ColumnType.VECTOR: pl.List(pl.Float32),
}
_META = {"row_flags": pl.Int64, "source_file": pl.Int32, "source_line": pl.Int64}
DAY = datetime(2026, 1, 5, 9, 0)


def frame(table: Table, rows: Sequence[Row]) -> pl.DataFrame:
    """Make a frame with exactly the staged columns of `table`, plus the partition."""
    schema = {column.name: _POLARS[column.type] for column in table.columns} | _META
    filled = [
        {"row_flags": 0, "source_file": 1, "source_line": number} | dict(row) for number, row in enumerate(rows, 2)
    ]
    for row in filled:
        assert set(row) <= set(schema), row
    month = pl.col(table.month_of).dt.strftime("%Y-%m").fill_null("unknown") if table.month_of else pl.lit("")
    return pl.DataFrame(filled, schema=schema, orient="row").with_columns(month.alias(PARTITION))


def stage(folder: Path, table: str, rows: Sequence[Row]) -> Path:
    """Write rows as a loader would: `month=…/` folders, or flat."""
    declared = BY_NAME[table]
    folder.mkdir(parents=True)
    for (month,), part in frame(declared, rows).group_by(PARTITION):
        home = folder / f"{PARTITION}={month}" if declared.month_of else folder
        home.mkdir(exist_ok=True)
        part.drop(PARTITION).write_parquet(home / "0.parquet", compression="snappy")
    return folder


def load(
    workspace: Workspace, tables: Mapping[str, Sequence[Row]], *, derived: bool = False, note: str = "test"
) -> DataVersion | None:
    """Load rows in one go."""
    with Writer.open(workspace) as writer:
        writer.add_file("test.csv", hashlib.sha256(repr(tables).encode()).hexdigest(), 1)
        for table, rows in tables.items():
            writer.merge(table, stage(writer.staging / table, table, rows), derived=derived)
        return writer.commit(note, {})


def settlement(setl_id: str, fund: str = "60.00", total: str | None = None, **values: object) -> Row:
    """One settlement of 2026-01-05; what the fund does not pay is cash."""
    whole, paid = Decimal(total if total is not None else fund), Decimal(fund)
    return {
        "setl_id": setl_id,
        "psn_no": "P1",
        "fixmedins_code": "H1",
        "med_type": "11",
        "begntime": DAY,
        "setl_time": DAY,
        "medfee_sumamt": whole,
        "fund_pay_sumamt": paid,
        "cash_payamt": whole - paid,
    } | values


def refund(setl_id: str, of: str, fund: str, total: str | None = None, flag: str | None = "1") -> Row:
    """One refund of the settlement `of`, its amounts written as they stand."""
    return settlement(setl_id, fund, total, init_setl_id=of, refd_setl_flag=flag)


def item(setl_id: str, serial: str, cnt: str = "1", amount: str = "10.00", **values: object) -> Row:
    """One fee item."""
    return {
        "setl_id": setl_id,
        "bkkp_sn": serial,
        "fee_ocur_time": DAY,
        "med_list_codg": "XA01",
        "cnt": Decimal(cnt),
        "pric": Decimal("10"),
        "det_item_fee_sumamt": Decimal(amount),
    } | values


def person(psn_no: str, **values: object) -> Row:
    """One insured person."""
    return {"psn_no": psn_no, "psn_name": "王小明", "certno": psn_no} | values
