"""The quarantine: rows that could not be used, kept whole with where they stood and why.

One folder per load with one Parquet file per table. An entry is never changed: a retry that took
rows in writes beside its own load which entries it resolved (`RESOLVED`), in the same commit.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from claims.masking import mask_value
from claims.table import Table
from claims.tables import TABLES
from claims.workspace import Workspace
from loaders.base import LINE, RawFile
from loaders.checks import reasons
from loaders.checks.judge import FIELD, GIVEN, MORE, REASON
from loaders.source import scan
from loaders.stage import Unusable

RESOLVED = "resolved.parquet"
SCHEMA = {
    "entry": pl.Int64,  # number within the load and table
    "file": pl.String,
    "file_id": pl.Int32,
    "line": pl.Int64,
    REASON: pl.String,
    FIELD: pl.String,
    GIVEN: pl.String,
    MORE: pl.String,  # JSON: what else fills the reason's sentence
    "row": pl.String,  # JSON: canonical name -> text; null where the line is no record
    "source": pl.String,  # JSON: the sender's column -> text, where these differ from `row`; or the broken line
}
RESOLVED_SCHEMA = {"load": pl.Int64, "table": pl.String, "entry": pl.Int64}


Broken = tuple[RawFile, int]  # a file with broken lines, and its number in the catalog


@dataclass(frozen=True)
class Reason:
    """Why a row is unusable; rendered in the language of whoever reads it."""

    code: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return reasons.reason_text(self.code, self.values)


@dataclass(frozen=True)
class Entry:
    """One quarantined row."""

    load: int
    table: str
    number: int
    file: str
    file_id: int
    line: int
    reason: str
    field: str | None
    value: str | None
    more: Mapping[str, object]
    row: Mapping[str, str | None] | None
    source: str | None

    @property
    def id(self) -> str:
        """Name of the entry in exports."""
        return f"{self.load}/{self.table}/{self.number}"

    @property
    def sentence(self) -> str:
        """Say why, in the reader's language."""
        values: dict[str, object] = {"field": self.field or "", "value": self.value or ""}
        return reasons.reason_text(self.reason, {**values, **self.more})


def write(folder: Path, table: str, unusable: Sequence[Unusable], broken: Sequence[Broken]) -> None:
    """Write the unusable rows and broken lines of a table; nothing when there are none."""
    frames = [*(_rows(rows) for rows in unusable), *(_lines(file, number) for file, number in broken)]
    if frames:
        kept = pl.concat(frames).sort("file", "line", maintain_order=True).with_row_index("entry", offset=1)
        kept.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()).write_parquet(folder / f"{table}.parquet")


def reason_counts(unusable: Sequence[Unusable], broken: Sequence[Broken]) -> Mapping[str, int]:
    """Count rows and lines by reason, most frequent first."""
    columns = [rows.rows[REASON] for rows in unusable] + [_lines(file, number)[REASON] for file, number in broken]
    if not columns:
        return {}
    return dict(pl.concat(columns).value_counts(sort=True).sort("count", REASON, descending=[True, False]).iter_rows())


def first(unusable: Sequence[Unusable], broken: Sequence[Broken]) -> Mapping[str, object]:
    """Say of the first unusable row where it stands and why: file, line, why."""
    for rows in unusable:
        row = rows.rows.row(0, named=True)
        masked = _masked(rows.part.raw.table, row[FIELD], row[GIVEN])
        values = {"field": row[FIELD], "value": masked, **json.loads(row[MORE])}
        return {"file": rows.part.raw.file.name, "line": row[LINE], "why": Reason(row[REASON], values)}
    for file, number in broken:
        line = _lines(file, number).row(0, named=True)
        return {"file": file.name, "line": line["line"], "why": Reason(line[REASON], json.loads(line[MORE]))}
    raise ValueError("nothing is unusable")


def _masked(table: Table, field: str, value: str | None) -> str:
    """The value as a message may show it."""
    return str(mask_value(table.name, field, value or "")) if field in table.names else value or ""


