"""The table that leads back from pseudonyms to people: encrypted to the receiver, never inside the package.

The form is age (age-encryption.org/v1): to recipients' public keys, or by a password stretched with
scrypt. `age --decrypt` and every program of that form opens it. It ends with the key of the names, so
that its hash in the manifest tells nothing about what it holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage  # type: ignore[import-untyped]

from cases.exports.package.extract import Row
from cases.exports.package.pseudonyms import Pseudonyms
from cases.exports.package.writing import csv_file
from claims.errors import RinghoundError
from claims.language import N_
from graph.model import NodeType

SHORTEST_PASSWORD = 12
_HEADS = ("pseudonym", "kind", "value", "name", "certificate", "telephone", "address")


class SealError(RinghoundError):
    """The key table could not be encrypted to anybody; nothing was exported."""

    exit_code = 2


@dataclass(frozen=True)
class Seal:
    """To whom the key table is encrypted: age recipients (age1…), or a password."""

    recipients: tuple[str, ...] = ()
    password: str = ""

    def __post_init__(self) -> None:
        if bool(self.recipients) == bool(self.password):
            message = N_(
                "Say to whom the key table is encrypted: --recipient age1… or --password-file FILE, one of the two."
            )
            raise SealError(message)
        if self.password and len(self.password) < SHORTEST_PASSWORD:
            raise SealError(N_("The password needs at least {least} characters."), least=SHORTEST_PASSWORD)
        _recipients(self.recipients)

    @property
    def how(self) -> str:
        """How it is opened, for the manifest."""
        return "age recipients" if self.recipients else "age password (scrypt)"

    def encrypt(self, content: bytes) -> bytes:
        """Encrypt the key table."""
        if self.password:
            return bytes(pyrage.passphrase.encrypt(content, self.password))
        return bytes(pyrage.encrypt(content, _recipients(self.recipients)))


def seal_of(recipients: Iterable[str], password_file: Path | None) -> Seal:
    """Read to whom the key table goes; the password is the first line of its file."""
    password = ""
    if password_file is not None:
        try:
            password = (password_file.read_text("utf-8").splitlines() or [""])[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            message = N_("The password file {path} does not read: {error}")
            raise SealError(message, path=password_file, error=type(error).__name__) from error
        if not password:
            raise SealError(N_("The password file {path} is empty."), path=password_file)
    return Seal(tuple(text.strip() for text in recipients), password)


def key_table(names: Pseudonyms, people: Sequence[Row]) -> bytes:
    """The table as CSV: each pseudonym with the value it stands for, persons with what the register says."""
    known = {str(row["person"]): row for row in people}
    rows: list[Row] = []
    for (kind, value), name in sorted(names.given.items(), key=lambda item: item[1]):
        row = known.get(value, {}) if kind == NodeType.PERSON else {}
        more = {head: row.get(head) or "" for head in ("name", "certificate", "telephone", "address")}
        rows.append({"pseudonym": name, "kind": str(kind), "value": value, **more})
    last: Row = {**dict.fromkeys(_HEADS, ""), "pseudonym": "*", "kind": "key", "value": names.key.hex()}
    rows.append(last)
    return csv_file(_HEADS, rows)


def _recipients(given: Iterable[str]) -> list[pyrage.x25519.Recipient]:
    found = []
    for text in given:
        try:
            found.append(pyrage.x25519.Recipient.from_str(text))
        except pyrage.RecipientError as error:
            raise SealError(N_("{text} is no age recipient (age1…)."), text=text[:24]) from error
    return found
