"""Handing rings out: entered in the audit with what it is, then put in place in one move per file."""

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.handout import Batch, Form
from claims.audit import Act, Audit
from claims.errors import RinghoundError
from claims.language import N_


class DeliveryError(RinghoundError):
    """The file could not be written; what was there before is still there."""

    exit_code = 6


@dataclass(frozen=True)
class Errand:
    """Where rings go (None: standard output) and why personal data may be in them."""

    form: Form
    out: Path | None
    reason: str = ""


def deliver(batch: Batch, errand: Errand, audit: Audit) -> tuple[Sequence[Path], bytes]:
    """Render, enter in the audit, write; returns the files, or the bytes for standard output."""
    contents = errand.form.render(batch)
    files = _places(errand.out, contents) if errand.out else {}
    audit.append(
        Act.EXPORT,
        "rings",
        reason=errand.reason,
        details={
            "form": errand.form.name,
            "masked": batch.masked,
            "run": batch.run.id,
            "data_version": batch.run.data_version,
            "rings": [sheet.ring.id for sheet in batch.sheets],
            "files": {str(path.absolute()): _digest(content) for path, content in files.items()}
            or {"-": _digest(b"".join(contents.values()))},
        },
    )
    if errand.out is None:
        return (), b"".join(contents.values())
    _write(files)
    return tuple(files), b""


def _places(out: Path, contents: Mapping[str, bytes]) -> dict[Path, bytes]:
    return {out.with_name(f"{out.stem}{part}{out.suffix}") if part else out: data for part, data in contents.items()}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(files: Mapping[Path, bytes]) -> None:
    """Write every file beside its place first, then move them all; readable by their owner only."""
    staged: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            staged[path] = Path(name)
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for path, temporary in staged.items():
            temporary.replace(path)
    except OSError as error:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
        raise DeliveryError(N_("Could not write {path}: {error}"), path=path, error=error.strerror) from error
