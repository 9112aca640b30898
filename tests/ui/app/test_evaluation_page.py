"""The quarterly evaluation as a page, behind the guard, limited to regions, and as a report that is entered first."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa

from cases.decide import Ruling, decide
from cases.evaluation.evaluate import Ask
from cases.evaluation.model import Kind, Tier
from cases.evaluation.quarter import Quarter
from cases.exports.words import NOT_GUILT
from cases.history import Verdict
from cases.model import UNDER_THE_LINE
from cases.schema import decisions, ring_events, rings, writing
from cases.store import CaseStore
from claims.audit import Audit, ReasonError
from claims.workspace import Workspace
from tests.ui.app.conftest import Visitor, context_of, said
from ui.auth.errors import NoRightError
from ui.auth.roles import Role
from ui.commands.quarter import quarter
from ui.service.evaluation import ask_of
from ui.service.house import House

Visit = Callable[[House, str], Visitor]
Q1 = Ask(Quarter(2025, 1))


@pytest.fixture
def decided(store: CaseStore) -> Iterator[int]:
    """Rings confirmed, one cleared; the county is left as it was."""
    shown = [ring for ring in store.rings() if ring.status not in UNDER_THE_LINE]
    for place, ring in enumerate(shown):
        verdict = Verdict.CLEARED if place == 1 else Verdict.CONFIRMED
        decide(store, ring.id, Ruling(verdict, "li", "as the files show", datetime.now(UTC)))
    yield len(shown) - 1
    with writing(store.engine) as connection:
        connection.execute(sa.delete(decisions))
        connection.execute(sa.delete(ring_events).where(ring_events.c.kind == "decided"))
        for ring in shown:
            connection.execute(sa.update(rings).where(rings.c.id == ring.id).values(status=ring.status.value))


def test_without_data_the_page_says_so(house: House, visit: Visit) -> None:
    assert "There is nothing to evaluate yet." in said(visit(house, "wang").run("evaluation"))


def test_without_a_conclusion_nothing_is_ranked(real: House, visit: Visit) -> None:
    app = visit(real, "wang").run("evaluation")
    assert "there is nothing to rank by" in said(app)
    assert "ranks" not in app.dataframe[0].value.columns
    assert app.dataframe[0].value["observed"].sum() == 0


@pytest.mark.usefixtures("decided")
def test_conclusions_are_compared_with_their_uncertainty(real: House, visit: Visit) -> None:
    app = visit(real, "wang").run("evaluation", quarter="2025Q1")
    frame = app.dataframe[0].value
    assert frame["observed"].sum() > 0
    assert all(re.fullmatch(r"\d+–\d+ / \d+", ranks) for ranks in frame["ranks"])
    assert all(image.startswith("data:image/svg+xml;base64,") for image in frame["interval"])
    assert "too small to tell" in set(frame["standing"])
    narrowed = visit(real, "wang").run("evaluation", quarter="2025Q1", kind="pharmacy")
    assert set(narrowed.dataframe[0].value["level"]) == {"pharmacy"}


@pytest.mark.usefixtures("decided")
def test_institutions_outside_ones_regions_are_neither_shown_nor_compared(real: House, visit: Visit) -> None:
    everywhere = context_of(real, visit, "wang").evaluations.evaluate(Q1)
    assert everywhere.lines
    real.accounts.set_rights("wang", {Role.INVESTIGATOR}, {"9999"}, by="test")
    try:
        assert context_of(real, visit, "wang").evaluations.evaluate(Q1).lines == ()
        assert "No institution fits" in said(visit(real, "wang").run("evaluation"))
    finally:
        real.accounts.set_rights("wang", {Role.INVESTIGATOR}, {"*"}, by="test")


@pytest.mark.parametrize("name", ["zhao", "admin"])
def test_others_may_not_look(real: House, visit: Visit, name: str) -> None:
    with pytest.raises(NoRightError):
        context_of(real, visit, name).evaluations.evaluate(Q1)


@pytest.mark.usefixtures("decided")
def test_the_report_is_entered_and_holds_no_formula(real: House, visit: Visit) -> None:
    context = context_of(real, visit, "wang")
    before = len(Audit(context.workspace.audit).entries(after=-1))
    with pytest.raises(ReasonError):
        context.evaluations.report(Q1, "x")
    assert len(Audit(context.workspace.audit).entries(after=-1)) == before
    made = context.evaluations.report(Q1, "季度例会材料")
    entry = Audit(context.workspace.audit).entries(after=-1)[-1]
    assert (entry.act, entry.subject, entry.user, entry.reason) == ("export", "evaluation", "wang", "季度例会材料")
    assert json.loads(entry.details)["files"] == made.digests
    document, book = (one.content for one in made.documents)
    _looks_like_a_document(document)
    _holds_no_formula(book, len(context.evaluations.evaluate(Q1).lines))
    with pytest.raises(NoRightError):
        context_of(real, visit, "sun").evaluations.report(Q1, "季度例会材料")


def _looks_like_a_document(content: bytes) -> None:
    document = docx.Document(io.BytesIO(content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "2025年第1季度评析" in text
    assert "名次区间" in text
    assert "{{" not in text
    section = document.sections[0]
    for foot in (section.footer, section.even_page_footer):
        assert NOT_GUILT in [paragraph.text for paragraph in foot.paragraphs]
        assert "PAGE" in foot.part.blob.decode()
    assert len(document.tables) == 4


def _holds_no_formula(content: bytes, institutions: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book["机构比较"].max_row == institutions + 2
    assert NOT_GUILT in str(book["说明"]["A1"].value)


@pytest.mark.usefixtures("decided")
def test_the_command_writes_the_same_report(real: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace: Workspace = real.settings.workspace
    quarter("2025Q1", out=tmp_path / "out", reason="for the quarterly meeting", workspace=workspace.root)
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".docx", ".xlsx"]
    assert "2025Q1" in capsys.readouterr().out
    with pytest.raises(ReasonError):
        quarter("2025Q1", out=tmp_path / "none", workspace=workspace.root)
    assert not (tmp_path / "none").exists()


def test_an_address_is_read_and_what_does_not_read_filters_nothing() -> None:
    given = {"quarter": "2026Q1", "kind": "pharmacy", "level": "primary"}
    assert ask_of(given) == Ask(Quarter(2026, 1), Kind.PHARMACY, Tier.PRIMARY)
    assert ask_of({"quarter": "<script>", "kind": "x", "level": "9"}) == Ask()
