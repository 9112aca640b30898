"""A database as a source: one query per table, streamed into Parquet of text, in one read-only transaction.

The YAML names the database without its password, which comes from an environment variable, a file,
or the driver's own place (~/.pgpass). No message ever shows it.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from claims.errors import LoadRefusedError
from claims.language import N_
from claims.table import ColumnType, Table
from loaders.base import RawFile, Source
from loaders.mapping.model import FileMap, How, SourceMap, TableMap, Take
from loaders.mapping.reading import table_map, table_of
from loaders.mapping.strict import Section
from loaders.readers.names import normal

CHUNK_ROWS = 20_000
CHINA = timezone(timedelta(hours=8))  # the standard's times are local; a time with a zone is turned into it
SECRET_WORDS = re.compile("password|passwd|pwd|secret|token", re.IGNORECASE)
DRIVERS = {"postgresql": "postgresql+psycopg"}  # what a bare name means: the driver that is installed
READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "mysql": "SET SESSION TRANSACTION READ ONLY"}
SECRET_IN_URL = N_("{file}, line {line}: the URL must not hold a password; use password_env or password_file.")
BAD_URL = N_("{file}, line {line}: url is not the address of a database, such as postgresql://reader@host/claims.")


class DatabaseError(LoadRefusedError):
    """The database could not be reached, or refused a query."""


@dataclass(frozen=True)
class Query:
    """One query and what becomes of its columns; without `map` they bear the fields' own names."""

    table: Table
    sql: str
    map: TableMap | None
    ignore: tuple[str, ...]


@dataclass(frozen=True)
class SqlMap:
    """A database source: where it is, where its password is, what is asked."""

    name: str
    title: str
    url: URL
    queries: tuple[Query, ...]
    password_env: str | None
    password_file: Path | None


def sql_map(top: Section, folder: Path) -> SqlMap:
    """Validate an opened `source: sql` mapping; `folder` is where its relative paths begin."""
    top.get("source")
    name = top.text("name", Path(top.file).stem)
    url = _url(top)
    password_file = top.text("password_file")
    result = SqlMap(
        name=name,
        title=top.text("title", name),
        url=url,
        queries=tuple(_query(section) for section in top.sections("queries")),
        password_env=top.text("password_env") or None,
        password_file=folder / password_file if password_file else None,
    )
    top.finish()
    if not result.queries:
        raise top.error(N_("{file}, line {line}: queries is missing: a table and a query for each."))
    return result


def _url(top: Section) -> URL:
    node = top.require("url")
    try:
        url = make_url(top.text_of(node))
    except (ArgumentError, ValueError):
        raise top.error(BAD_URL, node) from None
    if url.password is not None or any(SECRET_WORDS.search(name) for name in url.query):
        raise top.error(SECRET_IN_URL, node)
    return url.set(drivername=DRIVERS.get(url.drivername, url.drivername))


def _query(section: Section) -> Query:
    sql = section.text_of(section.require("query")).strip().rstrip(";")
    ignore = section.texts("ignore")
    if section.get("fields") is not None:
        table = table_map(section)
        return Query(table.table, sql, table, ignore)
    result = Query(table_of(section), sql, None, ignore)
    section.finish()
    return result


def extract(source: SqlMap, scratch: Path) -> tuple[Source, SourceMap]:
    """Run the queries and stage their rows as Parquet under `scratch`; return them with their mapping.

    All queries see the database at one moment where it can give one (PostgreSQL: REPEATABLE READ).
    """
    scratch.mkdir(parents=True, exist_ok=True)
    files, maps = [], []
    with _connection(source) as connection:
        for number, query in enumerate(source.queries, 1):
            file = _stage(connection, query, scratch / f"query{number}.parquet", f"query{number}/{query.table.name}")
            files.append(file)
            maps.append(FileMap((file.name,), tables=(query.map or _same_names(query, file),), ignore=query.ignore))
    mapped = SourceMap(source.name, source.title, tuple(maps), ignore_case=True)
    return Source(source.name, tuple(files), scratch=scratch), mapped


