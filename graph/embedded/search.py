"""Finding nodes by id, name, pinyin initials or telephone tail: sorted texts and bisection only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product, zip_longest
from pathlib import Path

import numpy as np
import pyarrow as pa

from graph.embedded.arrays import Array, Texts, read_arrays, text_arrays
from graph.model import NodeType
from graph.names import NAMED, PHONE_TAIL, Rank, as_initials, fold, initials

_TAILS = 10_000


def name_arrays(type_: NodeType, labels: pa.ChunkedArray) -> dict[str, Array]:
    """Folded labels and, for named types, pinyin initials: sorted, each with the row of its node."""
    encoded = labels.combine_chunks().dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    names = [[fold(label)] for label in distinct]
    letters = [initials(label) for label in distinct] if type_ in NAMED else []
    indexes = {"name": _sorted(names, encoded.indices), "initials": _sorted(letters, encoded.indices)}
    return {f"{index}_{name}": array for index, arrays in indexes.items() for name, array in arrays.items()}


def _sorted(texts: Sequence[Sequence[str]], codes: pa.Array) -> dict[str, Array]:
    """`texts` of each distinct label, given to every node by `codes`; empty ones are left out."""
    schema = pa.schema({"text": pa.string(), "row": pa.int32()})
    rows = pa.array(np.arange(len(codes), dtype=np.int32))
    readings = [pa.array([text or None for text in several], pa.string()) for several in zip_longest(*texts)]
    tables = [pa.table([reading.take(codes), rows], schema=schema) for reading in readings]
    table = pa.concat_tables([schema.empty_table(), *tables]).drop_null()
    table = table.sort_by([("text", "ascending"), ("row", "ascending")])
    return {**text_arrays(table["text"]), "rows": table["row"].to_numpy()}


def tail_arrays(ids: pa.ChunkedArray) -> dict[str, Array]:
    """Rows of telephones by their last four digits."""
    tails = np.array([int(id_[-4:]) if PHONE_TAIL.fullmatch(id_[-4:]) else -1 for id_ in ids.to_pylist()])
    order = np.argsort(tails, kind="stable").astype(np.int32)
    return {"starts": np.searchsorted(tails[order], np.arange(_TAILS + 1)), "rows": order}


class _Index:
    """Sorted texts with the row of the node each belongs to."""

    def __init__(self, arrays: Mapping[str, Array], name: str) -> None:
        self._texts = Texts({part: arrays[f"{name}_{part}"] for part in ("offsets", "data")})
        self._rows = arrays[f"{name}_rows"]

    def exactly(self, text: str) -> Iterator[int]:
        """Yield the rows whose text is `text`."""
        return (int(self._rows[place]) for place in self._texts.exactly(text))

    def beginning(self, prefix: str) -> Iterator[int]:
        """Yield the rows whose text begins with `prefix`, by text."""
        return (int(self._rows[place]) for place in self._texts.beginning(prefix))


class Search:
    """Search over the types of one snapshot; `ids` are their sorted ids."""

    def __init__(self, folder: Path, ids: Mapping[NodeType, Texts]) -> None:
        arrays = {type_: read_arrays(folder / "names" / f"{type_}.bin") for type_ in ids}
        self._ids = ids
        self._names = {type_: _Index(found, "name") for type_, found in arrays.items()}
        self._initials = {type_: _Index(found, "initials") for type_, found in arrays.items()}
        self._tails = read_arrays(folder / "tails.bin") if NodeType.PHONE in ids else None

    def find(self, text: str, types: Iterable[NodeType], limit: int) -> list[tuple[NodeType, int]]:
        """Return the best `limit` nodes: by rank, type, the text that matched, row."""
        chosen = set(types)
        wanted = sorted(type_ for type_ in self._ids if not chosen or type_ in chosen)
        found: dict[tuple[NodeType, int], None] = {}
        for rank, type_ in product(Rank, wanted):
            for row in self._matches(rank, type_, text):
                if len(found) >= limit:
                    return list(found)
                found[type_, row] = None
        return list(found)

    def _matches(self, rank: Rank, type_: NodeType, text: str) -> Iterable[int]:
        key, name, letters = text.strip(), fold(text), as_initials(text)
        match rank:
            case _ if not key:
                return ()
            case Rank.ID:
                row = self._ids[type_].at(key)
                return () if row is None else (row,)
            case Rank.ID_PREFIX:
                return self._ids[type_].beginning(key)
            case Rank.NAME:
                return self._names[type_].exactly(name)
            case Rank.NAME_PREFIX:
                return self._names[type_].beginning(name)
            case Rank.PHONE_TAIL:
                return self._with_tail(key) if type_ is NodeType.PHONE else ()
            case Rank.INITIALS:
                return self._initials[type_].exactly(letters) if letters else ()
            case Rank.INITIALS_PREFIX:
                return self._initials[type_].beginning(letters) if letters else ()

    def _with_tail(self, text: str) -> Iterable[int]:
        if self._tails is None or not PHONE_TAIL.fullmatch(text):
            return ()
        starts, tail = self._tails["starts"], int(text)
        return map(int, self._tails["rows"][starts[tail] : starts[tail + 1]])
