"""Signed tree heads: one hash that stands for the whole ledger at a moment, and whose key it was."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Self

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from claims.language import N_
from claims.ledger.canonical import Json
from claims.ledger.errors import LedgerError
from claims.ledger.keys import id_of, public_of, sign
from claims.ledger.leaves import moment, tree
from claims.ledger.schema import heads, there
from claims.ledger.tree import Hasher

_TEXTS = ("algorithm", "at", "key", "root", "signature")


@dataclass(frozen=True)
class Head:
    """The root of the first `size` leaves, signed; hashes and signature in hex, `key` is the id of the public key."""

    algorithm: str
    at: str
    key: str
    root: str
    size: int
    signature: str = ""

    def as_json(self) -> Mapping[str, Json]:
        """Return the head as JSON values."""
        return asdict(self)

    def content(self) -> Mapping[str, Json]:
        """Return what is signed: everything but the signature."""
        return {name: value for name, value in asdict(self).items() if name != "signature"}

    @classmethod
    def of_json(cls, given: object) -> Self:
        """Read a head; LedgerError where it is not one."""
        if not isinstance(given, dict) or set(given) != {*_TEXTS, "size"}:
            raise LedgerError(N_("This is not the head of a ledger."))
        size, texts = given["size"], [given[name] for name in _TEXTS]
        if isinstance(size, bool) or not isinstance(size, int) or not all(isinstance(text, str) for text in texts):
            raise LedgerError(N_("This is not the head of a ledger."))
        return cls(**given)


def write_head(connection: sa.Connection, hasher: Hasher, size: int, key: Ed25519PrivateKey) -> Head:
    """Sign the first `size` leaves and keep the head."""
    root = tree(connection, hasher, size).root().hex()
    head = Head(hasher.algorithm, moment(datetime.now(UTC)), id_of(public_of(key)), root, size)
    head = replace(head, signature=sign(key, head.content()))
    connection.execute(sa.insert(heads).values(**head.as_json()))
    return head


def heads_of(connection: sa.Connection) -> Iterator[Head]:
    """Yield every head, oldest first."""
    if there(connection):
        for row in connection.execute(sa.select(heads).order_by(heads.c.size)):
            yield Head(**row._mapping)


def newest_head(connection: sa.Connection, size: int | None = None) -> Head | None:
    """Return the newest head (of exactly `size` leaves, where given), None where there is none."""
    if not there(connection):
        return None
    query = sa.select(heads).order_by(heads.c.size.desc()).limit(1)
    row = connection.execute(query if size is None else query.where(heads.c.size == size)).one_or_none()
    return None if row is None else Head(**row._mapping)
