"""One source folder being written: layout, dirt and row counts."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from claims.simulator.county import County
from claims.simulator.dirt import Dirt
from claims.simulator.platform import Extracts
from claims.simulator.sink import ParquetBeside, Sink, open_sink
from claims.simulator.text import Dates
from claims.tables import TABLES


@dataclass
class Output:
    """Takes rows of canonical tables, spoils some, and writes them in the layout asked for."""

    sink: Sink
    dirt: Dirt
    extracts: Extracts | None
    rows: dict[str, int] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)  # rows before dirt, which may double some

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append rows to a table that has the same form in every layout."""
        self.sink.write(table, self._spoiled(table, frame))

    def claims(self, settlements: pl.DataFrame, items: pl.DataFrame | None, diagnoses: pl.DataFrame | None) -> None:
        """Append settlements with their items and diagnoses (None: only the settlements came)."""
        settlements = self._spoiled("settlements", settlements)
        items = None if items is None else self._spoiled("fee_items", items)
        diagnoses = None if diagnoses is None else self._spoiled("diagnoses", diagnoses)
        if self.extracts:
            self.extracts.claims(settlements, items, diagnoses)
            return
        for table, frame in (("settlements", settlements), ("fee_items", items), ("diagnoses", diagnoses)):
            if frame is not None:
                self.sink.write(table, frame)

    def close(self) -> None:
        """Finish all files."""
        self.sink.close()

    def _spoiled(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        first = self._seen.get(table, 0)
        self._seen[table] = first + frame.height
        spoiled = self.dirt.apply(table, frame, first)
        self.rows[table] = self.rows.get(table, 0) + spoiled.height
        return spoiled


def open_output(county: County, dates: Dates, folder: Path, dirty: bool) -> Output:
    """An empty output at `folder`, in the county's layout and format."""
    only = frozenset(table.name for table in TABLES if table.parquet_only)
    sink = ParquetBeside(folder, open_sink(folder, county.settings.format), only)
    extracts = Extracts(county, dates, sink) if county.settings.layout == "platform" else None
    return Output(sink, Dirt(county, dirty), extracts)
