"""Appending to the ledger, and proving what it holds."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from claims.errors import NotFoundError
from claims.language import N_
from claims.ledger import schema
from claims.ledger.bundles import Bundle
from claims.ledger.canonical import Json, plain, storable
from claims.ledger.errors import LedgerError
from claims.ledger.heads import Head, newest_head, write_head
from claims.ledger.keys import PublicKey, id_of, key_path, make_key, public_of, read_key, sign
from claims.ledger.leaves import Kind, Leaf, entries, entry, moment, put, size_of, tree
from claims.ledger.proofs import includes
from claims.ledger.rows import FIRST, MIRRORS, Mirror, adopted, tables_in
from claims.ledger.schema import leaves
from claims.ledger.tree import ALGORITHMS, Hasher
from claims.workspace import LEDGER_KEY_VARIABLE

HASH_VARIABLE = "RINGHOUND_LEDGER_HASH"
FORM = 1  # of leaves, heads and proofs
TABLES = "tables"  # subject of the leaf that begins to vouch for further tables
OWN_NAME = "ringhound"  # who enters what nobody did


@dataclass(frozen=True)
class Inclusion:
    """The proof that a leaf is part of the ledger a signed head stands for."""

    index: int
    leaf: Leaf
    path: tuple[str, ...]
    head: Head

    def as_json(self) -> Mapping[str, Json]:
        """Return the proof as JSON values: what a receiver checks without us."""
        return {
            "index": self.index,
            "leaf": self.leaf.as_json(),
            "path": list(self.path),
            "head": self.head.as_json(),
        }

    def holds(self) -> bool:
        """Say whether the path leads from the leaf to the root of the head; the signature is another question."""
        hasher = Hasher(self.head.algorithm)
        path = [bytes.fromhex(step) for step in self.path]
        root = bytes.fromhex(self.head.root)
        return includes(hasher, hasher.leaf(self.leaf.content()), self.index, self.head.size, path, root)


def append(
    connection: sa.Connection,
    kind: Kind,
    subject: str,
    *,
    actor: str,
    reason: str = "",
    body: Mapping[str, Json] | None = None,
    at: datetime | None = None,
) -> int:
    """Write one leaf inside the open write transaction of `connection`; returns its index.

    The leaf is there when, and only when, the transaction commits. Where the private key can be
    found the new head is signed too; `at` is the moment of the act (now). LedgerError where the
    key is missing or not this ledger's: what cannot be recorded must not take place.
    """
    ensure(connection)
    key = _key(connection)
    index = _put(connection, kind, subject, actor, reason, body or {}, at)
    if key is not None:
        write_head(connection, hasher_of(connection), index + 1, key)
    return index


def ensure(connection: sa.Connection, algorithm: str | None = None) -> None:
    """Make the ledger where it is missing; `algorithm` (else $RINGHOUND_LEDGER_HASH, else sha256) holds for good."""
    schema.alone(connection)
    if schema.there(connection):
        return
    chosen = Hasher(algorithm or os.environ.get(HASH_VARIABLE) or ALGORITHMS[0])
    schema.make(connection)
    body: Mapping[str, Json] = {
        "algorithm": chosen.algorithm,
        "form": FORM,
        "id": secrets.token_hex(16),
        **_vouched(MIRRORS),
    }
    leaf = Leaf(OWN_NAME, moment(datetime.now(UTC)), body, Kind.LEDGER.value, "", "ledger")
    put(connection, chosen, 0, leaf)
    for kind, said in adopted(connection):
        _put(connection, kind, f"{said['table']}:{said['row']}", OWN_NAME, "", said, None)


def vouch(connection: sa.Connection) -> None:
    """Begin to vouch for tables that a ledger of an older version knew nothing of, with their rows as they stand."""
    said = entries(connection, leaves.c.kind.in_((Kind.LEDGER.value, Kind.SETTING.value)))
    known = frozenset(table for entry in said for table in tables_in(entry.leaf))
    new = [mirror for mirror in MIRRORS if mirror not in FIRST and mirror.table not in known]
    if not new:
        return
    for kind, row in adopted(connection, [mirror.table for mirror in new]):
        append(connection, kind, f"{row['table']}:{row['row']}", actor=OWN_NAME, body=row)
    append(connection, Kind.SETTING, TABLES, actor=OWN_NAME, body=_vouched(new))


def _vouched(mirrors: Sequence[Mirror | Bundle]) -> Mapping[str, Json]:
    return {"tables": sorted(mirror.table for mirror in mirrors)}


def seal(connection: sa.Connection) -> Head | None:
    """Enter the first key where it can be found and nothing is signed yet; returns the newest head, if any."""
    ensure(connection)
    _key(connection)
    return newest_head(connection)


def hasher_of(connection: sa.Connection) -> Hasher:
    """Return the hash of this ledger, as its first leaf says."""
    return Hasher(str(entry(connection, 0).leaf.body.get("algorithm")))


def public_keys(connection: sa.Connection) -> Sequence[PublicKey]:
    """Return the keys that signed heads, oldest first, each with the leaves between which it was in force."""
    found = list(entries(connection, leaves.c.kind == Kind.KEY.value))
    ends: list[int | None] = [later.index for later in found[1:]]
    return [
        PublicKey(str(key.leaf.body.get("key")), str(key.leaf.body.get("public")), key.index, end)
        for key, end in zip(found, [*ends, None], strict=False)
    ]


def prove(connection: sa.Connection, index: int, size: int | None = None) -> Inclusion:
    """Prove that leaf `index` is in the ledger of `size` leaves (the newest signed); NotFoundError without a head."""
    leaf = entry(connection, index).leaf
    head = newest_head(connection, size)
    if head is None or head.size <= index:
        raise NotFoundError(
            N_("No signed head covers entry {index} yet; ringhound ledger head makes one."), index=index
        )
    path = tree(connection, hasher_of(connection), head.size).inclusion(index)
    return Inclusion(index, leaf, tuple(step.hex() for step in path), head)


def prove_growth(connection: sa.Connection, earlier: int, size: int) -> tuple[str, ...]:
    """Return the hashes (hex) that show that the ledger of `size` leaves begins with the `earlier` ones unchanged."""
    return tuple(step.hex() for step in tree(connection, hasher_of(connection), size).consistency(earlier))


def _put(
    connection: sa.Connection,
    kind: Kind,
    subject: str,
    actor: str,
    reason: str,
    body: Mapping[str, Json],
    at: datetime | None,
) -> int:
    kept = plain(body)
    if not isinstance(kept, dict):
        raise TypeError(type(body).__name__)
    leaf = Leaf(storable(actor), moment(at or datetime.now(UTC)), kept, kind.value, storable(reason), storable(subject))
    index = size_of(connection)
    put(connection, hasher_of(connection), index, leaf)
    return index


def _key(connection: sa.Connection) -> Ed25519PrivateKey | None:
    """Return the key in force; the first one is made and entered. None where none is yet and no place is known for one.

    Once a key is entered nothing is written without its signature, so that a head that is missing shows.
    """
    nowhere = key_path(connection) is None
    return None if nowhere and not public_keys(connection) else key_in_force(connection)


def _first(connection: sa.Connection, path: Path) -> Ed25519PrivateKey:
    key = read_key(path) if path.exists() else make_key(path)
    enter_key(connection, key)
    return key


def key_in_force(connection: sa.Connection) -> Ed25519PrivateKey:
    """Return the private key in force, making the first one; LedgerError where its place is not known."""
    path, known = key_place(connection), public_keys(connection)
    return _fitting(path, known[-1].id) if known else _first(connection, path)


def key_place(connection: sa.Connection) -> Path:
    """Return where the private key lies; LedgerError where nobody said so."""
    path = key_path(connection)
    if path is None:
        raise LedgerError(N_("Say where the key of the ledger is: set {name}."), name=LEDGER_KEY_VARIABLE)
    return path


def successor(path: Path) -> Path:
    """Return where a new key waits until the ledger has entered it."""
    return path.with_name(f"{path.name}.new")


def _fitting(path: Path, id_: str) -> Ed25519PrivateKey:
    """Return the key `id_` from `path`; a rotation that was killed after its entry is finished."""
    fresh = successor(path)
    if fresh.exists() and id_of(public_of(read_key(fresh))) == id_:
        fresh.replace(path)
    key = read_key(path)
    if id_of(public_of(key)) != id_:
        message = N_("The key in {path} is not the one in force in the ledger ({key}); bring it back from its backup.")
        raise LedgerError(message, path=path, key=id_)
    return key


def enter_key(
    connection: sa.Connection,
    key: Ed25519PrivateKey,
    *,
    actor: str = OWN_NAME,
    reason: str = "",
    before: Ed25519PrivateKey | None = None,
) -> Head:
    """Enter a public key, signed by the one before it, and a head of its own: it signs from its own leaf on."""
    public = public_of(key)
    claim = key_claim(connection, public)
    body = {**claim, "signature": sign(before, claim) if before else ""}
    index = _put(connection, Kind.KEY, f"key:{id_of(public)}", actor, reason, body, None)
    return write_head(connection, hasher_of(connection), index + 1, key)


def key_claim(connection: sa.Connection, public: str) -> Mapping[str, Json]:
    """Return what the old key signs when a new one takes over in this ledger."""
    return {"key": id_of(public), "ledger": entry(connection, 0).leaf.body.get("id"), "public": public}
