"""Rows that stand beside the ledger: a leaf carries their digest, so that a row changed later shows.

The tables belong to packages above this one, so they are named here and read as they are found.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from claims.ledger.bundles import BUNDLES, Bundle
from claims.ledger.canonical import Json, encoded
from claims.ledger.leaves import Kind, Leaf
from claims.ledger.plain import plain_value

RowId = str
Digests = Mapping[RowId, str]


@dataclass(frozen=True)
class Mirror:
    """A table whose rows the ledger vouches for; the first of `columns` is its key, others may change freely."""

    table: str
    columns: tuple[str, ...]
    kind: Kind

    def digests(self, connection: sa.Connection, row: object = None) -> Digests:
        """Return the digest of every row (or of the one with key `row`), none where the table is missing."""
        if not sa.inspect(connection).has_table(self.table):
            return {}
        columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in self.columns]
        query = sa.select(*columns).select_from(sa.table(self.table))
        rows = connection.execute(query if row is None else query.where(columns[0] == row))
        return {str(found[0]): _digest(dict(zip(self.columns, map(plain_value, found), strict=True))) for found in rows}


_DECISION = ("id", "ring_id", "verdict", "owner", "reason", "at", "until", "members", "features")
_WEIGHTS = ("version", "bias", "values", "report", "accepted_by", "accepted_at")
_ACCOUNT = ("name", "password", "issuer", "subject", "created_at", "disabled_at")
DECISIONS = Mirror("decisions", _DECISION, Kind.RING_DECISION)
WEIGHTS = Mirror("weights", _WEIGHTS, Kind.SETTING)
ACCOUNTS = Mirror("accounts", _ACCOUNT, Kind.RIGHTS)
FIRST = (DECISIONS, WEIGHTS, ACCOUNTS)  # vouched for by every ledger, whatever its first leaf says
MIRRORS: tuple[Mirror | Bundle, ...] = (*FIRST, *BUNDLES)
_RIGHTS = ("account_roles", "role"), ("account_regions", "region")


def mark(mirror: Mirror | Bundle, connection: sa.Connection, row: object) -> Mapping[str, Json]:
    """Return what a leaf says of one row as it stands in this transaction."""
    digest = digests_of(mirror, connection, row)[str(row)]
    return {"digest": digest, "row": str(row), "table": mirror.table}


def digests_of(mirror: Mirror | Bundle, connection: sa.Connection, row: object = None) -> Digests:
    """Return the digest of every row (or of one); that of an account covers its roles and regions."""
    found = mirror.digests(connection, row)
    if mirror is not ACCOUNTS:
        return found
    rights = _rights(connection) if found else {}
    return {name: _digest([digest, sorted(rights.get(name, ()))]) for name, digest in found.items()}


def marks_in(body: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    """Return what a leaf says of several rows."""
    marks = body.get("marks")
    return [said for said in marks if isinstance(said, Mapping)] if isinstance(marks, Sequence) else []


def tables_in(leaf: Leaf) -> frozenset[str]:
    """Return the tables that a leaf begins to vouch for."""
    tables = leaf.body.get("tables") if leaf.kind in (Kind.LEDGER.value, Kind.SETTING.value) else None
    return frozenset(map(str, tables)) if isinstance(tables, Sequence) else frozenset()


def adopted(
    connection: sa.Connection, tables: Collection[str] | None = None
) -> Iterator[tuple[Kind, Mapping[str, Json]]]:
    """Yield what leaves say of rows that were there before the ledger vouched for their tables (all, or `tables`)."""
    for mirror in (mirror for mirror in MIRRORS if tables is None or mirror.table in tables):
        for row, digest in sorted(digests_of(mirror, connection).items()):
            yield mirror.kind, {"adopted": True, "digest": digest, "row": row, "table": mirror.table}


def differences(
    connection: sa.Connection, said: Mapping[tuple[str, RowId], str], tables: Collection[str]
) -> Iterator[tuple[Mirror | Bundle, str, str]]:
    """Yield mirror, row and word (changed, unrecorded, missing) where rows are not what the leaves `said`.

    `tables` are those the ledger says it vouches for; an older ledger does so from the next load or run on.
    """
    for mirror in (mirror for mirror in MIRRORS if mirror in FIRST or mirror.table in tables):
        held = digests_of(mirror, connection)
        recorded = {row: digest for (table, row), digest in said.items() if table == mirror.table}
        for row in sorted({*held, *recorded}):
            if row not in recorded:
                yield mirror, row, "unrecorded"
            elif row not in held:
                yield mirror, row, "missing"
            elif held[row] != recorded[row]:
                yield mirror, row, "changed"


def _rights(connection: sa.Connection) -> Mapping[RowId, list[str]]:
    found: dict[RowId, list[str]] = {}
    for name, column in _RIGHTS:
        table = sa.table(name, sa.column("account"), sa.column(column))
        for account, value in connection.execute(sa.select(table.c.account, table.c[column])):
            found.setdefault(account, []).append(f"{column}:{value}")
    return MappingProxyType(found)


def _digest(value: Json) -> str:
    return hashlib.sha256(encoded(value)).hexdigest()
