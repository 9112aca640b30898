"""Packages that left, or were about to: one row each in the case database.

A package is *begun* before its first byte is written, *entered* in the transaction that puts its leaf
into the ledger, *placed* once folder, zip and key table stand where they belong. The table makes
itself where it is missing, as the ledger's do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa

metadata = sa.MetaData()
packages = sa.Table(
    "packages",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("ring", sa.Text, nullable=False, index=True),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("out", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("manifest", sa.Text, nullable=False),  # SHA-256 of manifest.json; empty until entered
    sa.Column("leaf", sa.BigInteger),
    sa.Column("earlier", sa.BigInteger),  # size of the ledger the proofs inside the package rest on
)


class State(StrEnum):
    """How far a package got."""

    BEGUN = "begun"
    ENTERED = "entered"
    PLACED = "placed"
    WITHDRAWN = "withdrawn"  # entered, but its files were gone: a second leaf says so


@dataclass(frozen=True)
class Errand:
    """Which package goes where, who takes it out and why; `at` is UTC."""

    name: str
    ring: str
    case: str
    recipient: str
    actor: str
    reason: str
    at: datetime
    out: Path

    @property
    def folder(self) -> Path:
        """Where the package stands once it is placed."""
        return self.out / self.name

    @property
    def zip(self) -> Path:
        """The same as one file."""
        return self.out / f"{self.name}.zip"

    @property
    def key_table(self) -> Path:
        """The encrypted key table, apart from the package."""
        return self.out / f"{self.name}.keytable.csv.age"

    @property
    def staging(self) -> Path:
        """Work in progress; whoever finds a row that is not placed knows it by name."""
        return self.out / f".{self.name}.part"


@dataclass(frozen=True)
class Entered:
    """A row of the book."""

    errand: Errand
    state: State
    manifest: str
    leaf: int | None
    earlier: int | None


def begin(connection: sa.Connection, errand: Errand) -> None:
    """Write down that a package is being made."""
    metadata.create_all(connection)
    values = {
        "name": errand.name,
        "ring": errand.ring,
        "case_id": errand.case,
        "recipient": errand.recipient,
        "actor": errand.actor,
        "reason": errand.reason,
        "at": errand.at.isoformat(),
        "out": str(errand.out),
        "state": State.BEGUN.value,
        "manifest": "",
    }
    connection.execute(sa.insert(packages).values(values))


def change(connection: sa.Connection, name: str, state: State, **values: object) -> None:
    """Write how far a package got."""
    connection.execute(sa.update(packages).where(packages.c.name == name).values(state=state.value, **values))


def forget(connection: sa.Connection, name: str) -> None:
    """Take out a package of which nothing was ever seen."""
    connection.execute(sa.delete(packages).where(packages.c.name == name))


def unfinished(connection: sa.Connection) -> Sequence[Entered]:
    """Return packages a kill left behind, oldest first."""
    return read(connection, packages.c.state.in_([State.BEGUN.value, State.ENTERED.value]))


def read(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Sequence[Entered]:
    """Return rows, oldest first."""
    if not sa.inspect(connection).has_table(packages.name):
        return ()
    found = connection.execute(sa.select(packages).where(*conditions).order_by(packages.c.at, packages.c.name))
    return tuple(_entered(row) for row in found)


def _entered(row: sa.Row[*tuple[object, ...]]) -> Entered:
    given = row._mapping
    errand = Errand(
        name=given["name"],
        ring=given["ring"],
        case=given["case_id"],
        recipient=given["recipient"],
        actor=given["actor"],
        reason=given["reason"],
        at=datetime.fromisoformat(given["at"]),
        out=Path(given["out"]),
    )
    return Entered(errand, State(given["state"]), given["manifest"], given["leaf"], given["earlier"])
