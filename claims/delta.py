"""Delta tables: which files a version holds, and committing files that lie there already.

`deltalake` writes the log; the Parquet files are written by whoever made the rows and only moved
in. No checkpoint is written with a commit and no log entry ever expires: a checkpoint could hold
a commit that the catalog never acknowledged, and a pinned version must stay readable for years.
"""

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, Schema
from deltalake.transaction import (
    AddAction,
    PostCommitHookProperties,
    RemoveAction,
    create_table_with_add_actions,
)

from claims.durable import sync_file, sync_folders
from claims.table import PARTITION, Table

LOG = "_delta_log"
_ENTRY = re.compile(r"(\d{20})\.json")
_PART = re.compile(r"part-(\d{8})-[0-9a-f]{32}\.parquet")
_LIST_ITEM = re.compile(r"list<\w+: ")  # writers name the items of a list as they like
_CUT_BOUND = 60  # bytes; writers cut longer bounds, which are then no values of the column
_CONFIGURATION: Mapping[str, str | None] = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
}
_NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


@dataclass(frozen=True)
class StoredFile:
    """One Parquet file of a table: where it lies, its partition and its rows.

    `low` and `high` bound the first key column (None: not known). `stats` is the Delta statistics
    JSON of a file that is not committed yet.
    """

    path: Path
    month: str
    rows: int
    size: int
    low: str | None
    high: str | None
    stats: str = ""


def part_name(load_id: int) -> str:
    """Name a new data file; the load in it tells rubbish from data after a kill."""
    return f"part-{load_id:08d}-{uuid4().hex}.parquet"


def load_of_part(name: str) -> int | None:
    """Return the load that made the file called `name`; None for a name that is not ours."""
    match = _PART.fullmatch(name)
    return int(match[1]) if match else None


def head(folder: Path) -> int | None:
    """Return the newest version in the log of the table at `folder`, None without a table."""
    return max(_entries(folder), default=None)


def _entries(folder: Path) -> dict[int, Path]:
    log = folder / LOG
    if not log.is_dir():
        return {}
    return {int(match[1]): path for path in log.iterdir() if (match := _ENTRY.fullmatch(path.name))}


def files_at(folder: Path, table: Table, version: int) -> tuple[StoredFile, ...]:
    """Return the files of `table` at a Delta version, by path."""
    actions = DeltaTable(folder, version=version).get_add_actions(flatten=True)
    columns = {name: list(actions[name].to_pylist()) for name in actions.schema.names}
    key, absent = table.key[0], [None] * actions.num_rows
    found = zip(
        columns["path"],
        columns.get(f"partition.{PARTITION}", absent),
        columns["num_records"],
        columns["size_bytes"],
        columns.get(f"min.{key}", absent),
        columns.get(f"max.{key}", absent),
        strict=True,
    )
    return tuple(sorted((_stored(folder, *values) for values in found), key=lambda file: file.path))


def _stored(
    folder: Path, path: object, month: object, rows: object, size: object, low: object, high: object
) -> StoredFile:
    return StoredFile(
        path=folder / unquote(str(path)),
        month=str(month or ""),
        rows=int(str(rows)),
        size=int(str(size)),
        low=None if low is None else str(low),
        high=None if high is None else str(high),
    )


def measure(path: Path, month: str, table: Table) -> StoredFile:
    """Describe a Parquet file that is to become part of `table`, from its footer alone.

    ValueError when its columns are not exactly those of the table.
    """
    footer = pq.read_metadata(path)
    _check_columns(footer.schema.to_arrow_schema(), table)
    bounds = {name: pair for name in _measured(table) if (pair := _bounds(footer, name)) is not None}
    stats = {
        "numRecords": footer.num_rows,
        "minValues": {name: _stat(pair[0]) for name, pair in bounds.items()},
        "maxValues": {name: _stat(pair[1]) for name, pair in bounds.items()},
    }
    low, high = bounds.get(table.key[0], (None, None))
    return StoredFile(
        path=path,
        month=month,
        rows=footer.num_rows,
        size=path.stat().st_size,
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        stats=json.dumps(stats),
    )


