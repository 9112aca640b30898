"""What the ledger gives a package: keys, a signed head, leaves about run, decisions and case, the signature."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cases.codec import canonical
from cases.exports.package.pseudonyms import Pseudonyms
from cases.exports.package.writing import json_file, sealed_file
from claims.language import N_
from claims.ledger import Entry, Kind, LedgerError, ensure, entries, prove, prove_growth, public_keys, seal
from claims.ledger.canonical import Json
from claims.ledger.keys import id_of, key_path, public_of, read_key, sign
from claims.ledger.schema import leaves

ABOUT = "ringhound-package"
KINDS = (Kind.RUN, Kind.FINDING, Kind.RING_DECISION, Kind.CASE, Kind.REVIEW, Kind.APPEAL, Kind.REFERRAL)


@dataclass(frozen=True)
class Proofs:
    """Files of the ledger inside a package, the size of the head they rest on, and how many leaves they prove."""

    files: Mapping[str, bytes]
    size: int
    key: str
    leaves: int


def proofs_of(connection: sa.Connection, ring: str, case: str, run: int, names: Pseudonyms) -> Proofs:
    """Prove what the ledger holds about a ring; LedgerError where no key can sign.

    A leaf that names people in clear goes along as its hash only: the proof holds all the same.
    """
    ensure(connection)
    _key_file(connection)
    head = seal(connection)
    if head is None:
        raise LedgerError(N_("The ledger has no signed head."))
    subjects = [name for name in (ring, case) if name]
    about = leaves.c.subject.in_(subjects) & leaves.c.kind.in_([kind.value for kind in KINDS])
    ran = (leaves.c.kind == Kind.RUN.value) & leaves.c.subject.in_([str(run), f"run:{run}"])
    found = [entry for entry in entries(connection, about | ran) if entry.index < head.size]
    proofs = [_proof(connection, entry, head.size, names) for entry in found]
    keys = [{"id": key.id, "public": key.public, "since": key.since, "until": key.until}
            for key in public_keys(connection)]  # fmt: skip
    files = {
        "ledger/keys.json": json_file(keys),
        "ledger/head.json": json_file(head.as_json()),
        "ledger/proofs.json": json_file(proofs),
    }
    return Proofs(files, head.size, head.key, len(proofs))


def signature_file(connection: sa.Connection, manifest: bytes) -> bytes:
    """Sign a manifest with the ledger's key."""
    key = read_key(_key_file(connection))
    digest = hashlib.sha256(manifest).hexdigest()
    said: Mapping[str, Json] = {"about": ABOUT, "manifest": digest}
    signed = {"algorithm": "Ed25519", "key": id_of(public_of(key)), "signature": sign(key, said)}
    return sealed_file({**said, **signed})


def export_file(connection: sa.Connection, leaf: int, earlier: int) -> bytes:
    """Prove the leaf about a package, and that the ledger grew out of the head inside it."""
    proof = prove(connection, leaf)
    grown = prove_growth(connection, earlier, proof.head.size)
    return sealed_file({**proof.as_json(), "consistency": list(grown)})


def _proof(connection: sa.Connection, entry: Entry, size: int, names: Pseudonyms) -> Json:
    proof = prove(connection, entry.index, size)
    leaf = proof.leaf.as_json()
    text = canonical(leaf)
    shown = leaf if names.text(text) == text else None
    return {
        "index": entry.index,
        "kind": proof.leaf.kind,
        "subject": proof.leaf.subject,
        "at": proof.leaf.at,
        "leaf": shown,
        "leaf_hash": entry.hash,
        "path": list(proof.path),
    }


def _key_file(connection: sa.Connection) -> Path:
    path = key_path(connection)
    if path is None:
        message = N_("A package is signed with the ledger's key; name its file in $RINGHOUND_LEDGER_KEY.")
        raise LedgerError(message)
    return path