def _same_names(query: Query, file: RawFile) -> TableMap:
    names = {name.casefold(): name for name in file.header}
    fields = {name: Take(How.COLUMN, (names[name],)) for name in query.table.names if name in names}
    return TableMap(query.table, fields)


@contextmanager
def _connection(source: SqlMap) -> Iterator[Connection]:
    """Open a read-only transaction and roll it back at the end; errors become one sentence without secrets."""
    password = _password(source)
    try:
        engine = _engine(source.url if password is None else source.url.set(password=password))
        try:
            with engine.connect() as connection:
                _read_only(connection)
                yield connection
                connection.rollback()
        finally:
            engine.dispose()
    except (NoSuchModuleError, ModuleNotFoundError):
        raise DatabaseError(N_("No driver for {kind} databases is installed."), kind=source.url.drivername) from None
    except SQLAlchemyError as error:
        raise DatabaseError(
            N_("The database {url} refused: {reason}"), url=str(source.url), reason=_reason(error, password)
        ) from None


def _engine(url: URL) -> Engine:
    backend = url.get_backend_name()
    if backend == "sqlite" and not Path(url.database or "").is_file():  # it would make an empty one
        raise DatabaseError(N_("There is no database file {file}."), file=url.database or "")
    options = {"connect_timeout": 15} if backend == "postgresql" else {}
    return create_engine(url, hide_parameters=True, connect_args=options)


def _read_only(connection: Connection) -> None:
    backend = connection.dialect.name
    if backend == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    elif backend in READ_ONLY:
        connection.execute(text(READ_ONLY[backend]))


def _password(source: SqlMap) -> str | None:
    if source.password_env:
        found = os.environ.get(source.password_env)
        if found is None:
            raise DatabaseError(
                N_("The environment variable {name} with the password is not set."), name=source.password_env
            )
        return found
    if source.password_file is None:
        return None
    try:
        if source.password_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise DatabaseError(
                N_("Others may read the password file {file}; allow only its owner."), file=str(source.password_file)
            )
        return source.password_file.read_text(encoding="utf-8").strip()
    except OSError:
        raise DatabaseError(N_("The password file {file} could not be read."), file=str(source.password_file)) from None


def _reason(error: SQLAlchemyError, password: str | None) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    reason = next((line for line in lines if line.strip()), "")
    return reason.replace(password, "***") if password else reason


def _stage(connection: Connection, query: Query, path: Path, name: str) -> RawFile:
    result = connection.execution_options(stream_results=True, yield_per=CHUNK_ROWS).execute(text(_literal(query.sql)))
    header = _header(list(result.keys()), name)
    vectors = {column.name for column in query.table.columns if column.type is ColumnType.VECTOR}
    schema = pa.schema([(key, pa.list_(pa.float32()) if key in vectors else pa.string()) for key in header])
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in result.partitions():
            columns = [_texts(values, schema.field(at).type) for at, values in enumerate(zip(*part, strict=True))]
            writer.write_batch(pa.record_batch(columns, schema=schema))
            rows += len(part)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return RawFile(name, path, digest, path.stat().st_size, header, kind="parquet", first_line=1, rows=rows)


def _literal(sql: str) -> str:
    """Keep SQLAlchemy from reading `:name` in a query as a parameter; there are none."""
    return re.sub(r"(?<!:):(?!:)", r"\\:", sql)


def _header(keys: Sequence[str], name: str) -> tuple[str, ...]:
    header = tuple(normal(key) for key in keys)
    for key in header:
        if header.count(key) > 1:
            raise DatabaseError(N_("{file}: the column {column} is there twice."), file=name, column=key)
    return header


def _texts(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(kind):
        return pa.array(values, type=kind)
    return pa.array([_text(value) for value in values], type=kind)


def _text(value: object) -> str | None:
    """Write a database value the way the data standard writes it."""
    match value:
        case None | str():
            return value
        case bool():
            return "1" if value else "0"
        case datetime():
            local = value.astimezone(CHINA) if value.tzinfo else value
            return local.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case float():
            return format(Decimal(repr(value)), "f")  # the shortest form that reads back the same
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return str(value)
