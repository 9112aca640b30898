"""Reading a mapping from YAML: every word is known or an error that names it and its line."""

from pathlib import Path

import yaml

from claims.language import N_, join_words
from claims.table import Table
from claims.tables import BY_NAME
from loaders.mapping.model import FileMap, Filter, How, Lookup, MappingError, SourceMap, TableMap, Take
from loaders.mapping.strict import Section, read_sections

ONE_WAY = N_("{file}, line {line}: {name} needs exactly one of: column, first, concat, hash, constant.")
UNKNOWN_TABLE = N_("{file}, line {line}: there is no table {name}; tables: {known}.")
UNKNOWN_FIELD = N_("{file}, line {line}: table {table} has no field {name}; fields: {known}.")
NO_FIELD_YET = N_("{file}, line {line}: {name} looks at {other}, which this mapping does not fill by itself.")
UNKNOWN_LOOKUP = N_("{file}, line {line}: {name} names no lookup of this file.")
EMPTY_TABLE = N_("{file}, line {line}: no fields are given for table {name}.")
TAKE_OPTIONS = ("values", "only_values", "prefixes", "date_format", "when", "later_than", "flip_sign_when", "separator")


def read_mapping(path: Path) -> SourceMap:
    """Read and validate a mapping of files; MappingError names the line that is wrong."""
    return source_map(read_sections(path))


def source_map(top: Section) -> SourceMap:
    """Validate an opened mapping."""
    kind = top.text("source", "files")
    if kind != "files":
        raise top.error(N_("{file}, line {line}: source is {name}, not files."), top.get("source"), name=kind)
    name = top.text("name", Path(top.file).stem)
    files = tuple(_file_map(section) for section in top.sections("files"))
    if not files:
        raise MappingError(N_("{file} maps no files."), file=top.file)
    result = SourceMap(
        name=name,
        title=top.text("title", name),
        files=files,
        nulls=top.texts("nulls"),
        ignore_case=top.flag("ignore_case"),
        optional_columns=top.flag("optional_columns"),
        ignore_files=top.texts("ignore_files"),
        encoding=top.text("encoding") or None,
        delimiter=_delimiter(top),
    )
    top.finish()
    return result


def _delimiter(top: Section) -> str | None:
    text = {"tab": "\t", "comma": ","}.get(top.text("delimiter"), top.text("delimiter"))
    if len(text) > 1 or text in ('"', "\n", "\r"):
        raise top.error(N_("{file}, line {line}: delimiter is tab, comma or one sign."), top.get("delimiter"))
    return text or None


def _file_map(section: Section) -> FileMap:
    node = section.get("file")
    header = section.texts("header")
    if node is None and not header:
        raise section.error(N_("{file}, line {line}: file (a name with * for any text) or header is missing."))
    lookups = tuple(_lookup(item) for item in section.sections("lookups"))
    result = FileMap(
        patterns=() if node is None else section.texts_of(node),
        header=header,
        tables=tuple(table_map(item) for item in section.sections("tables")),
        lookups=lookups,
        ignore=section.texts("ignore"),
    )
    _check_lookups(section, result)
    section.finish()
    return result


def _check_lookups(section: Section, result: FileMap) -> None:
    """A dotted column must belong to a lookup, unless the source itself has dots in its names."""
    names = {item.name for item in result.lookups}
    if names:
        for table in result.tables:
            for column in table.columns():
                if "." in column and column.partition(".")[0] not in names:
                    raise section.error(UNKNOWN_LOOKUP, name=column)


def _lookup(section: Section) -> Lookup:
    name = section.text_of(section.require("name"))
    on = section.texts_of(section.require("on"))
    key = section.texts("key") or on
    if not on or len(key) != len(on):
        raise section.error(N_("{file}, line {line}: on and key name equally many columns."))
    result = Lookup(
        name=name,
        patterns=section.texts_of(section.require("file")),
        on=on,
        key=key,
        where=_filters(section),
        newest=section.texts("newest"),
        ignore=section.texts("ignore"),
    )
    section.finish()
    return result


def table_of(section: Section) -> Table:
    """Read which table a section is about."""
    node = section.require("table")
    name = section.text_of(node)
    if name not in BY_NAME:
        raise section.error(UNKNOWN_TABLE, node, name=name, known=join_words(BY_NAME))
    return BY_NAME[name]


