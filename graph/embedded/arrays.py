"""Several named numpy arrays in one file, read by memory mapping: opening reads nothing else."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
_ALIGN = 64


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write `arrays`: eight bytes of header length, the header as JSON, then the arrays, aligned."""
    places, offset = {}, 0
    for name, array in arrays.items():
        places[name] = {"type": array.dtype.str, "length": len(array), "offset": offset}
        offset += -(-array.nbytes // _ALIGN) * _ALIGN
    header = json.dumps(places).encode()
    header += b" " * (-(8 + len(header)) % _ALIGN)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(len(header).to_bytes(8, "little") + header)
        for array in arrays.values():
            stream.write(np.ascontiguousarray(array).data)
            stream.write(b"\0" * (-array.nbytes % _ALIGN))


def read_arrays(path: Path) -> dict[str, Array]:
    """Map the arrays of a file; they stay readable after the file is removed."""
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    length = int.from_bytes(whole[:8].tobytes(), "little")
    places = json.loads(whole[8 : 8 + length].tobytes())
    return {name: _view(whole, 8 + length, place) for name, place in places.items()}


def _view(whole: Array, base: int, place: Mapping[str, Any]) -> Array:
    type_, start = np.dtype(place["type"]), base + place["offset"]
    return np.asarray(whole[start : start + place["length"] * type_.itemsize]).view(type_)


def text_arrays(texts: pa.ChunkedArray) -> dict[str, Array]:
    """Return strings as the arrays of `Texts`."""
    joined = pa.concat_arrays([pa.array([], pa.large_string()), *texts.cast(pa.large_string()).chunks])
    _, starts, content = joined.buffers()
    offsets = np.frombuffer(starts, dtype=np.int64)[joined.offset : joined.offset + len(joined) + 1]
    data = np.frombuffer(content, dtype=np.uint8) if content is not None else np.zeros(0, np.uint8)
    return {"offsets": offsets - offsets[0], "data": data[offsets[0] : offsets[-1]]}


class Texts:
    """Strings laid end to end; where they are sorted, `at` and `beginning` find them by bisection."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._offsets: Ints = arrays["offsets"]
        self._data = arrays["data"].data

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, row: int) -> str:
        return str(self._raw(row), "utf-8")

    def _raw(self, row: int) -> bytes:
        return bytes(self._data[self._offsets[row] : self._offsets[row + 1]])

    def at(self, text: str) -> int | None:
        """Row of `text`; None where it is not there."""
        key = text.encode("utf-8", "surrogatepass")
        row = self._first(key)
        return row if row < len(self) and self._raw(row) == key else None

    def beginning(self, prefix: str) -> range:
        """Rows whose text begins with `prefix`."""
        key = prefix.encode("utf-8", "surrogatepass")
        return range(self._first(key), self._first(key + b"\xff"))  # 0xff never stands in UTF-8

    def exactly(self, text: str) -> range:
        """Rows whose text is `text`."""
        key = text.encode("utf-8", "surrogatepass")
        return range(self._first(key), self._first(key + b"\0"))

    def _first(self, key: bytes) -> int:
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low
