"""The same document as a PDF: read back from the filled template, set by Typst, offline.

The letter is read from the filled DOCX, so the two never differ in words, and an authority's edited
template counts here too. Text reaches Typst as data, never as its source.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from cases.exports.fonts import FOLDERS
from cases.exports.holes import split
from cases.exports.layout import Block
from claims.errors import NotFoundError
from claims.language import N_

_KNOWN = {block.value: block.name.lower() for block in Block}
_NEEDED = {"Noto Serif CJK SC", "Noto Sans CJK SC"}

Node = Mapping[str, object]


def pdf_of(document: Document, title: str, at: datetime, fonts: Path | None = None) -> bytes:
    """Set a filled document; NotFoundError where the machine has no Chinese fonts."""
    data = {
        "title": title,
        "blocks": [_node(piece) for piece in document.iter_inner_content()],
        "foot": [p.text for p in document.sections[0].footer.paragraphs[1:]],
    }
    source = (files("cases.exports") / "letter.typ").read_bytes()
    inputs = {"letter": json.dumps(data, ensure_ascii=False)}
    moment = int(at.timestamp())
    return typst.compile(
        source, format="pdf", font_paths=_fonts(fonts), sys_inputs=inputs, timestamp=moment, pdf_standards=["a-2b"]
    )


@cache
def _fonts(further: Path | None) -> typst.Fonts:
    """Fonts of the machine and of the authority, looked up once."""
    folders = [str(folder) for folder in (*FOLDERS, further) if folder and folder.is_dir()]
    fonts = typst.Fonts(font_paths=folders)
    missing = sorted(_NEEDED - set(fonts.families()))
    if missing:
        raise NotFoundError(N_("The font {font} is missing; install the package fonts-noto-cjk."), font=missing[0])
    return fonts


def _node(piece: Paragraph | Table) -> Node:
    if isinstance(piece, Table):
        widths = [column.width.mm if column.width else 0.0 for column in piece.columns]
        rows = [[_cell(Paragraph(cell.p_lst[0], piece)) for cell in row.tc_lst] for row in piece._tbl.tr_lst]
        return {"kind": "table", "widths": widths, "head": rows[0], "rows": rows[1:]}
    if _breaks_page(piece):
        return {"kind": "page"}
    return {"kind": _KNOWN.get(piece.style.name if piece.style else "", "body"), "text": _parts(piece.text)}


def _cell(paragraph: Paragraph) -> Node:
    style = paragraph._p.style
    return {"text": _parts(paragraph.text), "right": style == Block.AMOUNT.value}


def _parts(text: str) -> Sequence[Node]:
    return [{"text": part, "hole": is_hole} for part, is_hole in split(text)]


def _breaks_page(paragraph: Paragraph) -> bool:
    return not paragraph.text.strip() and 'w:type="page"' in paragraph._p.xml
