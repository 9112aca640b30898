"""Staging one table: good rows to typed Parquet by month, unusable rows aside, repeated keys told apart."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pyarrow as pa
import pyarrow.parquet as pq

from claims.durable import is_full
from claims.errors import LoadRefusedError
from claims.language import N_
from claims.table import PARTITION, Table
from loaders.base import LINE, RawTable
from loaders.checks import judge, reasons
from loaders.checks.judge import BAD, FIELD, GIVEN, KEY, MORE, REASON, VALUE, Judged, raw_text
from loaders.checks.spoiled import spoiled
from loaders.duplicates import Hashes, among, repeated_keys, resolve
from loaders.readers.parquet import damaged

FLUSH_ROWS = 100_000  # rows set aside in memory before they go to disk
RAW = "raw:"
FILE = "source_file"


@dataclass(frozen=True)
class Part:
    """A raw table with the catalog's number of its file."""

    raw: RawTable
    file_id: int


@dataclass(frozen=True)
class Unusable:
    """Unusable rows of one part: raw columns, LINE, REASON, FIELD, GIVEN, MORE."""

    part: Part
    rows: pl.DataFrame


@dataclass(frozen=True)
class Staged:
    """One table made ready to merge: its folder, and what did not go in."""

    table: Table
    folder: Path
    repeated: int
    unusable: tuple[Unusable, ...]


@dataclass
class Aside:
    """Rows taken out of the stream, written to Parquet files in bounded memory; safe for several threads.

    Rows are copied into Arrow at once: a few of them kept as they are would keep the whole text they
    were parsed from in memory. Arrow also writes them, because the engine that runs the stream must
    not be waited for inside of it.
    """

    folder: Path
    name: str
    paths: list[Path] = field(default_factory=list)
    _waiting: list[pa.Table] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, rows: pl.DataFrame) -> None:
        """Set `rows` aside."""
        if rows.height:
            copied = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
            with self._lock:
                self._waiting.append(copied)
                if sum(table.num_rows for table in self._waiting) >= FLUSH_ROWS:
                    self.flush()

    def flush(self) -> None:
        """Write what waits in memory."""
        if self._waiting:
            path = self.folder / f"{self.name}-{len(self.paths)}.parquet"
            pq.write_table(pa.concat_tables(self._waiting), path)
            self.paths.append(path)
            self._waiting.clear()


def stage(
    table: Table, parts: Sequence[Part], folder: Path, now: datetime, seen: Callable[[int], None] = lambda rows: None
) -> Staged:
    """Check all rows of one table and stage the good ones under `folder`; `seen` hears of rows done.

    Raises LoadRefusedError when a file turns out damaged or a spreadsheet program has spoiled it.
    """
    aside = folder.with_name(f"{folder.name}-aside")
    for path in (folder, aside):
        path.mkdir(parents=True)
    judged = [_judged(part, now) for part in parts]
    with reading(parts[0].raw.file.name):
        repeated = repeated_keys(judged)
    suspects: list[Path] = []
    unusable: list[Unusable] = []
    for number, (part, rows) in enumerate(zip(parts, judged, strict=True)):
        sift = Sift(part, rows, repeated, Aside(aside, f"bad-{number}"), Aside(aside, f"suspect-{number}"), seen)
        with reading(part.raw.file.name):
            sift.sink(folder / f"rows-{number}")
        suspects += sift.suspects.paths
        if sift.bad.paths:
            found = rows.reasons(pl.scan_parquet(sift.bad.paths)).collect().sort(LINE)
            unusable.append(Unusable(part, found))
    if not suspects:
        return Staged(table, folder, 0, tuple(unusable))
    conflicts, count = _tell_apart(table, parts, suspects, folder)
    return Staged(table, folder, count, (*unusable, *conflicts))


def _judged(part: Part, now: datetime) -> Judged:
    with reading(part.raw.file.name):
        refuse_spoiled(part.raw)
        return judge(part.raw, now)


