"""Leaves: what the ledger says happened, who did it, when and why."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from claims.errors import NotFoundError
from claims.language import N_
from claims.ledger.canonical import Json, canonical, encoded
from claims.ledger.schema import leaves, nodes, there
from claims.ledger.tree import Hasher, Tree


class Kind(StrEnum):
    """What a leaf records."""

    LEDGER = "ledger"  # the first leaf: which hash, and a name by chance that tells two ledgers apart
    KEY = "key"  # a public key takes over
    LOAD = "load"
    RUN = "run"
    FINDING = "finding"  # a finding as it stood when somebody decided
    RING_DECISION = "ring_decision"
    CASE = "case"
    REVIEW = "review"
    REVEAL = "reveal"  # personal data shown unmasked
    VIEW = "view"  # a page with unmasked data opened again
    EXPORT = "export"  # a file left the workspace
    SETTING = "setting"
    RIGHTS = "rights"
    REFERRAL = "referral"
    APPEAL = "appeal"
    FILE = "file"


@dataclass(frozen=True)
class Leaf:
    """One entry; `body` is JSON without fractions, `at` UTC in ISO 8601 with microseconds."""

    actor: str
    at: str
    body: Mapping[str, Json]
    kind: str
    reason: str
    subject: str

    def as_json(self) -> Mapping[str, Json]:
        """Return what is hashed, as JSON values."""
        return {
            "actor": self.actor,
            "at": self.at,
            "body": self.body,
            "kind": self.kind,
            "reason": self.reason,
            "subject": self.subject,
        }

    def content(self) -> bytes:
        """Return what is hashed."""
        return encoded(self.as_json())


@dataclass(frozen=True)
class Entry:
    """A leaf and its place in the ledger, with the hash that stands beside it."""

    index: int
    leaf: Leaf
    hash: str


def moment(at: datetime) -> str:
    """Write a moment as leaves and heads carry it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def size_of(connection: sa.Connection) -> int:
    """Return the number of leaves, 0 where there is no ledger yet."""
    if not there(connection):
        return 0
    last: int | None = connection.scalar(sa.select(sa.func.max(leaves.c.number)))
    return 0 if last is None else last + 1


def entries(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> Iterator[Entry]:
    """Yield the entries that meet all `conditions` on the columns of `leaves`, oldest first."""
    if there(connection):
        for row in connection.execute(sa.select(leaves).where(*conditions).order_by(leaves.c.number).limit(limit)):
            yield entry_of(row)


def entry(connection: sa.Connection, index: int) -> Entry:
    """Return the entry at `index`; NotFoundError where there is none."""
    for found in entries(connection, leaves.c.number == index):
        return found
    raise NotFoundError(N_("The ledger has no entry {index}."), index=index)


def entry_of(row: sa.Row[*tuple[object, ...]]) -> Entry:
    """Read a row of `leaves`."""
    given = row._mapping
    leaf = Leaf(
        actor=given["actor"],
        at=given["at"],
        body=json.loads(given["body"]),
        kind=given["kind"],
        reason=given["reason"],
        subject=given["subject"],
    )
    return Entry(given["number"], leaf, given["hash"])


def put(connection: sa.Connection, hasher: Hasher, index: int, leaf: Leaf) -> None:
    """Write `leaf` at `index` and every subtree it completes: one more row per leaf in the long run."""
    digest = hasher.leaf(leaf.content())
    values = {**leaf.as_json(), "number": index, "body": canonical(leaf.body), "hash": digest.hex()}
    connection.execute(sa.insert(leaves).values(values))
    node, level = tree(connection, hasher, index).node, 0
    while index >> level & 1:
        position = index >> level
        digest = hasher.node(node(level, position - 1), digest)
        level += 1
        row = {"level": level, "position": position >> 1, "hash": digest.hex()}
        connection.execute(sa.insert(nodes).values(row))


def tree(connection: sa.Connection, hasher: Hasher, size: int) -> Tree:
    """Return the tree over the first `size` leaves, from the subtrees that are kept."""
    leaf = sa.select(leaves.c.hash).where(leaves.c.number == sa.bindparam("position"))
    above = sa.select(nodes.c.hash).where(
        nodes.c.level == sa.bindparam("level"), nodes.c.position == sa.bindparam("position")
    )

    def node(level: int, position: int) -> bytes:
        place = {"position": position} | ({"level": level} if level else {})
        found: str | None = connection.scalar(above if level else leaf, place)
        if found is None:
            message = N_(
                "The ledger lacks the hash at level {level}, place {position}; look with ringhound ledger verify."
            )
            raise NotFoundError(message, level=level, position=position)
        return bytes.fromhex(found)

    return Tree(hasher, node, size)
