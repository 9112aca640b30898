"""Make the shipped templates from their wording: `python -m cases.exports.make_templates`.

The wording (`forms/wording/NAME.txt`) is a line per paragraph, the first characters saying what it is:

    # title   = number   > recipient   ## heading   ### second heading   + enclosure   ~ signature   ^^ red head
    ---  a new page
    | 列名:20 | 列名:30 |             a table, its widths as parts of the line
    |% r in rows %| {{ r.a }} | >{{ r.b }} |   its rows, one for each of `rows`; > numbers, to the right

Everything else is text. Places and loops are those of docxtpl: {{ name }}, {%p if … %}, {%p for … %}.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph

from cases.exports.forms import FORMS
from cases.exports.layout import (
    BOTTOM,
    CHARACTER,
    LEFT,
    LOOKS,
    PAGE,
    PITCH,
    RED,
    RIGHT,
    TEXT_SIZE,
    TOP,
    WIDTH,
    Block,
    Look,
)
from cases.exports.page_foot import set_feet

TEMPLATES = {form.name: form.title for form in FORMS} | {"cover": "Cover page"}
FOLDER = Path(__file__).parent / "templates"
_ALIGN = {"both": ALIGN.JUSTIFY, "center": ALIGN.CENTER, "left": ALIGN.LEFT, "right": ALIGN.RIGHT}
_MARKS = {
    "# ": Block.TITLE,
    "= ": Block.NUMBER,
    "> ": Block.RECIPIENT,
    "## ": Block.HEADING,
    "### ": Block.SECOND,
    "+ ": Block.ENCLOSURE,
    "~ ": Block.SIGNATURE,
    "^^ ": Block.HEAD,
}
_ROWS = re.compile(r"\|% (?P<loop>.+?) %\| (?P<cells>.+) \|")


def wording(name: str) -> str:
    """The wording a template is made from."""
    return (files("cases.exports.forms") / "wording" / f"{name}.txt").read_text("utf-8")


def template(name: str, title: str) -> Document:
    """Make one template."""
    document = docx.Document()
    _page(document)
    for block, look in LOOKS.items():
        _style(document, block, look)
    for line in wording(name).splitlines():
        _write(document, line)
    set_feet(document)
    _anonymous(document, title)
    return document


def _write(document: Document, line: str) -> None:
    if line == "---":
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    elif rows := _ROWS.fullmatch(line):
        _rows(document, rows["loop"], rows["cells"].split(" | "))
    elif line.startswith("| "):
        _table(document, [part.strip() for part in line.strip("| ").split(" | ")])
    else:
        mark = next((mark for mark in _MARKS if line.startswith(mark)), "")
        paragraph = document.add_paragraph(line[len(mark) :], style=_MARKS.get(mark, Block.BODY).value)
        if not mark and line.endswith("："):
            paragraph.paragraph_format.keep_with_next = True  # it announces a table
        if mark == "^^ ":
            _rule(paragraph)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.footer_distance = Mm(15)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(PITCH * 20)))


def _style(document: Document, block: Block, look: Look) -> None:
    style = document.styles.add_style(block.value, 1)
    style.base_style = None
    font, form = style.font, style.paragraph_format
    font.size, font.name = Pt(look.size), look.font
    if look.colour:
        font.color.rgb = RGBColor.from_string(look.colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), look.font)
    if look.grid and look.size == TEXT_SIZE:
        # 28 characters a line: each takes a little less than the 16 points it is high.
        spacing = _value("w:spacing", str(round((CHARACTER - TEXT_SIZE) * 20)))
        style.element.get_or_add_rPr().insert_element_before(spacing, "w:sz", "w:szCs")
    if not look.grid:
        style.element.get_or_add_pPr().insert_element_before(_value("w:snapToGrid", "0"), "w:spacing", "w:ind", "w:jc")
    form.alignment = _ALIGN[look.align]
    form.line_spacing, form.space_before, form.space_after = Pt(look.pitch), Pt(look.before), Pt(0)
    form.keep_with_next = look.keep
    form.widow_control = True
    form.first_line_indent = Pt(look.first * look.size) if look.first else None
    form.right_indent = Pt(look.right * look.size) if look.right else None


def _value(name: str, value: str) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(name)
    element.set(qn("w:val"), value)
    return element


def _rule(paragraph: Paragraph) -> None:
    """The red double line under the name of the authority."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "thickThinSmallGap", "sz": "24", "space": "4", "color": RED}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _table(document: Document, columns: Sequence[str]) -> None:
    heads = [column.rpartition(":") for column in columns]
    table = document.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    table.autofit = False
    scale = WIDTH / sum(float(width) for _title, _colon, width in heads)
    for number, (title, _colon, width) in enumerate(heads):
        cell = table.rows[0].cells[number]
        cell.width = table.columns[number].width = Mm(float(width) * scale)
        cell.paragraphs[0].text = title
        cell.paragraphs[0].style = document.styles[Block.COLUMN.value]
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def _rows(document: Document, loop: str, cells: Sequence[str]) -> None:
    """Three rows of the last table: where the loop begins, what is repeated, where it ends."""
    table = document.tables[-1]
    for texts in ([f"{{%tr for {loop} %}}"], cells, ["{%tr endfor %}"]):
        row: _Row = table.add_row()  # type: ignore[no-untyped-call]
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(row.cells, _filled(texts, len(row.cells)), strict=True):
            cell.paragraphs[0].text = text.removeprefix(">")
            block = Block.AMOUNT if text.startswith(">") else Block.CELL
            cell.paragraphs[0].style = document.styles[block.value]


def _filled(texts: Sequence[str], count: int) -> Iterator[str]:
    for number in range(count):
        yield texts[number].strip() if number < len(texts) else ""


def _anonymous(document: Document, title: str) -> None:
    """No author, no time: the same wording gives the same file."""
    core = document.core_properties
    core.author, core.last_modified_by, core.comments, core.title = "", "", "", title
    core.created = core.modified = datetime(2026, 1, 1)


def main() -> None:
    """Write every template."""
    FOLDER.mkdir(exist_ok=True)
    for name, title in TEMPLATES.items():
        template(name, title).save(str(FOLDER / f"{name}.docx"))


if __name__ == "__main__":
    main()
