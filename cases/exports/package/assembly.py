"""The files of a package, in memory: contents, graph, definitions, documents, proofs, checker, manifest."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cases.codec import Json, statement_json
from cases.exports.package.book import Errand
from cases.exports.package.contents import Contents
from cases.exports.package.definitions import definition_of
from cases.exports.package.drawing import graph_files
from cases.exports.package.keytable import Seal, key_table
from cases.exports.package.look import detector_of, parameters_of
from cases.exports.package.proofs import Proofs
from cases.exports.package.reading_me import read_me
from cases.exports.package.standalone import standalone
from cases.exports.package.writing import json_file, record_files
from cases.history import Run
from claims.errors import RinghoundError
from claims.language import N_
from detectors.finding import say

FORMAT_VERSION = 1
_SPEAKING = 6  # characters from which an id found in a file is no accident


class LeakError(RinghoundError):
    """A plain file would hold personal data; nothing was exported."""

    exit_code = 7


class Document(Protocol):
    """A finished document: its file name and its bytes."""

    @property
    def name(self) -> str:
        """File name."""

    @property
    def content(self) -> bytes:
        """Bytes."""


@dataclass(frozen=True)
class Parts:
    """What a package is made of."""

    contents: Contents
    run: Run
    documents: Sequence[Document]
    proofs: Proofs
    seal: Seal


@dataclass(frozen=True)
class Made:
    """A finished package: its files with the manifest, and the encrypted key table."""

    files: Mapping[str, bytes]
    key_table: bytes

    @property
    def manifest(self) -> bytes:
        """The manifest."""
        return self.files["manifest.json"]


def watermark(errand: Errand) -> str:
    """Who took the package out, when, for whom and why."""
    at = errand.at.isoformat(timespec="seconds")
    return f"{errand.name} · {errand.actor} · {at} · {errand.recipient} · {errand.reason}"


def assembled(parts: Parts, errand: Errand) -> Made:
    """Make every file; LeakError where a personal number would stand in a plain one."""
    contents, mark = parts.contents, watermark(errand)
    files: dict[str, bytes] = {
        "ring.json": json_file(contents.ring),
        "findings/findings.json": json_file(contents.findings),
        "findings/definitions.json": json_file(_definitions(contents)),
        **record_files(contents.extract.tables, errand.name),
        **graph_files(contents, mark),
        **parts.proofs.files,
    }
    _refuse_leaks(files, contents)
    for document in parts.documents:
        files[f"documents/{document.name}"] = document.content
    files["verify.py"] = standalone().encode()
    files["README.txt"] = read_me(errand, contents, parts.proofs.key, sorted(files))
    table = parts.seal.encrypt(key_table(contents.names, contents.extract.people))
    files["manifest.json"] = json_file(_manifest(files, parts, errand, table))
    return Made(files, table)


def _manifest(files: Mapping[str, bytes], parts: Parts, errand: Errand, table: bytes) -> Json:
    return {
        "format": "ringhound-package",
        "format_version": FORMAT_VERSION,
        "name": errand.name,
        "ring": errand.ring,
        "case": errand.case,
        "to": errand.recipient,
        "made": {"by": errand.actor, "at": errand.at.isoformat(), "why": errand.reason},
        "run": parts.run.id,
        "data_version": parts.run.data_version,
        "code_version": parts.run.code_version,
        "key": parts.proofs.key,
        "key_table": {"file": errand.key_table.name, "how": parts.seal.how, "sha256": _digest(table)},
        "files": [
            {"path": path, "sha256": _digest(content), "size": len(content)} for path, content in sorted(files.items())
        ],
    }


def _definitions(contents: Contents) -> Json:
    """What each detector counts, with its version and parameters."""
    found: list[Json] = []
    for name in sorted({str(finding["detector"]) for finding in contents.findings}):
        detector, definition = detector_of(name), definition_of(name)
        found.append(
            {
                "detector": name,
                "version": detector.version if detector else "",
                "parameters": parameters_of(detector) if detector else {},
                "words": statement_json(say(definition.words)),
                "observed": definition.observed,
                "chance": definition.chance,
                "not_recomputed": [statement_json(words) for words in definition.closed],
            }
        )
    return found


def _refuse_leaks(files: Mapping[str, bytes], contents: Contents) -> None:
    """Search every plain file for the numbers the key table is there to keep."""
    own = [value.encode() for _kind, value in contents.names.given if len(value) >= _SPEAKING]
    for path, content in files.items():
        for value in own:
            if value in content and not _inside(value, content):
                raise LeakError(N_("{path} would hold personal data; nothing was exported."), path=path)


def _inside(value: bytes, content: bytes) -> bool:
    """Whether a number only ever stands inside a longer one, or in a picture or hash."""
    start = content.find(value)
    while start >= 0:
        before, after = content[start - 1 : start], content[start + len(value) : start + len(value) + 1]
        if not (before.isalnum() or after.isalnum()):
            return False
        start = content.find(value, start + 1)
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