def refuse_spoiled(raw: RawTable) -> None:
    """Refuse a file whose codes hold formulas or numbers in scientific notation."""
    if raw.file.plain and all(file.plain for file in raw.joined):
        return
    names = set(raw.rows.collect_schema().names())
    found = {c.name: odd for c in raw.table.columns if c.name in names and (odd := spoiled(c)) is not None}
    if not found:
        return
    row = raw.rows.filter(pl.any_horizontal(found.values())).head(1).collect(engine="streaming")
    for name, odd in found.items():
        if row.height and row.select(odd).item():
            raise LoadRefusedError(
                N_(
                    "{file}, line {line}: {column} holds {value}, a formula or a number in scientific notation: "
                    "the file went through a spreadsheet program, and its codes cannot be trusted."
                ),
                file=raw.file.name,
                line=row[LINE][0],
                column=name,
                value=row[name][0],
            )


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what the engine raises at a damaged file into a refusal; a full disk stays what it is."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        if is_full(error):
            raise OSError(28, str(error)) from error
        raise damaged(name, error) from error


@dataclass
class Sift:
    """Takes unusable rows and rows with repeated keys out of one part's stream."""

    part: Part
    judged: Judged
    repeated: Hashes
    bad: Aside
    suspects: Aside
    seen: Callable[[int], None]

    def sink(self, folder: Path) -> None:
        """Write the good rows as Parquet, by month where the table has months."""
        frame = self.judged.frame if len(self.repeated) else self.judged.frame.drop(KEY)
        kept = {name: kind for name, kind in frame.collect_schema().items() if name == LINE or name.startswith(VALUE)}
        good = frame.map_batches(self._split, streamable=True, schema=kept)
        rows = good.select(self.judged.stored(self.part.file_id))
        folder.mkdir()
        if self.judged.table.month_of:
            target = pl.PartitionBy(folder, key=PARTITION, include_key=False)
            rows.sink_parquet(target, mkdir=True, compression="snappy", engine="streaming")
        else:
            rows.sink_parquet(folder / "rows.parquet", compression="snappy", engine="streaming")
        self.bad.flush()
        self.suspects.flush()

    def _split(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of one batch that are good and alone with their key."""
        self.seen(rows.height)
        bad = rows.get_column(BAD)
        suspect = among(rows.get_column(KEY), self.repeated) & ~bad if len(self.repeated) else None
        if bad.any():
            self.bad.take(rows.filter(bad))
        if suspect is not None and suspect.any():
            self.suspects.take(self._with_raw(rows.filter(suspect)))
        kept = rows.select(LINE, cs.starts_with(VALUE))
        out = bad if suspect is None else bad | suspect
        return kept.filter(~out) if out.any() else kept

    def _with_raw(self, rows: pl.DataFrame) -> pl.DataFrame:
        raw = [raw_text(column).alias(RAW + column.name) for column in self.judged.present]
        absent = [c.name for c in self.judged.table.columns if c not in self.judged.present]
        none = [pl.lit(None, pl.String).alias(RAW + name) for name in absent]
        return rows.select(*self.judged.stored(self.part.file_id), KEY, *raw, *none)


def _tell_apart(
    table: Table, parts: Sequence[Part], suspects: Sequence[Path], folder: Path
) -> tuple[list[Unusable], int]:
    """Stage one of identical rows; return different rows with one key as unusable, and how many were repeated."""
    unusable: list[Unusable] = []
    repeated = 0
    derived = parts[0].raw.derived
    for number, found in enumerate(resolve(table, suspects, keep_last=derived)):
        repeated += found.repeated
        _write(table, found.kept, folder / f"told-apart-{number}")
        for part in parts:
            rows = found.conflicts.filter(pl.col(FILE) == part.file_id)
            if rows.height:
                unusable.append(Unusable(part, _conflicts(table, rows)))
    return unusable, repeated


def _write(table: Table, rows: pl.DataFrame, folder: Path) -> None:
    if not rows.height:
        return
    folder.mkdir()
    if not table.month_of:
        rows.write_parquet(folder / "rows.parquet", compression="snappy")
        return
    for (month,), part in rows.partition_by(PARTITION, as_dict=True, include_key=False).items():
        home = folder / f"{PARTITION}={month}"
        home.mkdir()
        part.write_parquet(home / "rows.parquet", compression="snappy")


def _conflicts(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Give conflicting rows the shape of unusable ones."""
    raw = [pl.col(RAW + name).alias(name) for name in table.names]
    key = pl.concat_str([pl.col(RAW + name) for name in table.key], separator=" / ")
    return rows.select(
        *raw,
        LINE,
        pl.lit(reasons.CONFLICT).alias(REASON),
        pl.lit(", ".join(table.key)).alias(FIELD),
        key.alias(GIVEN),
        pl.lit("{}").alias(MORE),
    )
