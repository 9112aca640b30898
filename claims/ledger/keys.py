"""The key that signs tree heads: a file outside the database, its public half a leaf in the ledger."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from claims.durable import make_folder, sync_file, sync_folders
from claims.language import N_
from claims.ledger.canonical import Json, encoded
from claims.ledger.errors import LedgerError
from claims.workspace import LEDGER_KEY_NAME, LEDGER_KEY_VARIABLE

_ID_LENGTH = 16  # hex digits of the SHA-256 of the public key


@dataclass(frozen=True)
class PublicKey:
    """A key that signed heads from leaf `since` on, until leaf `until` brought the next one (None: still does)."""

    id: str
    public: str  # 32 bytes in hex
    since: int
    until: int | None = None

    def signed(self, content: Json, signature: str) -> bool:
        """Say whether `signature` (hex) is this key's over the canonical JSON of `content`."""
        return signed(self.public, content, signature)


def key_path(connection: sa.Connection) -> Path | None:
    """Return where the private key lies: $RINGHOUND_LEDGER_KEY, else beside the SQLite file; None for a server."""
    given = os.environ.get(LEDGER_KEY_VARIABLE)
    if given:
        return Path(given)
    database = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not database or database == ":memory:":
        return None
    return Path(database).parent / LEDGER_KEY_NAME


def make_key(path: Path) -> Ed25519PrivateKey:
    """Make a key at `path`, for its owner's eyes only; FileExistsError where there is a file already."""
    key = Ed25519PrivateKey.generate()
    make_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(_pem(key))
    sync_file(path)
    sync_folders([path.parent])
    return key


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read the private key at `path`; LedgerError where it is missing or no Ed25519 key."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        message = N_("The key of the ledger in {path} cannot be read ({error}); bring it back from its backup.")
        raise LedgerError(message, path=path, error=error) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerError(N_("The key of the ledger in {path} is no Ed25519 key."), path=path)
    return key


def public_of(key: Ed25519PrivateKey) -> str:
    """Return the public half in hex."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return key.public_key().public_bytes(*raw).hex()


def id_of(public: str) -> str:
    """Return the name of a public key: the beginning of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:_ID_LENGTH]


def sign(key: Ed25519PrivateKey, content: Json) -> str:
    """Sign the canonical JSON of `content`; hex."""
    return key.sign(encoded(content)).hex()


def signed(public: str, content: Json, signature: str) -> bool:
    """Say whether `signature` is that of the key `public` (both hex) over the canonical JSON of `content`."""
    try:
        Ed25519PublicKey.from_public_bytes(strict_hex(public)).verify(strict_hex(signature), encoded(content))
    except (InvalidSignature, ValueError):
        return False
    return True


def strict_hex(text: str) -> bytes:
    """Read small hex digits; ValueError for any other way of writing the same bytes."""
    found = bytes.fromhex(text)
    if found.hex() != text:
        raise ValueError(text)
    return found


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
