"""Merging staged rows into a table: what is new moves in, what changed supersedes, the rest is dropped.

A table is a set of Parquet files that are never changed. Merging returns the next set: staged
files whose keys are new are taken as they are; only files that hold a superseded or repeated row
are written anew. Staged files are compared in groups, so memory does not grow with the load.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from claims.delta import StoredFile, measure, part_name
from claims.duck import SQL_TYPES, listed, quoted
from claims.flags import RowFlag
from claims.table import PARTITION, Table

GROUP_ROWS = 2_000_000  # staged rows compared at once
_SCAN = "read_parquet(${0}, hive_partitioning = false) AS {0}"


@dataclass(frozen=True)
class MergeCounts:
    """What became of staged rows; a `superseded` one replaced an older row with its key."""

    new: int
    superseded: int
    unchanged: int


@dataclass(frozen=True)
class Merged:
    """The files of a table after a merge, and what became of the staged rows."""

    files: tuple[StoredFile, ...]
    counts: MergeCounts


@dataclass(frozen=True)
class Merge:
    """One merge into `table`; files written anew are put into the folder `work`.

    A row is unchanged when all its declared columns are. `derived` rows (taken from claim
    headers) yield to a row of the register, and a row of the register always replaces them.
    """

    connection: duckdb.DuckDBPyConnection
    table: Table
    work: Path
    load_id: int
    derived: bool = False

    def run(self, current: Sequence[StoredFile], staged: Sequence[StoredFile]) -> Merged:
        """Merge `staged` (keys unique among them) into `current`."""
        keys = ", ".join(f"{quoted(name)} {SQL_TYPES[self.table.column(name).type]}" for name in self.table.key)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE superseded ({keys}, held_file INTEGER)")
        taken: list[StoredFile] = []
        unchanged = 0
        for group in _groups(staged):
            touched = self._touched(current, group)
            if touched:
                self._compare(current, touched, group)
                group, repeated = self._without_repeated(group)
                unchanged += repeated
            taken += group
        kept, superseded = self._without_superseded(current)
        rows = sum(file.rows for file in staged)
        return Merged((*kept, *taken), MergeCounts(rows - superseded - unchanged, superseded, unchanged))

    def _touched(self, current: Sequence[StoredFile], group: Sequence[StoredFile]) -> list[int]:
        """Return which of the current files hold a key of `group`."""
        near = [number for number, file in enumerate(current) if any(_may_share(file, other) for other in group)]
        if not near:
            return []
        query = f"""
            SELECT DISTINCT held.file_index
            FROM {_SCAN.format("held")} SEMI JOIN {_SCAN.format("sent")} USING ({self._key})
        """  # noqa: S608 - identifiers of our own declarations
        files = {"held": _paths(current[number] for number in near), "sent": _paths(group)}
        return sorted(near[index] for (index,) in self.connection.execute(query, files).fetchall())

    def _compare(self, current: Sequence[StoredFile], touched: Sequence[int], group: Sequence[StoredFile]) -> None:
        """Set beside each other what `group` and the touched files both hold."""
        query = f"""
            CREATE OR REPLACE TEMP TABLE fates AS
            SELECT {self._key}, sent.file_index AS sent_file, $numbers[held.file_index::BIGINT + 1] AS held_file,
                   {self._changed} AS changed
            FROM {_SCAN.format("held")} JOIN {_SCAN.format("sent")} USING ({self._key})
        """  # noqa: S608 - identifiers of our own declarations
        held = _paths(current[number] for number in touched)
        self.connection.execute(query, {"held": held, "sent": _paths(group), "numbers": list(touched)})
        self.connection.execute(f"INSERT INTO superseded SELECT {self._key}, held_file FROM fates WHERE changed")  # noqa: S608

    def _without_repeated(self, group: Sequence[StoredFile]) -> tuple[list[StoredFile], int]:
        """Take rows that are unchanged out of the staged files of `group`; count them."""
        query = "SELECT sent_file, count(*) FROM fates WHERE NOT changed GROUP BY sent_file"
        repeated: dict[int, int] = dict(self.connection.execute(query).fetchall())
        keys = f"SELECT {self._key} FROM fates WHERE NOT changed AND sent_file = $file"  # noqa: S608
        files = [self._without(file, number, keys, repeated.get(number, 0)) for number, file in enumerate(group)]
        return [file for file in files if file], sum(repeated.values())

    def _without_superseded(self, current: Sequence[StoredFile]) -> tuple[list[StoredFile], int]:
        """Take superseded rows out of the current files; count them."""
        query = "SELECT held_file, count(*) FROM superseded GROUP BY held_file"
        gone: dict[int, int] = dict(self.connection.execute(query).fetchall())
        keys = f"SELECT {self._key} FROM superseded WHERE held_file = $file"  # noqa: S608
        files = [self._without(file, number, keys, gone.get(number, 0)) for number, file in enumerate(current)]
        return [file for file in files if file], sum(gone.values())

    def _without(self, file: StoredFile, number: int, keys: str, count: int) -> StoredFile | None:
        """Return `file` less the `count` rows whose keys the query `keys` gives; None if none is left."""
        if count == 0:
            return file
        if count == file.rows:
            return None
        target = self.work / part_name(self.load_id)
        query = f"""
            COPY (SELECT {self._columns} FROM {_SCAN.format("source")} ANTI JOIN ({keys}) USING ({self._key}))
            TO $target (FORMAT parquet, COMPRESSION snappy)
        """  # noqa: S608 - identifiers of our own declarations
        self.connection.execute(query, {"source": [str(file.path)], "file": number, "target": str(target)})
        return measure(target, file.month, self.table)

    @property
    def _key(self) -> str:
        return listed(self.table.key)

    @property
    def _columns(self) -> str:
        return listed(name for name in self.table.arrow_schema().names if name != PARTITION)

    @property
    def _changed(self) -> str:
        values = [name for name in self.table.names if name not in self.table.key]
        differs = " OR ".join(f"held.{quoted(name)} IS DISTINCT FROM sent.{quoted(name)}" for name in values) or "false"
        held_derived = f"held.row_flags & {RowFlag.DERIVED.value} <> 0"
        return f"({held_derived}) AND ({differs})" if self.derived else f"({held_derived}) OR ({differs})"


def _groups(staged: Sequence[StoredFile]) -> Iterator[list[StoredFile]]:
    """Cut the staged files, month by month, into groups of about `GROUP_ROWS` rows."""
    group: list[StoredFile] = []
    for file in sorted(staged, key=lambda file: (file.month, file.path)):
        if group and sum(other.rows for other in group) + file.rows > GROUP_ROWS:
            yield group
            group = []
        group.append(file)
    if group:
        yield group


def _may_share(one: StoredFile, other: StoredFile) -> bool:
    """Say whether two files may hold a common key, as far as their bounds tell."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return True
    return one.low <= other.high and other.low <= one.high


def _paths(files: Iterable[StoredFile]) -> list[str]:
    return [str(file.path) for file in files]
