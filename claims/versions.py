"""What a data version is: the version of every table, named together and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True)
class DataVersion:
    """One acknowledged state of all tables.

    `tables` names the Delta version of every table there is; `rows` counts their gross rows.
    `created_at` carries its zone (UTC). `vacuumed_at` is set once its files may be gone: such a
    version is history and can no longer be opened.
    """

    id: int
    created_at: datetime
    tables: Mapping[str, int]
    load_id: int | None
    note: str
    rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    vacuumed_at: datetime | None = None


@dataclass(frozen=True)
class Load:
    """One load that ended; `version` is None where it changed nothing. `report` is its load report."""

    id: int
    started_at: datetime
    finished_at: datetime
    note: str
    report: Mapping[str, object]
    version: int | None


@dataclass(frozen=True)
class SourceFile:
    """A file that was loaded: rows point to it by `id` (`source_file`)."""

    id: int
    load_id: int
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Pin:
    """Something (a run, a ring, a referral) that rests on a data version and so keeps it."""

    kind: str
    ref: str
    version: int
    created_at: datetime
