"""A mapping: which column of a source fills which field, as data rather than code.

An operator writes one in YAML (`loaders.mapping.reading` reads it), `ringhound map` drafts one, and
the platform and inspection formats are mappings of ours. A mapping moves and renames; it judges
nothing: a value no map knows stays as it is, for the checks to find.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from claims.errors import LoadRefusedError
from claims.table import Table
from loaders.base import RawFile
from loaders.readers.names import normal


class MappingError(LoadRefusedError):
    """The mapping cannot be used: says where and why."""


class How(StrEnum):
    """Ways a field is filled; the value is the key in the YAML."""

    COLUMN = "column"  # one column
    FIRST = "first"  # the first of several that holds a value
    CONCAT = "concat"  # several joined by `separator`; empty where one of them is
    HASH = "hash"  # a key computed from the content of several, for sources that have none
    CONSTANT = "constant"  # the same text in every row


@dataclass(frozen=True)
class Take:
    """How one field is filled.

    `values` replaces texts (to "" empties them), and with `only_values` empties what it does not
    name; `prefixes` does the same for all texts that begin so and are not in `values`.
    `date_format` is a strptime format. `when` (field, texts) and `later_than` (field) empty the
    value unless another field of the same row has one of the texts, or lies on an earlier day;
    `flip_sign_when` turns the sign of a number where another field has one of the texts.
    """

    how: How
    columns: tuple[str, ...] = ()
    parts: tuple["Take", ...] = ()  # of FIRST, which may choose between any ways
    text: str = ""  # the constant, or CONCAT's separator
    values: Mapping[str, str] = field(default_factory=dict)
    only_values: bool = False
    prefixes: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    when: tuple[str, tuple[str, ...]] | None = None
    later_than: str | None = None
    flip_sign_when: tuple[str, tuple[str, ...]] | None = None

    @property
    def dependent(self) -> bool:
        """Whether it looks at other fields of its row."""
        return any(True for _name in self.all_fields())

    def all_columns(self) -> Iterator[str]:
        """Yield every source column it reads."""
        yield from self.columns
        for part in self.parts:
            yield from part.all_columns()

    def all_fields(self) -> Iterator[str]:
        """Yield every field of the same row it looks at."""
        if self.when:
            yield self.when[0]
        if self.flip_sign_when:
            yield self.flip_sign_when[0]
        if self.later_than:
            yield self.later_than
        for part in self.parts:
            yield from part.all_fields()


@dataclass(frozen=True)
class Filter:
    """Rows left out, counted in the load report: with one of the texts, or (`keep`) without."""

    column: str
    values: tuple[str, ...]
    keep: bool


@dataclass(frozen=True)
class TableMap:
    """How one canonical table is filled from a file.

    `derived` rows (registers taken from claim headers) are reduced to one row a key over the
    whole source: highest `rank` first, then the latest time in the first filled column of `newest`.
    """

    table: Table
    fields: Mapping[str, Take]
    where: tuple[Filter, ...] = ()
    derived: bool = False
    newest: tuple[str, ...] = ()
    rank: int = 0

    def columns(self) -> Iterator[str]:
        """Yield every source column it reads."""
        for take in self.fields.values():
            yield from take.all_columns()
        yield from (item.column for item in self.where)
        yield from self.newest


@dataclass(frozen=True)
class Lookup:
    """Another file whose row with the same key is put beside; its columns are called `name.column`.

    Of several rows with one key the newest (greatest text in `newest`, then the last) is taken.
    """

    name: str
    patterns: tuple[str, ...]
    on: tuple[str, ...]
    key: tuple[str, ...]
    where: tuple[Filter, ...] = ()
    newest: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileMap:
    """What is done with the files that bear one of the names, or all of the `header` columns.

    No tables: the file is known and left out by name.
    """

    patterns: tuple[str, ...]
    header: tuple[str, ...] = ()
    tables: tuple[TableMap, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    ignore: tuple[str, ...] = ()

    def columns(self) -> set[str]:
        """Source columns that tables of this file read, lookups' columns left aside."""
        names = {name for table in self.tables for name in table.columns()}
        own = {name for name in names if name.partition(".")[0] not in {item.name for item in self.lookups}}
        return own | {name for lookup in self.lookups for name in lookup.on}


@dataclass(frozen=True)
class SourceMap:
    """A whole mapping.

    `nulls` are texts that mean empty. With `ignore_case` column names are compared without it.
    With `optional_columns` a column named here may be absent; otherwise that refuses the load.
    `encoding` and `delimiter` say how text files are written, where that cannot be told from them.
    """

    name: str
    title: str
    files: tuple[FileMap, ...]
    nulls: tuple[str, ...] = ()
    ignore_case: bool = False
    optional_columns: bool = False
    ignore_files: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None

    def file_map(self, file: RawFile) -> FileMap | None:
        """Return the entry for `file`: by name first, then by header; None when nothing fits."""
        for entry in self.files:
            if name_matches(file.name, entry.patterns):
                return entry
        header = {self.fold(name) for name in file.header}
        for entry in self.files:
            if entry.header and {self.fold(name) for name in entry.header} <= header:
                return entry
        return None

    def fold(self, column: str) -> str:
        """Return a column name as it is compared."""
        name = normal(column)
        return name.casefold() if self.ignore_case else name


def name_matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Say whether the name, one of its folders or its sheet fits a glob, whatever the case."""
    path = PurePosixPath(name.replace("\\", "/").replace("#", "/").casefold())
    texts = {str(path), *path.parts, *(part.split(".")[0] for part in path.parts)}
    return any(fnmatchcase(text, pattern.casefold()) for text in texts for pattern in patterns)
