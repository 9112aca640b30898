"""Attribute rows in an Arrow file of equal batches: row i is found without reading its neighbours."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from graph.store import Value

BATCH = 8_192


def write_rows(path: Path, table: pa.Table) -> None:
    """Write `table` as an Arrow file of batches of `BATCH` rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(path), "wb") as stream, pa.ipc.new_file(stream, table.schema) as writer:
        for batch in table.combine_chunks().to_batches(max_chunksize=BATCH):
            writer.write_batch(batch)


class Rows:
    """The rows of one such file, memory-mapped."""

    def __init__(self, path: Path) -> None:
        self._file = pa.ipc.open_file(pa.memory_map(str(path)))
        self._names: list[str] = self._file.schema.names

    def read(self, rows: Sequence[int]) -> list[dict[str, Value]]:
        """Return the rows asked for, in that order, without their empty values."""
        wanted: dict[int, list[int]] = {}
        for place, row in enumerate(rows):
            wanted.setdefault(row // BATCH, []).append(place)
        found: list[dict[str, Value]] = [{}] * len(rows)
        for number, places in wanted.items():
            taken = self._file.get_batch(number).take(pa.array([rows[place] % BATCH for place in places]))
            for place, values in zip(places, taken.to_pylist(), strict=True):
                found[place] = {name: value for name, value in values.items() if value is not None}
        return found
