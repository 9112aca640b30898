"""`ringhound rings`, `findings` and the exports: what is shown, masked, revealed, handed out and entered."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from cases.handout.form import safe
from cases.handout.sheet import mask_text
from cases.model import Status
from claims.audit import Audit
from claims.errors import NotFoundError, RinghoundError
from claims.language import set_language
from claims.workspace import Workspace
from detectors.finding import Role
from graph.model import NodeType
from jobs.detect import detect
from tests.cases.counties import Says, county
from ui.commands import detect as detect_command
from ui.commands import findings, rings, rings_decide

RING = "R-2026-000001"
PHONE = "13900000001"
KEYS = ["ring_id", "kind", "score", "status", "first_seen", "last_seen", "born_run", "members", "exposure", "findings"]
KEYS += ["data_version"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = county(tmp_path_factory.mktemp("county"))
    explained = replace(Says(), name="quiet", place="H1", score=0.1, explains=0.95)
    detect(found, detectors=[Says(), explained])
    return found


def run(workspace: Workspace, *arguments: object) -> Result:
    app = typer.Typer()
    for module in (rings, rings_decide, findings, detect_command):
        module.register(app)
    return CliRunner().invoke(app, [*map(str, arguments), "--workspace", str(workspace.root)], catch_exceptions=True)


def said(workspace: Workspace, *arguments: object) -> str:
    done = run(workspace, *arguments)
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.output


def lines(workspace: Workspace, *arguments: object) -> list[dict[str, object]]:
    return [json.loads(line) for line in said(workspace, "rings", "export", *arguments).splitlines()]


def entries(workspace: Workspace) -> Sequence[tuple[str, str, str, dict[str, object]]]:
    return [(e.act, e.subject, e.reason, json.loads(e.details)) for e in Audit(workspace.audit).entries()]


def test_jsonl_keeps_the_contract_key_by_key(workspace: Workspace) -> None:
    (ring,) = lines(workspace)
    assert list(ring) == KEYS
    assert (ring["ring_id"], ring["kind"], ring["status"]) == (RING, "collusion/lockstep_pharmacy", "new")
    assert isinstance(ring["score"], float)
    assert 0.5 <= ring["score"] <= 1
    assert (ring["first_seen"], ring["last_seen"], ring["born_run"], ring["data_version"]) == (
        "2026-02-10", "2026-03-05", 1, 1,
    )  # fmt: skip
    types, roles = {type_.value for type_ in NodeType}, {role.value for role in Role}
    for member in ring["members"]:
        assert list(member) == ["type", "id", "role"]
        assert member["type"] in types
        assert member["role"] in roles
    ids = {(member["type"], member["id"]) for member in ring["members"]}
    assert {("person", "P1"), ("institution", "H2"), ("phone", PHONE)} <= ids  # programs match by real ids
    assert list(ring["exposure"]) == ["fund", "account", "claims", "certain", "probable", "contested", "lawful"]
    (finding,) = ring["findings"]
    assert list(finding) == ["detector", "version", "p_value", "strength", "statement_zh", "statement_en", "records"]
    assert PHONE in finding["statement_zh"]
    assert len(finding["records"]) == ring["exposure"]["claims"] == 16
    assert {s.value for s in Status} >= {ring["status"]}


def test_amounts_have_two_decimals_as_they_stand(workspace: Workspace) -> None:
    text = said(workspace, "rings", "export")
    assert '"exposure": {"fund": 13500.00, "account": 0.00, "claims": 16, "certain": 0.00,' in text


def test_all_adds_the_explained_best_score_first(workspace: Workspace) -> None:
    found = lines(workspace, "--all")
    assert [ring["status"] for ring in found] == ["new", "explained"]
    assert found[0]["score"] > found[1]["score"]
    assert lines(workspace, "--all") == found


def test_every_export_is_in_the_audit(workspace: Workspace, tmp_path: Path) -> None:
    before = len(entries(workspace))
    said(workspace, "rings", "export", "--out", tmp_path / "r.jsonl")
    said(workspace, "rings", "export", "--format", "csv", "--out", tmp_path / "r.csv", "--reveal", "asked by the court")
    first, second = entries(workspace)[before:]
    assert first[:3] == ("export", "rings", "")
    assert (first[3]["form"], first[3]["masked"], first[3]["rings"]) == ("jsonl", False, [RING])
    assert list(first[3]["files"]) == [str(tmp_path / "r.jsonl")]
    assert second[2] == "asked by the court"
    assert second[3]["masked"] is False
    assert (tmp_path / "r.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("form", ["csv", "xlsx", "graphml", "html"])
def test_what_people_get_is_masked_unless_a_reason_is_given(workspace: Workspace, tmp_path: Path, form: str) -> None:
    def content(*arguments: object) -> str:
        out = tmp_path / f"r.{form}"
        said(workspace, "rings", "export", "--format", form, "--out", out, *arguments)
        if form == "xlsx":
            with zipfile.ZipFile(out) as book:
                return "".join(book.read(name).decode() for name in book.namelist())
        return "".join(path.read_text("utf-8") for path in sorted(tmp_path.glob(f"r*.{form}")))

    masked, revealed = content(), content("--reveal", "asked by the court")
    assert PHONE not in masked
    assert "王小明" not in masked
    assert PHONE in revealed
    assert "王小明" in revealed


def test_tables_open_as_numbers_and_text(workspace: Workspace, tmp_path: Path) -> None:
    said(workspace, "rings", "export", "--format", "xlsx", "--out", tmp_path / "r.xlsx", "--all")
    book = load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["rings", "members", "findings", "records"]
    head, first, second = (tuple(cell.value for cell in row) for row in book["rings"].rows)
    assert (first[head.index("fund (yuan)")], first[0], second[0]) == (13500, RING, "R-2026-000002")
    said(workspace, "rings", "export", "--format", "csv", "--out", tmp_path / "r.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.rings.csv").read_text("utf-8-sig"))))
    assert [(row["ring"], row["fund (yuan)"]) for row in rows] == [(RING, "13500.00")]
    assert len((tmp_path / "r.records.csv").read_text("utf-8").splitlines()) == 17


def test_graphml_is_a_graph_of_rings_and_members(workspace: Workspace, tmp_path: Path) -> None:
    said(workspace, "rings", "export", "--format", "graphml", "--out", tmp_path / "r.graphml")
    graph = nx.read_graphml(tmp_path / "r.graphml", force_multigraph=True)
    assert {source for source, _target in graph.in_edges(f"ring:{RING}")} >= {"person:P1", "institution:H2"}


def test_the_page_fetches_and_runs_nothing(workspace: Workspace) -> None:
    page = said(workspace, "rings", "export", "--format", "html")
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_cells_are_never_formulas_and_lose_no_digits() -> None:
    for text in ("=1+1", "＝1", " \t@a", "-2", "00123", "45010219600307123", "1E5"):
        assert safe(text) == "'" + text
    assert safe("P1") == "P1"


def test_sentences_hide_personal_numbers_and_names() -> None:
    shown = mask_text("王小明 45010219600307123X 13900000001 43020000002579931260", {"王小明": "王*明"})
    assert shown == "王*明 4501**********123X 139****0001 43020000002579931260"


def test_lists_and_pages_are_masked_and_a_reveal_is_entered(workspace: Workspace) -> None:
    assert RING in said(workspace, "rings", "list")
    masked = said(workspace, "rings", "show", RING.lower())
    assert "王*明" in masked
    assert "王小明" not in masked + said(workspace, "rings", "explain", RING)
    assert PHONE not in masked
    before = len(entries(workspace))
    assert "王小明" in said(workspace, "rings", "show", RING, "--reveal", "asked by the court")
    assert entries(workspace)[before:] == [("reveal", RING, "asked by the court", {"rings": [RING]})]


def test_explain_tells_the_ledger_the_chance_and_what_it_rests_on(workspace: Workspace) -> None:
    text = " ".join(said(workspace, "rings", "explain", RING).split())
    for part in (
        "days together: 5 observed, 0.1 expected",
        "1 in 100,000,000",
        "household",
        "two of three share a household",
        "of 16 records keep it above the line",
        "10,000 (a large amount) is reached with probable records",
        "independent detectors",
    ):
        assert part in text, part


@pytest.mark.parametrize("code", ["zh_CN", "en"])
def test_everything_fits_a_hundred_columns(workspace: Workspace, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    set_language(code)
    for page in (["rings", "list", "--all"], ["rings", "show", RING], ["findings", "list"]):
        wide = [line for line in said(workspace, *page).splitlines() if cell_len(line) > 100]
        assert wide == []


def test_history_decisions_and_filters(workspace: Workspace) -> None:
    assert "first found" in said(workspace, "rings", "history", RING)
    assert "R-2026-000002" in said(workspace, "rings", "list", "--all", "--rank", "money")
    assert RING not in said(workspace, "rings", "list", "--family", "identity_reuse")
    said(workspace, "rings", "snooze", RING, "--reason", "known matter", "--days", "9")
    assert RING not in said(workspace, "rings", "list")
    assert "known matter" in said(workspace, "rings", "show", RING)
    assert [ring["status"] for ring in lines(workspace)] == ["snoozed"]
    assert "confirmed" in said(workspace, "rings", "decide", RING, "confirmed", "--reason", "checked on site")
    done = run(workspace, "rings", "refit")
    assert isinstance(done.exception, RinghoundError)
    said(workspace, "rings", "decide", RING, "unsure", "--reason", "look again")


def test_findings_are_listed_and_shown(workspace: Workspace) -> None:
    text = said(workspace, "findings", "list", "--all")
    assert text.count("people") == 2 + text.count("people,") - 2
    identity = next(word for word in text.split() if len(word) == 16 and word.isalnum())
    shown = said(workspace, "findings", "show", identity[:8])
    assert "five mornings" in shown
    assert "王*明" in shown
    assert PHONE not in shown
    assert isinstance(run(workspace, "findings", "show", "zz").exception, NotFoundError)


def test_before_anything_was_looked_for_it_says_so(tmp_path: Path) -> None:
    for page in (["rings", "list"], ["rings", "export"], ["findings", "list"]):
        assert isinstance(run(Workspace(tmp_path), *page).exception, NotFoundError)
    assert not (tmp_path / "cases.db").exists()


def test_forms_that_are_no_text_need_a_file(workspace: Workspace) -> None:
    done = run(workspace, "rings", "export", "--format", "xlsx")
    assert isinstance(done.exception, RinghoundError)
    assert done.exception.exit_code == 2
