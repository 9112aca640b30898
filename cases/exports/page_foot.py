"""The foot of every page of a template: that these are leads, who exported it, and the page number outside."""

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from cases.exports.layout import FANGSONG, GREY

_NOTES = ("{{ not_guilt }}", "{{ footer }}")


def set_feet(document: Document) -> None:
    """Write the feet of odd and even pages."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for foot, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        foot.is_linked_to_previous = False
        number = foot.paragraphs[0]
        number.style = document.styles["Normal"]
        number.alignment = align
        _spaced(number, 16)
        _run(number, "— ", 14)
        _page_field(number)
        _run(number, " —", 14)
        for text in _NOTES:
            note = foot.add_paragraph(style="Normal")
            note.alignment = ALIGN.CENTER
            _spaced(note, 12)
            _run(note, text, 9, GREY)


def _spaced(paragraph: Paragraph, pitch: float) -> None:
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(0), Pt(0), Pt(pitch)


def _run(paragraph: Paragraph, text: str, size: float, colour: str = "000000") -> None:
    run = paragraph.add_run(text)
    _look(run, size, colour)


def _look(run: Run, size: float, colour: str = "000000") -> None:
    run.font.size, run.font.name = Pt(size), FANGSONG
    run.font.color.rgb = RGBColor.from_string(colour)
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:cs"):
        fonts.set(qn(name), FANGSONG)


def _page_field(paragraph: Paragraph) -> None:
    """The number of the page, as a field."""
    run = paragraph.add_run()
    _look(run, 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
