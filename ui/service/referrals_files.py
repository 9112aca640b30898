"""The files of a referral, handed out once each: the ledger holds who took one before anybody has it."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cases.exports.package import book
from cases.exports.package.book import State
from cases.exports.referrals import Referral
from cases.schema import reading, writing
from claims.audit import checked_reason
from claims.durable import store_errors
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.ledger import Kind, append, entries
from claims.ledger.canonical import Json
from claims.ledger.schema import leaves
from claims.workspace import Workspace

FOLDER = "referrals"  # of the workspace: where packages and letters lie until they are handed out


class TakenError(RinghoundError):
    """The file was handed out already; another reason is needed to do so again."""

    exit_code = 2


@dataclass(frozen=True)
class Taken:
    """Who took a file, when (UTC, ISO 8601), why."""

    actor: str
    at: str
    reason: str


@dataclass(frozen=True)
class Parcel:
    """A file that can be handed out; `secret` is the key table, which goes apart from the package."""

    name: str
    size: int
    secret: bool
    taken: tuple[Taken, ...]


@dataclass(frozen=True)
class Files:
    """Files of referrals in `workspace`; the case database is behind `engine`."""

    workspace: Workspace
    engine: sa.Engine

    def of(self, referral: Referral) -> Sequence[Parcel]:
        """Return what of a referral lies here."""
        taken = self._taken(referral.id)
        return [
            Parcel(name, size, name.endswith(".age"), tuple(taken.get(name, ())))
            for name, size in self._sizes(referral)
        ]

    def take(self, referral: Referral, name: str, actor: str, again: str) -> bytes:
        """Return a file once the ledger holds who took it; TakenError where it was taken and no new reason is given."""
        content = self._content(referral, name)
        subject = subject_of(referral.id)
        body: dict[str, Json] = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "ring": referral.ring}
        with writing(self.engine) as connection:
            before = any(leaf == name for leaf, _taken in _exports(connection, referral.id))
            if before and not again.strip():
                raise TakenError(N_("{name} was handed out already. Say why it is needed again."), name=name)
            reason = checked_reason(again) if before else referral.reason
            append(connection, Kind.EXPORT, subject, actor=actor, reason=reason, body=body)
        return content

    def _sizes(self, referral: Referral) -> Iterator[tuple[str, int]]:
        if any(name.endswith(".zip") for name in referral.files):
            for name in sorted(referral.files, key=lambda name: name.endswith(".age")):
                if path := self._packaged(name):
                    yield name, path.stat().st_size
        elif folder := self._lettered(referral):
            yield _zip_name(referral), sum(path.stat().st_size for path in folder.iterdir())

    def _content(self, referral: Referral, name: str) -> bytes:
        path = self._packaged(name) if name in referral.files else None
        if path is not None:
            with store_errors(path):
                content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != referral.files[name]:
                raise NotFoundError(N_("{name} was changed since it was made and is not handed out."), name=name)
            return content
        folder = self._lettered(referral)
        if folder is None or name != _zip_name(referral):
            raise NotFoundError(N_("{name} does not lie here any more."), name=name)
        return _zipped(folder, referral.files)

    def _packaged(self, name: str) -> Path | None:
        """Where a package's file lies: beside the package, which the book names."""
        with reading(self.engine) as connection:
            placed = book.read(connection, book.packages.c.state == State.PLACED.value)
        for package in placed:
            for path in (package.errand.zip, package.errand.key_table):
                if path.name == name and path.is_file():
                    return path
        return None

    def _lettered(self, referral: Referral) -> Path | None:
        """The folder of letters whose files are those the book names."""
        name = f"{referral.ring}-{referral.destination.partition(':')[0]}"
        for folder in sorted((self.workspace.root / FOLDER).glob(f"*/{name}")):
            if _digests(folder) == dict(referral.files):
                return folder
        return None

    def _taken(self, number: int) -> Mapping[str, list[Taken]]:
        found: dict[str, list[Taken]] = {}
        with reading(self.engine) as connection:
            for name, taken in _exports(connection, number):
                found.setdefault(name, []).append(taken)
        return found


def subject_of(number: int) -> str:
    """How the ledger calls a referral."""
    return f"referral:{number}"


def _exports(connection: sa.Connection, number: int) -> Iterator[tuple[str, Taken]]:
    ours = leaves.c.subject == subject_of(number), leaves.c.kind == Kind.EXPORT.value
    for entry in entries(connection, *ours):
        yield str(entry.leaf.body.get("file")), Taken(entry.leaf.actor, entry.leaf.at, entry.leaf.reason)


def _zip_name(referral: Referral) -> str:
    return f"{referral.ring}-{referral.destination.partition(':')[0]}-{referral.id}.zip"


def _zipped(folder: Path, files: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with store_errors(folder), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(name, (folder / name).read_bytes())
    return stream.getvalue()


def _digests(folder: Path) -> Mapping[str, str]:
    with store_errors(folder):
        return {path.name: digest_of(path) for path in folder.iterdir()}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
