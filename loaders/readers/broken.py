"""Broken lines of a text file, set aside with their line numbers, in bounded memory."""

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.base import LINE
from loaders.readers.limits import HOPELESS_LINES, HOPELESS_SHARE
from loaders.readers.lines import Broken

SCHEMA = pa.schema({LINE: pa.int64(), "fields": pa.int32(), "expected": pa.int32(), "raw": pa.string()})
FLUSH = 20_000


class HopelessError(Exception):
    """So many lines are broken that the file is something else."""

    def __init__(self, broken: int, lines: int) -> None:
        super().__init__(broken, lines)
        self.broken, self.lines = broken, lines


class BrokenLines:
    """Writes broken lines to a Parquet file; the file exists only once there is one."""

    def __init__(self, path: Path, delimiter: str, expected: int) -> None:
        self.path = path
        self.count = 0
        self._delimiter, self._expected = delimiter, expected
        self._waiting: list[Broken] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> "BrokenLines":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._waiting:
            self._flush()
        if self._writer:
            self._writer.close()

    def add(self, broken: Broken) -> None:
        """Keep one broken line."""
        self.count += 1
        self._waiting.append(broken)
        if len(self._waiting) >= FLUSH:
            self._flush()

    def judge(self, rows: int) -> None:
        """Raise HopelessError when most of what was read so far is broken."""
        lines = self.count + rows
        if self.count > HOPELESS_LINES and self.count > lines * HOPELESS_SHARE:
            raise HopelessError(self.count, lines)

    def _flush(self) -> None:
        rows = {
            LINE: [b.line for b in self._waiting],
            "fields": [b.fields for b in self._waiting],
            "expected": [self._expected] * len(self._waiting),
            "raw": [b.raw.decode("utf-8", "replace") for b in self._waiting],
        }
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, SCHEMA)
        self._writer.write_table(pa.table(rows, schema=SCHEMA))
        self._waiting.clear()
