"""The catalog: loads, source files, data versions and what pins them, in one SQLite file.

A data version exists once its row here is committed (WAL, synchronous=FULL) and not before:
everything it names is on the disk by then.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Self

import sqlalchemy as sa

from claims.audit import system_user
from claims.catalog_schema import (
    SCHEMA_VERSION,
    data_version_tables,
    data_versions,
    files,
    loads,
    make_engine,
    metadata,
    outbox,
    pins,
    schema_version,
    writing,
)
from claims.errors import NotFoundError, StoreError
from claims.language import N_
from claims.ledger.loads import record as record_load
from claims.ledger.log import OWN_NAME
from claims.versions import DataVersion, Load, Pin, SourceFile

_Part = sa.Row[tuple[int, str, int, int]]


def now() -> datetime:
    """Return the present moment as the catalog keeps it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Catalog:
    """The catalog at `path`; every method is one short transaction."""

    path: Path
    engine: sa.Engine

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing catalog; NotFoundError where there is none."""
        if not path.exists():
            raise nothing_loaded(path)
        catalog = cls(path, make_engine(path))
        catalog._check_schema()
        return catalog

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open the catalog, making it where it is missing."""
        catalog = cls(path, make_engine(path))
        with writing(catalog.engine) as connection:
            outbox_is_new = not sa.inspect(connection).has_table(outbox.name)
            metadata.create_all(connection)
            for load in connection.scalars(sa.select(loads.c.id)).all() if outbox_is_new else ():
                record_load(connection, load, OWN_NAME, now())
            if connection.scalar(sa.select(schema_version.c.version)) is None:
                connection.execute(sa.insert(schema_version).values(version=SCHEMA_VERSION))
        catalog._check_schema()
        return catalog

    def _check_schema(self) -> None:
        with self.engine.connect() as connection:
            if not sa.inspect(connection).has_table(schema_version.name):  # killed while making it
                raise nothing_loaded(self.path)
            found = connection.scalar(sa.select(schema_version.c.version)) or SCHEMA_VERSION
        if found > SCHEMA_VERSION:
            message = N_("{path} was written by a newer Ringhound (schema {found}); this one reads schema {known}.")
            raise StoreError(message, path=self.path, found=found, known=SCHEMA_VERSION)

    def newest(self) -> DataVersion | None:
        """Return the newest data version, None before the first."""
        with self.engine.connect() as connection:
            number = connection.scalar(sa.select(sa.func.max(data_versions.c.id)))
        return None if number is None else self.version(number)

    def version(self, number: int) -> DataVersion:
        """Return data version `number`; NotFoundError where there is none."""
        found = self._read_versions(data_versions.c.id == number)
        if not found:
            raise NotFoundError(N_("There is no data version {number}."), number=number)
        return found[0]

    def versions(self) -> Sequence[DataVersion]:
        """Return every data version, oldest first, vacuumed ones too."""
        return self._read_versions(sa.true())

    def _read_versions(self, condition: sa.ColumnElement[bool]) -> Sequence[DataVersion]:
        heads = sa.select(data_versions).where(condition).order_by(data_versions.c.id)
        parts = sa.select(data_version_tables).join(data_versions).where(condition)
        with self.engine.connect() as connection:
            tables: dict[int, list[_Part]] = {}
            for part in connection.execute(parts.order_by(data_version_tables.c.table_name)):
                tables.setdefault(part.version_id, []).append(part)
            return [_version(head, tables.get(head.id, [])) for head in connection.execute(heads)]

    def last_load(self) -> int:
        """Return the number of the newest load, 0 before the first."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.max(loads.c.id))) or 0

    def last_file(self) -> int:
        """Return the number of the newest source file, 0 before the first."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.max(files.c.id))) or 0

    def load(self, number: int) -> Load:
        """Return load `number` with its report; NotFoundError where there is none."""
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(loads).where(loads.c.id == number)).one_or_none()
        if row is None:
            raise NotFoundError(N_("There is no load {number}."), number=number)
        report = json.loads(row.report)
        return Load(row.id, _time(row.started_at), _time(row.finished_at), row.note, report, row.version_id)

    def files(self, load_id: int) -> Sequence[SourceFile]:
        """Return the source files of one load, in the order they were taken."""
        query = sa.select(files).where(files.c.load_id == load_id).order_by(files.c.id)
        with self.engine.connect() as connection:
            return [SourceFile(*row) for row in connection.execute(query)]

    def file(self, number: int) -> SourceFile:
        """Return the source file that rows name by `number`; NotFoundError where there is none."""
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(files).where(files.c.id == number)).one_or_none()
        if row is None:
            raise NotFoundError(N_("There is no source file {number}."), number=number)
        return SourceFile(*row)

    def load_of_file(self, sha256: str) -> int | None:
        """Return the newest load that took a file of exactly this content."""
        query = sa.select(sa.func.max(files.c.load_id)).where(files.c.sha256 == sha256)
        with self.engine.connect() as connection:
            found: int | None = connection.scalar(query)
        return found

    def record(self, load: Load, taken: Iterable[SourceFile], version: DataVersion | None) -> None:
        """Write a load, its files and the data version it made in one transaction: the commit."""
        values = asdict(load) | {
            "started_at": load.started_at.isoformat(),
            "finished_at": load.finished_at.isoformat(),
            "report": json.dumps(dict(load.report), ensure_ascii=False),
        }
        values["version_id"] = values.pop("version")
        with writing(self.engine) as connection:
            connection.execute(sa.insert(loads).values(values))
            for file in taken:
                connection.execute(sa.insert(files).values(asdict(file)))
            if version is not None:
                _insert_version(connection, version)
            record_load(connection, load.id, system_user(), load.finished_at)

    def forget(self, numbers: Iterable[int]) -> Collection[int]:
        """Mark data versions as vacuumed unless something pins them; return those now marked."""
        pinned = sa.select(pins.c.version_id)
        candidate = data_versions.c.id.in_(list(numbers)) & data_versions.c.id.not_in(pinned)
        statement = sa.update(data_versions).where(candidate).values(vacuumed_at=now().isoformat())
        with writing(self.engine) as connection:
            return set(connection.scalars(statement.returning(data_versions.c.id)))

    def pins(self) -> Sequence[Pin]:
        """Return every pin, by version, kind and reference."""
        query = sa.select(pins).order_by(pins.c.version_id, pins.c.kind, pins.c.ref)
        with self.engine.connect() as connection:
            return [Pin(kind, ref, version, _time(at)) for kind, ref, version, at in connection.execute(query)]

    def pin(self, kind: str, ref: str, version: int) -> None:
        """Keep `version` while `kind` `ref` rests on it; NotFoundError when it is gone already."""
        there = sa.select(data_versions.c.vacuumed_at).where(data_versions.c.id == version)
        values = {"kind": kind, "ref": ref, "version_id": version, "created_at": now().isoformat()}
        with writing(self.engine) as connection:
            row = connection.execute(there).one_or_none()
            if row is None or row.vacuumed_at:
                raise NotFoundError(N_("Data version {number} does not exist any more."), number=version)
            connection.execute(sa.insert(pins).prefix_with("OR IGNORE").values(values))

    def unpin(self, kind: str, ref: str) -> None:
        """Let go of every version that `kind` `ref` kept."""
        with writing(self.engine) as connection:
            connection.execute(sa.delete(pins).where(pins.c.kind == kind, pins.c.ref == ref))


def nothing_loaded(path: Path) -> NotFoundError:
    """Return the sentence for a workspace whose catalog at `path` knows no data version."""
    return NotFoundError(N_("There are no claims in {workspace} yet; load some first."), workspace=path.parent)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _version(head: sa.Row[tuple[int, str, int | None, str, str | None]], parts: Sequence[_Part]) -> DataVersion:
    return DataVersion(
        id=head.id,
        created_at=_time(head.created_at),
        tables=MappingProxyType({part.table_name: part.delta_version for part in parts}),
        load_id=head.load_id,
        note=head.note,
        rows=MappingProxyType({part.table_name: part.rows for part in parts}),
        vacuumed_at=_time(head.vacuumed_at) if head.vacuumed_at else None,
    )


def _insert_version(connection: sa.Connection, version: DataVersion) -> None:
    connection.execute(
        sa.insert(data_versions).values(
            id=version.id, created_at=version.created_at.isoformat(), load_id=version.load_id, note=version.note
        )
    )
    for table, delta_version in version.tables.items():
        connection.execute(
            sa.insert(data_version_tables).values(
                version_id=version.id, table_name=table, delta_version=delta_version, rows=version.rows[table]
            )
        )