def table_map(section: Section) -> TableMap:
    """Read what fills one table."""
    table = table_of(section)
    result = TableMap(
        table=table,
        fields=_fields(section, table),
        where=_filters(section),
        derived=section.flag("derived"),
        newest=section.texts("newest"),
        rank=_rank(section),
    )
    section.finish()
    return result


def _rank(section: Section) -> int:
    text = section.text("rank", "0")
    if not text.isdecimal():
        raise section.error(N_("{file}, line {line}: rank is a whole number."), section.get("rank"))
    return int(text)


def _fields(section: Section, table: Table) -> dict[str, Take]:
    fields: dict[str, Take] = {}
    node = section.require("fields")
    for name, value in section.section(node).pairs():
        if name not in table.names:
            raise section.error(UNKNOWN_FIELD, value, name=name, table=table.name, known=join_words(table.names))
        fields[name] = _take(section, name, value)
    if not fields:
        raise section.error(EMPTY_TABLE, node, name=table.name)
    plain = {name for name, take in fields.items() if not take.dependent}
    for name, take in fields.items():
        for other in take.all_fields():
            if other not in plain:
                raise section.error(NO_FIELD_YET, node, name=name, other=other)
    return fields


def _take(section: Section, name: str, node: yaml.Node) -> Take:
    if isinstance(node, yaml.ScalarNode):
        return Take(How.COLUMN, (_column(section, node),))
    inner = section.section(node)
    given = [how for how in How if inner.get(how.value) is not None]
    if len(given) != 1:
        raise inner.error(ONE_WAY, name=name)
    how, value = given[0], inner.require(given[0].value)
    for option in TAKE_OPTIONS:
        inner.get(option)
    inner.finish()
    return Take(
        how=how,
        columns=_columns(inner, how, value),
        parts=_parts(inner, name, value) if how is How.FIRST else (),
        text=inner.text_of(value) if how is How.CONSTANT else inner.text("separator"),
        values=inner.texts_map("values"),
        only_values=inner.flag("only_values"),
        prefixes=inner.texts_map("prefixes"),
        date_format=_date_format(inner),
        when=_when(inner, "when"),
        later_than=inner.text("later_than") or None,
        flip_sign_when=_when(inner, "flip_sign_when"),
    )


def _columns(section: Section, how: How, value: yaml.Node) -> tuple[str, ...]:
    if how in (How.CONSTANT, How.FIRST):
        return ()
    columns = section.texts_of(value)
    if not all(columns) or not columns or (how is How.COLUMN and len(columns) != 1):
        raise section.error(N_("{file}, line {line}: the name of a column is missing."), value)
    return columns


def _parts(section: Section, name: str, value: yaml.Node) -> tuple[Take, ...]:
    if not isinstance(value, yaml.SequenceNode):
        raise section.error(N_("{file}, line {line}: a list was expected under {name}."), value, name=How.FIRST)
    return tuple(_take(section, name, item) for item in value.value)


def _column(section: Section, node: yaml.Node) -> str:
    text = section.text_of(node)
    if not text:
        raise section.error(N_("{file}, line {line}: the name of a column is missing."), node)
    return text


def _date_format(section: Section) -> str | None:
    node = section.get("date_format")
    if node is None:
        return None
    text = section.text_of(node)
    directives = {text[i + 1 : i + 2] for i, letter in enumerate(text) if letter == "%"}
    if not directives or not directives <= set("YymdHMSbBjfTF"):
        raise section.error(N_("{file}, line {line}: {name} is no date format; an example: %d.%m.%Y."), node, name=text)
    return text


def _when(section: Section, key: str) -> tuple[str, tuple[str, ...]] | None:
    node = section.get(key)
    if node is None:
        return None
    pairs = section.section(node).pairs()
    if len(pairs) != 1:
        raise section.error(N_("{file}, line {line}: {name} needs one field and its texts."), node, name=key)
    return pairs[0][0], section.texts_of(pairs[0][1])


def _filters(section: Section) -> tuple[Filter, ...]:
    """Read `where`: column → {is: texts} or {not: texts}."""
    node = section.get("where")
    if node is None:
        return ()
    filters = []
    for column, value in section.section(node).pairs():
        inner = section.section(value)
        keep, drop = inner.get("is"), inner.get("not")
        inner.finish()
        if (keep is None) == (drop is None):
            raise inner.error(N_("{file}, line {line}: {name} needs either is or not."), name=column)
        filters.append(Filter(column, inner.texts_of(keep or drop or value), keep is not None))
    return tuple(filters)
