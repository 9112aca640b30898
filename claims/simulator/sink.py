"""Files of a source: CSV text or Parquet, written slice by slice."""

from pathlib import Path
from typing import IO, Protocol

import polars as pl
import pyarrow.parquet as pq

from claims.simulator.settings import Format

ROW_GROUP = 100_000


class Sink(Protocol):
    """Takes the slices of the tables of one source."""

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append rows to a table."""

    def close(self) -> None:
        """Finish all files."""


class CsvSink:
    """One `TABLE.csv` per table: UTF-8, header first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, IO[bytes]] = {}

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append rows to `TABLE.csv`."""
        first = table not in self._open
        if first:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open[table] = (self._folder / f"{table}.csv").open("wb")
        frame.write_csv(self._open[table], include_header=first)

    def close(self) -> None:
        """Close all files."""
        for stream in self._open.values():
            stream.close()


class ParquetSink:
    """One `TABLE.parquet` per table; row groups of a fixed size, so slices leave no trace."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, pl.DataFrame] = {}

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append rows to `TABLE.parquet`."""
        waiting = self._waiting.get(table)
        rows = frame if waiting is None else pl.concat([waiting, frame])
        full = rows.height // ROW_GROUP * ROW_GROUP
        for first in range(0, full, ROW_GROUP):
            self._put(table, rows[first : first + ROW_GROUP])
        self._waiting[table] = rows[full:]

    def _put(self, table: str, frame: pl.DataFrame) -> None:
        rows = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if table not in self._open:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open[table] = pq.ParquetWriter(self._folder / f"{table}.parquet", rows.schema)
        self._open[table].write_table(rows, row_group_size=ROW_GROUP)

    def close(self) -> None:
        """Write what is left and close all files."""
        for table, frame in self._waiting.items():
            if frame.height or table not in self._open:
                self._put(table, frame)
        for writer in self._open.values():
            writer.close()


def open_sink(folder: Path, form: Format) -> CsvSink | ParquetSink:
    """A sink of the chosen format."""
    return CsvSink(folder) if form == "csv" else ParquetSink(folder)


class ParquetBeside:
    """Sends the tables that exist in Parquet only to Parquet, all others to the sink beneath."""

    def __init__(self, folder: Path, beneath: CsvSink | ParquetSink, only: frozenset[str]) -> None:
        self._beneath, self._parquet, self._only = beneath, ParquetSink(folder), only

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append rows to the table's own file."""
        (self._parquet if table in self._only else self._beneath).write(table, frame)

    def close(self) -> None:
        """Finish all files."""
        self._parquet.close()
        self._beneath.close()
