"""Documents: same words in DOCX and PDF, fonts inside, nobody named who must not be, hostile text harmless."""

import io
import re
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document as Docx
from fontTools.ttLib import TTFont

from cases.exports.destinations import DESTINATIONS
from cases.exports.docx_file import FormError, obfuscated
from cases.exports.dossier import Dossier
from cases.exports.facts import CaseHistory
from cases.exports.make_templates import FOLDER, TEMPLATES, template
from cases.exports.papers import DestinationError, documents
from cases.exports.words import NOT_GUILT
from cases.model import Status
from tests.cases.exports.worlds import SECRETS, renamed

NAMED = ("police", "health", "market", "discipline", "region")
INSTITUTION = ("rectification", "interview", "recovery", "questions")


def files(dossier: Dossier, destination: str, language: str = "zh_CN") -> Mapping[str, bytes]:
    return {document.name: document.content for document in documents(dossier, destination, language)}


def words(document: Docx) -> str:
    """Everything in a DOCX, feet included, without white space."""
    section = document.sections[0]
    stories = (document.element.body, section.footer._element, section.even_page_footer._element)
    text = "".join(node.text or "" for story in stories for node in story.iter(docx.oxml.ns.qn("w:t")))
    return "".join(text.split())


def pages(pdf: bytes) -> list[str]:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return ["".join(page.split()) for page in found.stdout.decode().split("\f")[:-1]]


def everything(found: Mapping[str, bytes]) -> str:
    text = ""
    for name, content in found.items():
        if name.endswith(".docx"):
            text += words(docx.Document(io.BytesIO(content)))
        elif name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(content))
            text += "".join(str(value) for sheet in book for row in sheet.values for value in row if value is not None)
        else:
            text += "".join(pages(content)) if name.endswith(".pdf") else content.decode()
    return text


@pytest.fixture(scope="module")
def police(unmasked: Dossier) -> Mapping[str, bytes]:
    return files(unmasked, "police", "en")


def test_a_police_referral_has_every_part_twice_and_an_english_cover(police: Mapping[str, bytes]) -> None:
    titles = ["00-cover", "01-涉嫌犯罪案件移送书", "02-案件调查报告", "03-涉案物品清单", "04-证据材料清单", "05-回执"]
    assert sorted(police) == sorted([f"{t}.{kind}" for t in titles for kind in ("docx", "pdf")] + ["06-明细表.xlsx"])


def test_every_page_says_that_these_are_leads_and_who_took_them_out(police: Mapping[str, bytes]) -> None:
    for name, content in police.items():
        if name.endswith(".pdf"):
            for number, page in enumerate(pages(content), 1):
                assert NOT_GUILT in page, (name, number)
                assert "导出人：张三" in page and "用途：移送公安机关审查" in page
                assert f"—{number}—" in page


def test_docx_and_pdf_say_the_same(police: Mapping[str, bytes]) -> None:
    name = "01-涉嫌犯罪案件移送书"
    body = words(docx.Document(io.BytesIO(police[f"{name}.docx"])))
    shown = "".join(pages(police[f"{name}.pdf"]))
    for sentence in (
        "平安县公安局：",
        "王小明",
        "疑点线索（线索编号R-2026-000001，案件编号：未立案件）",
        "〔待补：发文字号；提供者：办公室〕",
    ):
        assert sentence in body and sentence in shown


def test_fonts_are_embedded_and_have_the_letters_of_the_document(police: Mapping[str, bytes], tmp_path: Path) -> None:
    content = police["02-案件调查报告.docx"]
    archive = zipfile.ZipFile(io.BytesIO(content))
    table = archive.read("word/fontTable.xml").decode()
    for name in ("仿宋_GB2312", "方正小标宋简体", "黑体"):
        assert f'w:name="{name}"' in table
    key = re.findall(r'w:fontKey="(\{[^"]+\})"', table)[0]
    font = TTFont(io.BytesIO(obfuscated(archive.read("word/fonts/font1.odttf"), key)))
    body = words(docx.Document(io.BytesIO(content)))
    assert {ord(letter) for letter in body} <= set(font.getBestCmap())
    assert "glyf" in font and font["OS/2"].fsType == 0
    path = tmp_path / "letter.pdf"
    path.write_bytes(police["02-案件调查报告.pdf"])
    listed = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert listed and all(" yes yes " in line for line in listed)


def test_libreoffice_reads_a_letter_with_its_own_fonts(police: Mapping[str, bytes], tmp_path: Path) -> None:
    source = tmp_path / "letter.docx"
    source.write_bytes(police["01-涉嫌犯罪案件移送书.docx"])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    made = tmp_path / "letter.pdf"
    fonts = subprocess.run(["pdffonts", str(made)], capture_output=True, text=True, check=True).stdout
    assert "RinghoundSong" in fonts and "RinghoundHei" in fonts
    found = pages(made.read_bytes())
    assert all(NOT_GUILT in page for page in found)
    assert "涉嫌犯罪案件移送书" in found[0]


@pytest.mark.parametrize("destination", [*NAMED, *INSTITUTION, "points", "summary"])
def test_without_a_reason_to_name_people_nobody_is_named(masked: Dossier, destination: str) -> None:
    text = everything(files(masked, destination))
    for secret in SECRETS:
        assert secret not in text, secret


