"""What a file is, told by its content and never by its name; what could run is refused.

Looked at: the first bytes (magic numbers), the members of zip-based documents, and the words in
PDF objects that are not compressed. A PDF that hides an action inside a compressed object stream is
not found by this; files are therefore handed out as downloads only and never opened by the house.
"""

import io
import re
import zipfile
from collections.abc import Iterable

from cases.work.model import CaseError
from claims.language import N_

PDF, PNG, JPEG, TIFF, DOCX, XLSX, OFD, TEXT = "pdf", "png", "jpeg", "tiff", "docx", "xlsx", "ofd", "text"
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa")
_PDF_ACTIONS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|OpenAction|AA)\b")
# A tag opens with a letter right after the bracket; "<5 mg" in a report does not.
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|img|\?xml|\?php)\b|javascript:", re.I
)
_MOST_MEMBERS, _MOST_UNPACKED = 5_000, 1 << 30
_MACROS = re.compile(r"vbaproject|activex|\.bin$|oleobject|macrosheets|embeddings/|customui", re.I)
_RUNS = (".exe", ".dll", ".js", ".vbs", ".ps1", ".bat", ".sh", ".html", ".htm", ".svg")


def kind_of(content: bytes) -> str:
    """Return the kind of a file; CaseError for what is not taken."""
    if content.startswith(_PROGRAMS):
        raise CaseError(N_("Programs are not taken as files of a case."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise CaseError(
            N_("Old Office files (doc, xls, ppt) may hold macros and are not taken; save them as docx, xlsx or PDF.")
        )
    if content.startswith(b"PK"):
        return _packed(content)
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return _checked(content, kind)
    return _text(content)


def _checked(content: bytes, kind: str) -> str:
    if kind == PDF and _PDF_ACTIONS.search(content):
        raise CaseError(N_("A PDF with actions or embedded files is not taken; print it to a new PDF."))
    return kind


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise CaseError(N_("A damaged or encrypted archive is not taken.")) from error
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise CaseError(N_("An archive that unpacks too large is not taken."))
    names = [member.filename for member in members]
    if b"macroenabled" in types.lower() or any(_MACROS.search(n) or n.lower().endswith(_RUNS) for n in names):
        raise CaseError(N_("A document with macros or embedded objects is not taken."))
    return _office(names, types)


def _office(names: Iterable[str], types: bytes) -> str:
    known = set(names)
    if "OFD.xml" in known:
        return OFD
    if types and "word/document.xml" in known:
        return DOCX
    if types and "xl/workbook.xml" in known:
        return XLSX
    raise CaseError(N_("Archives are not taken; attach their files one by one."))


def _text(content: bytes) -> str:
    if not content:
        raise CaseError(N_("An empty file is not taken."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _MARKUP.search(text):
            raise CaseError(N_("Pages and drawings that can hold programs (HTML, SVG, XML) are not taken."))
        if all(sign.isprintable() or sign in "\t\r\n\f\u3000\xa0" or sign.isspace() for sign in text):
            return TEXT
    raise CaseError(
        N_("This kind of file is not taken; pictures, PDF, OFD, text, and Word or Excel without macros are.")
    )
