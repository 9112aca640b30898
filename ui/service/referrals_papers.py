"""The documents of a ring as pictures of their pages: the very PDF that would leave, drawn at screen size.

What a dossier of one state says never changes, so it is kept for several looks; pages are drawn when
they are turned to.
"""

import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import typst

from cases.exports.dossier import Dossier, dossier_of
from cases.exports.facts import CaseHistory, Handling
from cases.exports.papers import documents
from cases.exports.sender import font_folder, template_folder
from claims.language import N_, speaking, translate
from claims.workspace import Workspace

DOTS = 96  # per inch: a page is about 790 points wide, as a browser shows it
PREVIEW = N_("preview, not handed out")
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_SHEET = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("paper.pdf", page: int(sys.inputs.page))\n'


@dataclass(frozen=True)
class Paper:
    """One document: its name in the package, its PDF, and how many pages that has."""

    name: str
    content: bytes
    pages: int


@dataclass(frozen=True)
class Wanted:
    """Which documents are looked at: of which ring and case in which state, for whom, by whom, named or not."""

    ring: str
    seen: str
    case: CaseHistory | None
    destination: str
    user: str
    named: bool = False


@lru_cache(maxsize=6)
def dossier(workspace: Workspace, ring: str, case: CaseHistory | None, seen: str) -> Dossier:
    """Gather a ring's dossier once for each state `seen` that it has been in."""
    return dossier_of(workspace, ring, case)


@lru_cache(maxsize=10)
def papers(workspace: Workspace, wanted: Wanted) -> tuple[Paper, ...]:
    """Set every document of a destination; DestinationError where the ring cannot go there."""
    with speaking("zh_CN"):  # the documents are Chinese, so is what their margin says
        reason = translate(PREVIEW)
    handling = Handling(wanted.user, datetime.now().replace(microsecond=0), reason, wanted.named)
    found = documents(
        dossier(workspace, wanted.ring, wanted.case, wanted.seen).handled(handling),
        wanted.destination,
        templates=template_folder(workspace),
        fonts=font_folder(workspace),
    )
    return tuple(
        Paper(paper.name.removesuffix(".pdf"), paper.content, max(1, len(_PAGE.findall(paper.content))))
        for paper in found
        if paper.name.endswith(".pdf")
    )


def picture(paper: Paper, page: int) -> bytes:
    """Draw a page (from 1) as PNG."""
    return _picture(_Held(sha256(paper.content).hexdigest(), paper.content), page)


@dataclass(frozen=True)
class _Held:
    """A PDF known by its digest, so that a lookup does not compare its bytes."""

    digest: str
    content: bytes

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.digest == self.digest


@lru_cache(maxsize=96)
def _picture(held: _Held, page: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="ringhound-page-") as folder:
        (Path(folder) / "paper.pdf").write_bytes(held.content)
        sheet = Path(folder) / "sheet.typ"
        sheet.write_bytes(_SHEET)
        # A PDF carries its own fonts; looking up those of the machine would take longer than drawing.
        return typst.compile(sheet, format="png", ppi=DOTS, sys_inputs={"page": str(page)}, font_paths=_no_fonts())


@lru_cache(maxsize=1)
def _no_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
