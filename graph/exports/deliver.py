"""Writing an export: masked, entered in the audit, then put in place in one move per file."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from claims.audit import Act, Audit
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_, join_words
from graph.exports import FORMS
from graph.exports.form import About, Form
from graph.masking import Masks
from graph.store import Subgraph


class DeliveryError(RinghoundError):
    """The file could not be written; what was there before is still there."""


def form_for(path: Path) -> Form:
    """Return the form whose suffix `path` has; NotFoundError when no form has it."""
    for form in FORMS:
        if path.suffix.lower() == form.suffix:
            return form
    known = join_words(form.suffix for form in FORMS)
    raise NotFoundError(N_("No export form ends in {suffix}; there are {known}."), suffix=path.suffix, known=known)


def deliver(
    subgraph: Subgraph, path: Path, about: About, *, masks: Masks, audit: Audit, reason: str | None = None
) -> tuple[Path, ...]:
    """Write `subgraph` to `path` and return the files made.

    Without a reason every node is masked. The audit entry, with the SHA-256 of what is handed out,
    is on the disk before the first byte is; AuditError, and no file, when it cannot be written.
    """
    form = form_for(path)
    shown = masks.subgraph(subgraph) if reason is None else subgraph
    focus = about.focus
    if focus and reason is None:
        focus = masks.refs((focus,))[focus]
    contents = form.render(shown, replace(about, focus=focus, masked=reason is None))
    files = {path.with_name(f"{path.stem}{part}{path.suffix}"): content for part, content in contents.items()}
    audit.append(
        Act.EXPORT,
        str(focus or ""),
        reason=reason or "",
        details={
            "form": form.name,
            "masked": reason is None,
            "data_version": subgraph.data_version,
            "nodes": len(subgraph.nodes),
            "edges": len(subgraph.edges),
            "files": {str(file.absolute()): hashlib.sha256(content).hexdigest() for file, content in files.items()},
        },
    )
    _write(files)
    return tuple(files)


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
