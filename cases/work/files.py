"""Files of cases: kept by content outside any folder a server shows, whole or not at all.

The content goes to a draft beside the store, flushed; then, inside the transaction of the act, it
gets its name (its SHA-256) and its row. A kill before the commit leaves a draft or a nameless content,
both swept by the next act that holds the write transaction; rows never point to nothing.
"""

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

import sqlalchemy as sa

from cases.people import Actor
from cases.schema import reading
from cases.work.blind import hidden_from
from cases.work.book import CaseBook
from cases.work.file_kinds import kind_of
from cases.work.journal import Desk, Json
from cases.work.model import CaseError
from cases.work.rights import Right
from cases.work.tables import case_files
from claims.audit import checked_reason
from claims.durable import make_folder, store_errors, sync_folders
from claims.errors import NotFoundError, StoreError
from claims.language import N_
from claims.ledger import Kind
from claims.workspace import Workspace

FOLDER = "case_files"
DRAFT = ".draft-"
_DRAFT_SECONDS = 3600  # a draft older than this is nobody's any more
_LONGEST_NAME = 120


@dataclass(frozen=True)
class FileLine:
    """A file of a case; `name` is only a label, `kind` was told from the content, `size` is bytes."""

    id: int
    case: str
    name: str
    kind: str
    size: int
    sha256: str
    at: datetime
    added_by: str
    reason: str


@dataclass(frozen=True)
class CaseFiles:
    """The files of the cases in `book`, contents under `folder`."""

    book: CaseBook
    folder: Path

    @classmethod
    def of(cls, book: CaseBook, workspace: Workspace) -> "CaseFiles":
        """Return the files of a workspace."""
        return cls(book, workspace.root / FOLDER)

    def add(self, actor: Actor, case: str, name: str, content: bytes, reason: str) -> FileLine:
        """Attach a file; CaseError for what is too large or of a kind that is not taken."""
        digest = hashlib.sha256(content).hexdigest()
        draft: Path | None = None
        try:
            with self.book.journal.acting(actor, Right.WORK, "file", case) as desk, store_errors(self.folder):
                kind = self._checked(content)
                draft = self._drafted(content)
                self._sweep(desk, keep=draft)
                line = FileLine(0, case, label(name), kind, len(content), digest, desk.at, actor.name,
                                checked_reason(reason))  # fmt: skip
                number = _write(desk, line)
                self._place(draft, digest)
                details: dict[str, Json] = {"file": number, "sha256": digest, "kind": kind, "size": len(content)}
                desk.note(case, "file", line.reason, Kind.FILE, details)
                return FileLine(number, *list(vars(line).values())[1:])
        finally:
            if draft is not None:
                with contextlib.suppress(OSError):
                    draft.unlink()

    def lines(self, actor: Actor, case: str) -> tuple[FileLine, ...]:
        """Return the files of a case, oldest first; nothing while one reads it again."""
        self.book.get(actor, case)
        with reading(self.book.engine) as connection:
            if hidden_from(connection, actor.name, case):
                return ()
            return _lines(connection, case_files.c.case_id == case)

    def content(self, actor: Actor, case: str, file: int, reason: str) -> tuple[FileLine, bytes]:
        """Return a file as it was attached; the ledger keeps who took it out and why."""
        with self.book.journal.acting(actor, Right.SEE, "take_out_file", case) as desk:
            found = _lines(desk.connection, (case_files.c.case_id == case) & (case_files.c.id == file))
            if not found or hidden_from(desk.connection, actor.name, case):
                raise NotFoundError(N_("{case} has no file {file}."), case=case, file=file)
            content = self._read(found[0])
            desk.note(case, "take_out_file", checked_reason(reason), Kind.VIEW, {"file": file})
            return found[0], content

    def _checked(self, content: bytes) -> str:
        most = self.book.limits.largest_file
        if len(content) > most << 20:
            raise CaseError(N_("A file has up to {most} MiB."), most=most)
        return kind_of(content)

    def _drafted(self, content: bytes) -> Path:
        make_folder(self.folder)
        draft = self.folder / f"{DRAFT}{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return draft

    def _place(self, draft: Path, digest: str) -> None:
        draft.rename(self.folder / digest)
        sync_folders([self.folder])

    def _sweep(self, desk: Desk, keep: Path) -> None:
        """Remove what a kill left; nobody else can be about to name a content while this act holds the database."""
        known = set(desk.connection.scalars(sa.select(case_files.c.sha256)))
        now = desk.at.timestamp()
        for path in self.folder.iterdir():
            old = path.name.startswith(DRAFT) and path != keep and now - path.stat().st_mtime > _DRAFT_SECONDS
            if old or (not path.name.startswith(DRAFT) and path.name not in known):
                path.unlink()

    def _read(self, line: FileLine) -> bytes:
        try:
            content = (self.folder / line.sha256).read_bytes()
        except OSError as error:
            raise StoreError(N_("The content of file {file} cannot be read."), file=line.id) from error
        if hashlib.sha256(content).hexdigest() != line.sha256:
            raise StoreError(N_("The content of file {file} is not what was attached."), file=line.id)
        return content


def label(name: str) -> str:
    """Return a name without folders and signs that change how it reads."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(sign for sign in last if sign.isprintable() and not 0x202A <= ord(sign) <= 0x2069).strip(". ")
    return kept[-_LONGEST_NAME:] or "file"


def _write(desk: Desk, line: FileLine) -> int:
    values = {
        "case_id": line.case,
        "name": line.name,
        "kind": line.kind,
        "size": line.size,
        "sha256": line.sha256,
        "at": line.at.isoformat(),
        "added_by": line.added_by,
        "reason": line.reason,
    }
    return int(desk.connection.scalar(sa.insert(case_files).values(values).returning(case_files.c.id)) or 0)


def _lines(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> tuple[FileLine, ...]:
    query = sa.select(case_files).where(condition).order_by(case_files.c.id)
    return tuple(
        FileLine(r.id, r.case_id, r.name, r.kind, r.size, r.sha256, datetime.fromisoformat(r.at), r.added_by, r.reason)
        for r in connection.execute(query)
    )
