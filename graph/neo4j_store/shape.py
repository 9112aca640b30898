"""What the server gets of a graph table: the columns of each node type and edge kind, as SQL.

A shape is a list of (property name, SQL expression over the graph table's columns). Row by row and
without memory, so the difference of two shaped tables is the shaped difference of the tables.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from graph.model import EdgeKind, NodeType
from graph.names import NAMED, fold, initials
from graph.neo4j_store.names import SEARCH
from graph.privacy import Cover
from graph.tables import EDGE_ATTRIBUTES

MEASURES = ("count", "fund", "first", "last")
CACHED_NAMES = 65_536


@dataclass(frozen=True)
class Shape:
    """Columns of one kind of row; the first `keys` of them are its key."""

    columns: tuple[tuple[str, str], ...]
    keys: int

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(name for name, _ in self.columns)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return self.names[: self.keys]

    @property
    def select(self) -> str:
        """SQL select list."""
        return ", ".join(f"{sql} AS {_quoted(name)}" for name, sql in self.columns)

    @property
    def key_list(self) -> str:
        """SQL list of the key columns."""
        return ", ".join(_quoted(name) for name in self.key)


def _quoted(name: str) -> str:
    return f'"{name}"'  # `first`, `last` and `count` are words of SQL


def node_shape(type_: NodeType, cover: Cover) -> Shape:
    """Columns of a node: id, label, placeholder, attributes, and what search needs."""
    label = "label" if cover.keeps_label(type_) else "''"
    kept = [(name, _quoted(name)) for name in cover.attributes(type_)]
    replaced = [(name, f"pseudonym('{name}', {_quoted(name)})") for name in cover.replaced_attributes(type_)]
    columns = [("id", _id(type_, "id", cover)), ("label", label), ("placeholder", "placeholder"), *kept, *replaced]
    return Shape((*columns, *_search(type_, label, cover)), keys=1)


def _search(type_: NodeType, label: str, cover: Cover) -> list[tuple[str, str]]:
    if not cover.keeps_label(type_):
        return []
    name, *several, tail = SEARCH
    columns = [(name, f"nullif(folded({label}), '')")]
    if type_ in NAMED:
        columns += [(column, f"initials_{number}({label})") for number, column in enumerate(several)]
    if type_ is NodeType.PHONE:
        columns.append((tail, "CASE WHEN regexp_full_match(right(id, 4), '[0-9]{4}') THEN right(id, 4) END"))
    return columns


def edge_shape(kind: EdgeKind, cover: Cover) -> Shape:
    """Columns of an edge: source, target, measures, attributes."""
    ends = [("source", _id(kind.source, "source", cover)), ("target", _id(kind.target, "target", cover))]
    names = (*MEASURES, *EDGE_ATTRIBUTES.get(kind.type, {}))
    return Shape((*ends, *((name, _quoted(name)) for name in names)), keys=2)


def _id(type_: NodeType, column: str, cover: Cover) -> str:
    return f"node_id('{type_}', {column})" if cover.mark != "none" else column


def register(db: duckdb.DuckDBPyConnection, cover: Cover) -> None:
    """Give a DuckDB connection the functions that shapes use."""
    readings = lru_cache(CACHED_NAMES)(initials)
    _of_text(db, "folded", fold)
    for number in range(len(SEARCH) - 2):
        _of_text(db, f"initials_{number}", partial(_nth, readings, number))
    _of_pair(db, "node_id", lambda kind, key: cover.id(NodeType(kind), key))
    _of_pair(db, "pseudonym", cover.pseudonym)


def _of_text(db: duckdb.DuckDBPyConnection, name: str, function: Callable[[str], str | None]) -> None:
    """Register a function of one text that is asked value by value, and not at all for missing ones."""

    def whole(texts: pa.Array) -> pa.Array:
        return pa.array([None if text is None else function(text) for text in texts.to_pylist()], pa.string())

    text = duckdb.sqltypes.VARCHAR
    db.create_function(name, whole, [text], text, type=PythonUDFType.ARROW, null_handling=FunctionNullHandling.SPECIAL)


def _of_pair(db: duckdb.DuckDBPyConnection, name: str, function: Callable[[str, str], str]) -> None:
    """Register a function of a kind and a text; a missing text stays missing."""

    def whole(kinds: pa.Array, texts: pa.Array) -> pa.Array:
        pairs = zip(kinds.to_pylist(), texts.to_pylist(), strict=True)
        return pa.array([None if text is None else function(kind, text) for kind, text in pairs], pa.string())

    text = duckdb.sqltypes.VARCHAR
    db.create_function(
        name, whole, [text, text], text, type=PythonUDFType.ARROW, null_handling=FunctionNullHandling.SPECIAL
    )


def _nth(readings: Callable[[str], Sequence[str]], number: int, label: str) -> str | None:
    found = readings(label)
    return found[number] if number < len(found) else None