@pytest.mark.parametrize("destination", INSTITUTION)
def test_an_institution_reads_of_its_own_records_only_and_of_people_by_alias(
    unmasked: Dossier, destination: str
) -> None:
    """Also where the export was allowed to name people: an institution never gets them."""
    elsewhere = [replace(record, place="H1") for record in unmasked.records[:5]]
    dossier = replace(unmasked, records=(*elsewhere, *unmasked.records[5:]))
    text = everything(files(dossier, destination))
    assert "H2" in text and "参保人01" in text if destination != "interview" else "H2" in text
    for secret in (*SECRETS, "新河镇卫生院"):
        assert secret not in text, secret
    for record in elsewhere:
        assert record.id not in text


def test_people_who_only_stand_on_records_are_never_named(unmasked: Dossier) -> None:
    parties = tuple(replace(p, role=None) if p.name == "张伟" else p for p in unmasked.parties)
    text = everything(files(replace(unmasked, parties=parties), "police"))
    assert "王小明" in text
    assert "张伟" not in text and "13900000003" not in text


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7 * 7 }}",
        "#set page(width: 1pt)",
        "=cmd|' /C calc'!A0",
        ']] <w:t/> & "x"',
        "甲" * 300,
        "㙍𠅤堃龘䶮",
        "a\x00\x0b\u202eb",
    ],
)
def test_hostile_names_stay_text(unmasked: Dossier, name: str) -> None:
    found = files(renamed(unmasked, name), "police")
    body = words(docx.Document(io.BytesIO(found["01-涉嫌犯罪案件移送书.docx"])))
    kept = "".join(name.replace("\x00", "\ufffd").replace("\x0b", "\ufffd").replace("\u202e", "\ufffd").split())
    assert kept in body
    assert len(pages(found["01-涉嫌犯罪案件移送书.pdf"])) < 12
    book = openpyxl.load_workbook(io.BytesIO(found["06-明细表.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "@"))]


def test_rare_characters_are_in_the_pdf(unmasked: Dossier) -> None:
    found = files(renamed(unmasked, "㙍𠅤堃龘䶮"), "summary")
    assert "㙍𠅤堃龘䶮" in "".join(pages(found["01-疑点线索汇总.pdf"]))


def test_the_same_dossier_gives_the_same_bytes(masked: Dossier) -> None:
    assert files(masked, "questions") == files(masked, "questions")


def test_what_was_cleared_or_explained_is_sent_to_nobody(masked: Dossier) -> None:
    for status in (Status.CLEARED, Status.EXPLAINED):
        settled = replace(masked, ring=replace(masked.ring, status=status))
        for destination in DESTINATIONS:
            if destination.name != "summary":
                with pytest.raises(DestinationError, match="not sent"):
                    documents(settled, destination.name)
        assert documents(settled, "summary")


def test_what_could_not_be_proven_is_asked_about_and_not_referred(masked: Dossier) -> None:
    def ended(*outcomes: str) -> Dossier:
        members = tuple((member.key, outcome) for member, outcome in zip(masked.members, outcomes, strict=False))
        return replace(masked, case=CaseHistory("AJ-1", members=members))

    for name in ("police", "health", "platform"):
        with pytest.raises(DestinationError, match="without enough evidence"):
            documents(ended("not_enough", "cleared", "not_enough"), name)
    assert documents(ended("not_enough", "cleared"), "questions")
    assert documents(ended("not_enough", "confirmed"), "health")


def test_unknown_destinations_and_institutions_are_named(masked: Dossier) -> None:
    with pytest.raises(DestinationError, match="moon"):
        documents(masked, "moon")
    with pytest.raises(DestinationError, match="H9"):
        documents(masked, "questions:H9")


def test_an_authority_may_edit_a_template_and_both_files_follow(masked: Dossier, tmp_path: Path) -> None:
    own = docx.Document(str(FOLDER / "summary.docx"))
    own.paragraphs[0].text = "本局疑点线索呈报单"
    own.save(str(tmp_path / "summary.docx"))
    found = {d.name: d.content for d in documents(masked, "summary", templates=tmp_path)}
    assert "本局疑点线索呈报单" in pages(found["01-疑点线索汇总.pdf"])[0]
    assert "本局疑点线索呈报单" in words(docx.Document(io.BytesIO(found["01-疑点线索汇总.docx"])))


def test_a_template_that_asks_for_the_unknown_is_refused_by_name(masked: Dossier, tmp_path: Path) -> None:
    own = docx.Document(str(FOLDER / "summary.docx"))
    own.paragraphs[0].text = "{{ ''.__class__.__mro__ }} {{ nothing }}"
    own.save(str(tmp_path / "summary.docx"))
    with pytest.raises(FormError, match="summary"):
        documents(masked, "summary", templates=tmp_path)


@pytest.mark.parametrize("name", TEMPLATES)
def test_shipped_templates_are_those_of_the_wording(name: str) -> None:
    shipped, made = docx.Document(str(FOLDER / f"{name}.docx")), template(name, TEMPLATES[name])
    assert words(shipped) == words(made)
    assert [p.style.name for p in shipped.paragraphs if p.style] == [p.style.name for p in made.paragraphs if p.style]
