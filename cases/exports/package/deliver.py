"""Putting a package in place so that a kill leaves neither half of one nor a leaf without one.

1. A row says that a package is begun. 2. Every file is written and flushed below a hidden folder
beside its place. 3. One transaction appends the leaf, which names the manifest's SHA-256, and marks
the row *entered*. 4. The proof of that leaf is added; key table, folder and zip are renamed into place.
5. The row is *placed*. Whoever calls next finishes what was entered, or withdraws it by a second leaf
where its files are gone; what was only begun is removed.
"""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from cases.exports.package import book
from cases.exports.package.assembly import Made, Parts, assembled
from cases.exports.package.book import Entered, Errand, State
from cases.exports.package.contents import Contents
from cases.exports.package.proofs import Proofs, export_file, proofs_of, signature_file
from cases.schema import reading, writing
from claims.durable import make_folder, store_errors, sync_file, sync_folders
from claims.errors import RinghoundError
from claims.language import N_
from claims.ledger import Kind, append
from claims.ledger.canonical import Json

_STAMP = (2020, 1, 1, 0, 0, 0)  # the zip says when nothing was made; the manifest does


class PlaceError(RinghoundError):
    """There is something at the place of the package already."""

    exit_code = 6


@dataclass(frozen=True)
class Left:
    """What became of a package a kill had left behind."""

    errand: Errand
    state: State | None  # None: removed, nothing of it had been seen


@dataclass(frozen=True)
class Delivered:
    """A package in place, with the index of its leaf and the number of leaves it proves beside."""

    errand: Errand
    files: tuple[str, ...]
    leaf: int
    key: str
    proofs: int


def deliver(
    engine: sa.Engine,
    errand: Errand,
    make: Callable[[Proofs], Parts],
    run: tuple[int, Contents],
) -> Delivered:
    """Make a package and put it in place; `make` adds documents and seal to the ledger's proofs."""
    with store_errors(errand.out):
        make_folder(errand.out)
        if errand.folder.exists():
            raise PlaceError(N_("{path} is there already."), path=errand.folder)
    with writing(engine) as connection:
        book.begin(connection, errand)
        proofs = proofs_of(connection, errand.ring, errand.case, run[0], run[1].names)
    try:
        made = assembled(make(proofs), errand)
        with reading(engine) as connection:
            signature = signature_file(connection, made.manifest)
        with store_errors(errand.out):
            _stage(errand, made, signature)
    except BaseException:
        _drop(engine, errand)
        raise
    leaf = _enter(engine, errand, made, proofs.size)
    entered = Entered(errand, State.ENTERED, _digest(made.manifest), leaf, proofs.size)
    _place(engine, entered)
    return Delivered(errand, tuple(sorted([*made.files, "signature.json", "ledger/export.json"])), leaf,
                     proofs.key, proofs.leaves)  # fmt: skip


def settle(engine: sa.Engine) -> Sequence[Left]:
    """Finish, withdraw or remove what a kill left behind; whoever calls holds the lock of deliveries."""
    with reading(engine) as connection:
        found = book.unfinished(connection)
    return tuple(_settled(engine, one) for one in found)


def _settled(engine: sa.Engine, one: Entered) -> Left:
    if one.state is State.BEGUN:
        _drop(engine, one.errand)
        return Left(one.errand, None)
    if _manifest_at(_staged(one.errand)) == one.manifest or _manifest_at(one.errand.folder) == one.manifest:
        _place(engine, one)
        return Left(one.errand, State.PLACED)
    with writing(engine) as connection:
        errand = one.errand
        body: dict[str, Json] = {"withdrawn": one.manifest, "name": errand.name}
        reason = "the files of the package were gone before it was in place"
        append(connection, Kind.EXPORT, errand.case or errand.ring, actor=errand.actor, reason=reason, body=body)
        book.change(connection, errand.name, State.WITHDRAWN)
    shutil.rmtree(one.errand.staging, ignore_errors=True)
    return Left(one.errand, State.WITHDRAWN)


def _drop(engine: sa.Engine, errand: Errand) -> None:
    shutil.rmtree(errand.staging, ignore_errors=True)
    with writing(engine) as connection:
        book.forget(connection, errand.name)


def _staged(errand: Errand) -> Path:
    return errand.staging / "package"


def _stage(errand: Errand, made: Made, signature: bytes) -> None:
    """Write every file and flush it, for its owner's eyes only."""
    folder = _staged(errand)
    for path, content in {**made.files, "signature.json": signature}.items():
        _write(folder / path, content)
    _write(errand.staging / errand.key_table.name, made.key_table)
    errand.staging.chmod(0o700)
    sync_folders([errand.out, *(path for path in errand.staging.rglob("*") if path.is_dir())])


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _enter(engine: sa.Engine, errand: Errand, made: Made, earlier: int) -> int:
    """Append the leaf and mark the row, in one transaction."""
    manifest = _digest(made.manifest)
    body: dict[str, Json] = {
        "manifest": manifest,
        "name": errand.name,
        "to": errand.recipient,
        "files": len(made.files),
        "key_table": _digest(made.key_table),
    }
    with writing(engine) as connection:
        subject = errand.case or errand.ring
        leaf = append(
            connection, Kind.EXPORT, subject, actor=errand.actor, reason=errand.reason, body=body, at=errand.at
        )
        book.change(connection, errand.name, State.ENTERED, manifest=manifest, leaf=leaf, earlier=earlier)
    return leaf


def _place(engine: sa.Engine, one: Entered) -> None:
    """Add the proof, move everything into place; what was moved before a kill is left where it is."""
    errand = one.errand
    with reading(engine) as connection:
        proof = export_file(connection, one.leaf or 0, one.earlier or 0)
    with store_errors(errand.out):
        if _staged(errand).exists():
            _write(_staged(errand) / "ledger" / "export.json", proof)
            sync_folders([_staged(errand) / "ledger"])
            _zip(_staged(errand), errand.staging / errand.zip.name)
        for source, target in (
            (errand.staging / errand.key_table.name, errand.key_table),
            (errand.staging / errand.zip.name, errand.zip),
            (_staged(errand), errand.folder),
        ):
            if source.exists():
                source.rename(target)
        sync_folders([errand.out])
        shutil.rmtree(errand.staging, ignore_errors=True)
    with writing(engine) as connection:
        book.change(connection, errand.name, State.PLACED)


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, path.read_bytes())
    target.chmod(0o600)
    sync_file(target)


def _manifest_at(folder: Path) -> str:
    path = folder / "manifest.json"
    return _digest(path.read_bytes()) if path.is_file() else ""


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