def _check_columns(found: pa.Schema, table: Table) -> None:
    """Compare with the declaration; `large_` variants are the same column in a file."""
    expected = {field.name: str(field.type) for field in table.arrow_schema() if field.name != PARTITION}
    actual = {field.name: _plain_type(str(field.type)) for field in found}
    if actual != {name: _plain_type(text) for name, text in expected.items()}:
        raise ValueError(f"staged rows of {table.name} have columns {actual}, expected {expected}")


def _plain_type(text: str) -> str:
    return _LIST_ITEM.sub("list<", text.removeprefix("large_"))


def _measured(table: Table) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*table.key, *((table.month_of,) if table.month_of else ()))))


def _bounds(footer: pq.FileMetaData, name: str) -> tuple[object, object] | None:
    """Return the least and greatest value of a column, None where a row group does not say exactly."""
    index = footer.schema.names.index(name)
    groups = [footer.row_group(number).column(index).statistics for number in range(footer.num_row_groups)]
    if not groups or any(group is None or not group.has_min_max for group in groups):
        return None
    low, high = min(group.min for group in groups), max(group.max for group in groups)
    cut = any(isinstance(value, str) and len(value.encode()) >= _CUT_BOUND for value in (low, high))
    return None if cut else (low, high)


def _stat(value: object) -> str:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def commit(folder: Path, table: Table, added: Sequence[StoredFile], removed: Sequence[StoredFile]) -> int:
    """Write one entry to the log of `table` and flush it; return the new Delta version.

    The files added lie under `folder` already, where their partition belongs.
    """
    moment = int(time.time() * 1000)
    adds = [
        AddAction(_relative(folder, file), file.size, _partition(table, file), moment, True, file.stats)
        for file in added
    ]
    schema = Schema.from_arrow(table.arrow_schema())
    partition_by = [PARTITION] if table.month_of else []
    if head(folder) is None:
        create_table_with_add_actions(
            str(folder),
            schema,
            adds,
            mode="error",
            partition_by=partition_by,
            name=table.name,
            configuration=_CONFIGURATION,
            post_commithook_properties=_NO_HOOKS,
        )
    else:
        removes = [RemoveAction(_relative(folder, f), True, moment, f.size, _partition(table, f)) for f in removed]
        DeltaTable(folder).create_write_transaction(
            [*adds, *removes],
            mode="append",
            schema=schema,
            partition_by=partition_by,
            post_commithook_properties=_NO_HOOKS,
        )
    version, entry = max(_entries(folder).items())
    sync_file(entry)
    sync_folders([entry.parent, folder, folder.parent])
    return version


def _relative(folder: Path, file: StoredFile) -> str:
    return file.path.relative_to(folder).as_posix()


def _partition(table: Table, file: StoredFile) -> dict[str, str | None]:
    return {PARTITION: file.month} if table.month_of else {}


def truncate(folder: Path, version: int | None) -> None:
    """Take back log entries after `version` (None: the whole log), newest first.

    Only for entries that no data version names: what a killed load left. The log of a table is
    its write-ahead log, and an unacknowledged tail is cut off as in any recovery.
    """
    entries = _entries(folder)
    for number in sorted(entries, reverse=True):
        if version is None or number > version:
            entries[number].unlink()
    if entries:
        sync_folders([folder / LOG])


def data_files(folder: Path) -> Iterable[Path]:
    """Yield every data file in the folder of a table, whether a version names it or not."""
    return (path for path in folder.rglob("*.parquet") if LOG not in path.parts)


def remove_unfinished(folder: Path) -> None:
    """Remove log entries that were still being written when their process was killed."""
    for path in (folder / LOG).glob("_commit_*"):
        path.unlink()
