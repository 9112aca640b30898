"""Handing signed heads to people outside, and taking them back: file, e-mail, printed QR code, drop folder.

Whoever owns the database and the key can rewrite both. A head that lies elsewhere they cannot reach,
so one witnessed head fixes everything before it.
"""

import io
import json
import os
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from claims.durable import make_folder, store_errors, sync_file, sync_folders
from claims.errors import NotFoundError
from claims.language import N_, _
from claims.ledger.canonical import canonical
from claims.ledger.errors import LedgerError
from claims.ledger.heads import Head

MODULE = 4  # points; a module of the printed code
_NAME = "head-{size}.json"
_PATTERN = "head-*.json"


def as_text(head: Head) -> str:
    """Write a head as a file carries it."""
    return json.dumps(head.as_json(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_mail(head: Head) -> bytes:
    """Write a head as a message for a witness; who sends it to whom is filled in by the mail program."""
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = _("Head of the evidence ledger: {size} entries, {at}", size=head.size, at=head.at[:19])
    note = N_("Please keep this message. It shows later whether one of the first {size} entries was changed.")
    message.set_content(f"{_(note, size=head.size)}\n\n{as_text(head)}")
    name = _NAME.format(size=head.size)
    message.add_attachment(as_text(head).encode(), maintype="application", subtype="json", filename=name)
    return message.as_bytes()


def as_qr(head: Head) -> bytes:
    """Draw a head as a QR code (SVG) to be printed, signed by hand and kept."""
    import segno  # imported here: few commands draw

    stream = io.BytesIO()
    segno.make(canonical(head.as_json()), error="m", micro=False).save(stream, kind="svg", scale=MODULE, border=4)
    return stream.getvalue()


def write(path: Path, content: bytes) -> None:
    """Write a file for a witness, whole or not at all."""
    with store_errors(path.parent):
        make_folder(path.parent)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_bytes(content)
        sync_file(draft)
        draft.replace(path)
        sync_folders([path.parent])


def drop(folder: Path, head: Head) -> Path:
    """Lay a head into the drop folder; the name says how many entries it covers."""
    path = folder / _NAME.format(size=head.size)
    if not path.exists():
        write(path, as_text(head).encode())
    return path


def read_heads(paths: Sequence[Path]) -> list[Head]:
    """Read witnessed heads: JSON files, messages (.eml), or folders of heads; errors name the file."""
    heads = []
    for path in paths:
        files = sorted(path.glob(_PATTERN)) if path.is_dir() else [path]
        heads += [_read(file) for file in files]
    return sorted(heads, key=lambda head: head.size)


def _read(path: Path) -> Head:
    try:
        content = path.read_bytes()
        return Head.of_json(json.loads(_attached(content) if path.suffix == ".eml" else content))
    except FileNotFoundError:
        raise NotFoundError(N_("There is no file {path}."), path=path) from None
    except (OSError, ValueError, LedgerError) as error:
        raise LedgerError(N_("{path} holds no head of a ledger ({error})."), path=path, error=error) from error


def _attached(content: bytes) -> bytes:
    for part in message_from_bytes(content, policy=policy.default).iter_attachments():
        if part.get_content_type() == "application/json":
            return bytes(part.get_content())
    raise ValueError(_("nothing is attached"))
