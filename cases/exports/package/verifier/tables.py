"""The records of a package: read from JSON, compared with the CSV files that people open."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

TABLES = ("settlements", "items", "diagnoses", "people", "places", "cards", "checks", "moves")
AMOUNT = re.compile(r"(-?)([0-9]+)(?:[.]([0-9]{1,2}))?")


class Records:
    """The pseudonymised records: settlements by number, everything else by what it belongs to."""

    def __init__(self, tables: dict[str, list[dict[str, Any]]], ring: dict[str, Any]) -> None:
        self.tables = tables
        self.ring = ring
        self.settlements = {row["settlement"]: row for row in tables["settlements"]}
        self.people = {row["person"]: row for row in tables["people"]}
        self.places = {row["place"]: row for row in tables["places"]}
        self.cards = {row["card"]: row for row in tables["cards"]}
        self.items = by(tables["items"], "settlement")
        self.diagnoses = by(tables["diagnoses"], "settlement")
        self.checks = by(tables["checks"], "person")
        self.origin = moment(ring["origin"])

    def of(self, finding: dict[str, Any]) -> list[dict[str, Any]]:
        """Settlements a finding rests on, in order of time."""
        ids = [record for records in finding["records"].values() for record in records]
        return sorted((self.settlements[i] for i in ids if i in self.settlements), key=order)

    def day(self, row: dict[str, Any], column: str = "time") -> int:
        """Day of a settlement, counted from the county's first."""
        return (moment(row[column]).date() - self.origin.date()).days

    def minute(self, row: dict[str, Any], column: str = "time") -> int:
        """Minute of a settlement, counted from the midnight before the county's first."""
        span = moment(row[column]).replace(second=0, microsecond=0) - self.origin
        return int(span.total_seconds() // 60)


def order(row: dict[str, Any]) -> tuple[str, str]:
    """Time, then number."""
    return row["time"], row["settlement"]


def by(rows: list[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    """Gather rows by the value of one column."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def neighbours(values: list[Any]) -> list[tuple[Any, Any]]:
    """Pairs of one value and the next."""
    return [(values[n], values[n + 1]) for n in range(len(values) - 1)]


def moment(text: str) -> datetime:
    """Read a local time."""
    return datetime.fromisoformat(text)


def fen(text: str) -> int:
    """Read an amount in yuan as a whole number of fen: '12.30' is 1230."""
    found = AMOUNT.fullmatch(text)
    if not found:
        raise ValueError(text)
    amount = int(found.group(2)) * 100 + int(((found.group(3) or "") + "00")[:2])
    return -amount if found.group(1) else amount


def read_json(path: Path) -> Any:
    """Read a JSON file; a key that stands twice in one object is an error."""
    return json.loads(path.read_text("utf-8"), object_pairs_hook=no_doubles)


def no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose keys are all different."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def read_records(folder: Path) -> Records:
    """Read all records of a package."""
    tables = {name: read_json(folder / "records" / (name + ".json")) for name in TABLES}
    return Records(tables, read_json(folder / "ring.json"))


def unlike_csv(folder: Path, name: str, rows: list[dict[str, Any]], package: str) -> str:
    """Say where the CSV of a table tells something else than its JSON; empty where they agree."""
    text = (folder / "records" / (name + ".csv")).read_bytes().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    heads = lines[0]
    if len(lines) - 1 != len(rows):
        return f"{len(lines) - 1} / {len(rows)}"
    for number, (line, row) in enumerate(zip(lines[1:], rows), start=2):  # noqa: B905 - lengths were compared
        said = [spelled(package if head == "package" else row[head]) for head in heads]
        if [undefused(cell) for cell in line] != [undefused(cell) for cell in said]:
            return f"line {number}"
    return ""


def spelled(value: Any) -> str:
    """Write a value as its CSV cell has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def undefused(cell: str) -> str:
    """Take off the apostrophe that keeps spreadsheet programs from computing a cell."""
    return cell[1:] if cell.startswith("'") else cell