def _rows(unusable: Unusable) -> pl.DataFrame:
    raw = unusable.part.raw
    names = [name for name in unusable.rows.columns if name in raw.table.names]
    rows = unusable.rows.with_columns(
        pl.lit(raw.file.name).alias("file"),
        pl.lit(unusable.part.file_id, pl.Int32).alias("file_id"),
        pl.col(LINE).cast(pl.Int64).alias("line"),
        pl.struct(names).struct.json_encode().alias("row"),
    )
    return _shaped(rows.join(_as_sent(raw.file, rows["line"], raw.table.names), on="line", how="left"))


def _as_sent(file: RawFile, lines: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """Return the sender's own columns at these lines, where they say more than the canonical ones."""
    if set(file.header) <= set(names):
        return pl.DataFrame(schema={"line": pl.Int64, "source": pl.String})
    columns = [name for name, kind in scan(file).collect_schema().items() if kind == pl.String]
    found = (
        scan(file)
        .filter(pl.col(LINE).is_in(lines.implode()))
        .select(pl.col(LINE).alias("line"), pl.struct(columns).struct.json_encode().alias("source"))
    )
    return found.collect(engine="streaming").unique("line")


def _lines(file: RawFile, number: int) -> pl.DataFrame:
    stray = pl.col("fields") < 0
    counts = pl.struct(found="fields", expected="expected").struct.json_encode()
    rows = pl.read_parquet(file.broken or "").with_columns(
        pl.lit(file.name).alias("file"),
        pl.lit(number, pl.Int32).alias("file_id"),
        pl.col(LINE).alias("line"),
        pl.when(stray).then(pl.lit(reasons.STRAY_QUOTE)).otherwise(pl.lit(reasons.BROKEN_LINE)).alias(REASON),
        pl.lit(None, pl.String).alias(FIELD),
        pl.lit(None, pl.String).alias(GIVEN),
        pl.when(stray).then(pl.lit("{}")).otherwise(counts).alias(MORE),
        pl.lit(None, pl.String).alias("row"),
        pl.col("raw").alias("source"),
    )
    return _shaped(rows)


def _shaped(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items() if name != "entry")


def entries(workspace: Workspace, load: int | None = None, table: str | None = None) -> Iterator[Entry]:
    """Yield the entries that are not resolved, by load, table and number."""
    done = resolved(workspace)
    for folder in _folders(workspace):
        number = int(folder.name)
        if load not in (None, number):
            continue
        for name in [t.name for t in TABLES if table in (None, t.name)]:
            path = folder / f"{name}.parquet"
            if path.is_file():
                gone = done.filter((pl.col("load") == number) & (pl.col("table") == name)).get_column("entry")
                rows = pl.read_parquet(path).filter(~pl.col("entry").is_in(gone.implode()))
                yield from (_entry(number, name, row) for row in rows.iter_rows(named=True))


def _entry(load: int, table: str, row: Mapping[str, str | int | None]) -> Entry:
    text = {name: None if row[name] is None else str(row[name]) for name in SCHEMA}
    return Entry(
        load=load,
        table=table,
        number=int(text["entry"] or 0),
        file=text["file"] or "",
        file_id=int(text["file_id"] or 0),
        line=int(text["line"] or 0),
        reason=text[REASON] or "",
        field=text[FIELD],
        value=text[GIVEN],
        more=json.loads(text[MORE] or "{}"),
        row=json.loads(text["row"]) if text["row"] else None,
        source=text["source"],
    )


def resolved(workspace: Workspace) -> pl.DataFrame:
    """Return which entries later loads have taken in: load, table, entry."""
    found = [pl.read_parquet(path) for folder in _folders(workspace) if (path := folder / RESOLVED).is_file()]
    return pl.concat(found) if found else pl.DataFrame(schema=RESOLVED_SCHEMA)


def write_resolved(folder: Path, done: Sequence[Entry]) -> None:
    """Write which entries this load has taken in."""
    rows = {"load": [e.load for e in done], "table": [e.table for e in done], "entry": [e.number for e in done]}
    pl.DataFrame(rows, schema=RESOLVED_SCHEMA).write_parquet(folder / RESOLVED)


def _folders(workspace: Workspace) -> list[Path]:
    if not workspace.quarantine.is_dir():
        return []
    found = [path for path in workspace.quarantine.iterdir() if path.name.isdigit()]
    return sorted(found, key=lambda path: int(path.name))
