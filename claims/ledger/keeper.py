"""The ledger of a workspace: opened, brought up to date, handed to witnesses, checked."""

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from claims.audit import system_user
from claims.catalog import Catalog
from claims.database import engine_of, reading, writing
from claims.durable import make_folder, store_errors
from claims.language import N_
from claims.ledger import loads, log
from claims.ledger.errors import LedgerError
from claims.ledger.heads import Head, newest_head
from claims.ledger.keys import id_of, key_path, make_key, public_of, read_key
from claims.ledger.leaves import Kind, entries
from claims.ledger.schema import leaves
from claims.ledger.verify import Problem, Report, verify
from claims.ledger.witness import drop, read_heads
from claims.workspace import Workspace, database_of, section_of

SETTINGS = "ringhound.yaml"
OLD_AUDIT = "audit.db"
_OLD_ENTRIES = "SELECT at, user, act, subject, reason, details, id, hash FROM entries ORDER BY id"
_KEYS = {"hash", "drop"}
_OLD_KINDS = {"reveal": Kind.REVEAL, "export": Kind.EXPORT}


@dataclass(frozen=True)
class Keeper:
    """The ledger of `workspace`."""

    workspace: Workspace

    @property
    def drop_folder(self) -> Path | None:
        """Where new heads are laid for witnesses (`ledger: {drop: FOLDER}` in the settings), None for nowhere."""
        given = self._settings().get("drop")
        return None if given is None else self.workspace.root / str(given)

    def keep(self) -> Head | None:
        """Enter what waits (loads, changed settings, entries of older versions) and hand the newest head out."""
        algorithm = self._settings().get("hash")
        make_folder(self.workspace.root)
        if self.workspace.catalog.exists():
            Catalog.create(self.workspace.catalog)  # an older one gets its outbox
        with writing(engine_of(database_of(self.workspace))) as connection:
            log.ensure(connection, None if algorithm is None else str(algorithm))
            log.seal(connection)
            log.vouch(connection)
            _import_audit(connection, self.workspace.old_audit)
            loads.take_over(connection, self.workspace.catalog)
            self._note_settings(connection)
            head = newest_head(connection)
        if head is not None and self.drop_folder is not None:
            drop(self.drop_folder, head)
        return head

    def check(self, witnesses: Sequence[Path] = (), trusted: Collection[str] = ()) -> Report:
        """Check everything without writing: ledger, rows, key, loads, and heads of witnesses and the drop folder."""
        places = [*witnesses, *([self.drop_folder] if self.drop_folder and self.drop_folder.is_dir() else ())]
        heads = read_heads(places)
        with self.opened() as connection:
            report = verify(connection, heads, trusted)
            if not report.size:
                return report
            more = [*_key_problems(connection), *loads.problems(connection, self.workspace.catalog)]
        return replace(report, problems=(*report.problems, *more))

    @contextmanager
    def opened(self) -> Iterator[sa.Connection]:
        """Open the ledger to read; LedgerError where there is none."""
        place = database_of(self.workspace)
        if isinstance(place, Path) and not place.exists():
            raise LedgerError(N_("There is no ledger in {workspace} yet."), workspace=self.workspace.root)
        with reading(engine_of(place)) as connection:
            yield connection

    def rotate(self, *, reason: str, lost: bool = False) -> Head:
        """Put a new key in force, signed by the old one unless that is `lost`; the old one is overwritten."""
        with writing(engine_of(database_of(self.workspace))) as connection:
            log.ensure(connection)
            path = log.key_place(connection)
            before = None if lost else log.key_in_force(connection)
            fresh = log.successor(path)
            with store_errors(path.parent):
                fresh.unlink(missing_ok=True)  # of a rotation that never came to its end
                key = make_key(fresh)
            head = log.enter_key(connection, key, actor=system_user(), reason=reason, before=before)
        fresh.replace(path)
        return head

    def _settings(self) -> dict[str, object]:
        given = dict(section_of(self.workspace, "ledger"))
        unknown = sorted(set(given) - _KEYS)
        if unknown:
            message = N_("{path}: there is no setting {name}; there are {known}.")
            raise LedgerError(message, path=self.workspace.settings, name=unknown[0], known=", ".join(sorted(_KEYS)))
        return given

    def _note_settings(self, connection: sa.Connection) -> None:
        path = self.workspace.settings
        now = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
        said = [e.leaf.body.get("sha256") for e in entries(connection, leaves.c.subject == SETTINGS)]
        if now != (said[-1] if said else ""):
            log.append(connection, Kind.SETTING, SETTINGS, actor=system_user(), body={"sha256": now})


def _key_problems(connection: sa.Connection) -> Iterator[Problem]:
    """Whether the private key at hand is the one in force: whoever rewrote the ledger had to bring another."""
    path, known = key_path(connection), log.public_keys(connection)
    if path is None or not path.exists() or not known:
        return
    try:
        held = id_of(public_of(read_key(path)))
    except LedgerError as error:
        yield Problem(error.message, error.values)
        return
    if held != known[-1].id and not log.successor(path).exists():
        message = N_("The ledger is signed by key {key}, but the key in {path} is {held}.")
        yield Problem(message, {"key": known[-1].id, "path": path, "held": held})


def _import_audit(connection: sa.Connection, path: Path) -> None:
    """Enter the audit entries of a version that kept them in a file of their own, once."""
    if not path.exists() or any(entries(connection, leaves.c.subject == OLD_AUDIT, limit=1)):
        return
    with store_errors(path), closing(sqlite3.connect(path)) as old:
        rows = old.execute(_OLD_ENTRIES).fetchall()
    for at, user, act, subject, reason, details, number, digest in rows:
        body = {"details": details, "hash": digest, "imported": number}
        kind, then = _OLD_KINDS[act], datetime.fromisoformat(at)
        log.append(connection, kind, subject, actor=user, reason=reason, body=body, at=then)
    log.append(connection, Kind.FILE, OLD_AUDIT, actor=system_user(), body={"entries": len(rows)})
