"""Tables as files: JSON for programs, CSV for people, whose cells no spreadsheet program computes."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from cases.codec import Json
from cases.exports.package.columns import COLUMNS
from cases.exports.package.extract import Cell, Row, Tables
from cases.handout.form import safe

BOM = b"\xef\xbb\xbf"  # so that Excel shows Chinese


def json_file(value: object) -> bytes:
    """JSON to read: sorted keys, one entry a line."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


def sealed_file(value: Json) -> bytes:
    """JSON that can be written in one way only."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def record_files(tables: Tables, package: str) -> dict[str, bytes]:
    """Every table twice, and what its columns mean; each CSV row names its package, which names who, when and why."""
    found: dict[str, bytes] = {}
    for name, rows in sorted(tables.items()):
        found[f"records/{name}.json"] = json_file(rows)
        heads = list(rows[0]) if rows else []
        marked = [row | {"package": package} for row in rows]
        found[f"records/{name}.csv"] = csv_file([*heads, "package"], marked)
    words: list[Row] = [
        {"table": table, "column": column, "中文": COLUMNS[column][0], "English": COLUMNS[column][1]}
        for table, rows in sorted(tables.items())
        for column in (rows[0] if rows else ())
    ]
    found["records/columns.csv"] = csv_file(["table", "column", "中文", "English"], words)
    return found


def csv_file(heads: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> bytes:
    """UTF-8 with a byte-order mark, formulas defused."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(row[head]) for head in heads] for row in rows)
    return BOM + stream.getvalue().encode("utf-8", "replace")


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return safe(value) if isinstance(value, str) else "" if value is None else str(value)
