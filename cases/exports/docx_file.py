"""Filling a template: values go in as text only, blanks are marked, fonts are embedded, the file is the same each time.

Templates are rendered in Jinja's sandbox, and values are escaped and never read as templates
themselves, so `{{ … }}` in a name stays what it is.
"""

import uuid
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from cases.exports.fonts import BIAOSONG, HEI, SONG, Face, subset
from cases.exports.forms.form import Context
from cases.exports.holes import split
from cases.exports.layout import BIAOSONG as BIAOSONG_NAME
from cases.exports.layout import FANGSONG, HEITI, HOLE, KAITI
from claims.errors import RinghoundError
from claims.language import N_

_CONTENT = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_FONT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
# Which subset stands in for which font of the standard.
STAND_INS: tuple[tuple[str, Face], ...] = (
    (FANGSONG, SONG),
    (KAITI, SONG),
    (BIAOSONG_NAME, BIAOSONG),
    (HEITI, HEI),
)
_MADE = (2026, 1, 1, 0, 0, 0)
_BEFORE_EMBED = ("writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime",
                 "doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText",
                 "printFractionalCharacterWidth", "printFormsData")  # fmt: skip


class FormError(RinghoundError):
    """A template does not read, or asks for something no form supplies."""

    exit_code = 2


def filled(template: Path, context: Context) -> Document:
    """Fill a template; FormError names it where it does not read."""
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        form = DocxTemplate(str(template))
        form.render(dict(context), environment, autoescape=True)
    except (TemplateError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise FormError(N_("The template {path} does not read: {error}"), path=template, error=error) from error
    stream = BytesIO()
    form.save(stream)
    document = docx.Document(stream)
    for paragraph in _paragraphs(document):
        _mark(paragraph)
    return document


def text_of(document: Document) -> str:
    """All that stands in a document, feet included."""
    return "\n".join(paragraph.text for paragraph in _paragraphs(document))


def packed(document: Document, characters: str) -> bytes:
    """Embed fonts that have `characters` and return the file; the same content gives the same bytes."""
    _embed(document, characters)
    stream = BytesIO()
    document.save(stream)
    out = BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _MADE), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    # Straight from the tree: cells of a long table asked for one by one take minutes.
    stories = [document.element.body]
    for section in document.sections:
        stories += [section.footer._element, section.even_page_footer._element]
    for story in stories:
        for element in story.iter(qn("w:p")):
            yield Paragraph(element, document._body)


def _mark(paragraph: Paragraph) -> None:
    """Put a ground behind every blank somebody has to supply."""
    for run in list(paragraph.runs):
        parts = split(run.text)
        if len(parts) == 1 and not parts[0][1]:
            continue
        for text, is_hole in parts:
            copy = deepcopy(run._r)
            run._r.addprevious(copy)
            for old in copy.findall(qn("w:t")):
                copy.remove(old)
            piece = OxmlElement("w:t")
            piece.text = text
            piece.set(qn("xml:space"), "preserve")
            copy.append(piece)
            if is_hole:
                shade = OxmlElement("w:shd")
                for name, value in {"val": "clear", "color": "auto", "fill": HOLE}.items():
                    shade.set(qn(f"w:{name}"), value)
                copy.get_or_add_rPr().append(shade)
        paragraph._p.remove(run._r)


def _embed(document: Document, text: str) -> None:
    """Write the font table anew: each font of the standard with the subset that stands in for it."""
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    package = document.part.package
    entries = []
    parts: dict[Face, tuple[Part, str]] = {}
    for number, face in enumerate(dict.fromkeys(face for _name, face in STAND_INS), 1):
        key = "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, face.family)).upper() + "}"
        content = obfuscated(subset(face, text), key)
        parts[face] = Part(PackURI(f"/word/fonts/font{number}.odttf"), _CONTENT, content, package), key
    for name, face in (*STAND_INS, *((face.family, face) for face in parts)):
        part, key = parts[face]
        entries.append(_entry(name, face.family, table.relate_to(part, _FONT), key))
    head = f'<w:fonts xmlns:w="{nsmap["w"]}" xmlns:r="{nsmap["r"]}">'
    table._blob = ('<?xml version="1.0" encoding="UTF-8"?>' + head + "".join(entries) + "</w:fonts>").encode()
    _settings(document)


def _entry(name: str, carried: str, relation: str, key: str) -> str:
    other = "" if name == carried else f"<w:altName w:val={quoteattr(carried)}/>"
    embedded = f'<w:embedRegular r:id={quoteattr(relation)} w:fontKey={quoteattr(key)} w:subsetted="true"/>'
    kind = '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/>'
    return f"<w:font w:name={quoteattr(name)}>{other}{kind}{embedded}</w:font>"


def _settings(document: Document) -> None:
    settings = document.settings.element
    place = 0
    for number, child in enumerate(settings, 1):
        if child.tag in {qn(f"w:{name}") for name in _BEFORE_EMBED}:
            place = number
    settings.insert(place, OxmlElement("w:embedTrueTypeFonts"))
    settings.insert(place + 1, OxmlElement("w:saveSubsetFonts"))


def obfuscated(font: bytes, key: str) -> bytes:
    """Obfuscate a font as ECMA-376 part 4 (2.8.1) has it: its first 32 bytes, with the digits of the key backwards."""
    mask = bytes.fromhex(key.strip("{}").replace("-", ""))[::-1]
    head = bytes(byte ^ mask[place % 16] for place, byte in enumerate(font[:32]))
    return head + font[32:]
