"""`ringhound data` and `ringhound template` as an operator meets them."""

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from claims.audit import Audit
from claims.catalog import Catalog
from claims.errors import NotFoundError
from claims.language import speaking
from claims.reader import Claims
from claims.tables import TABLES
from claims.templates import TemplateFormat, write_templates
from claims.workspace import Workspace
from loaders.load import load as load_source
from tests.claims.stages import load, person, refund, settlement
from ui.commands import data, template

CERTNO = "450102196003071234"
OTHER = "450102197003071235"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "w")
    load(workspace, {"insured": [person("P1", certno=CERTNO, tel="13900000001", addr="=1+1")]}, note="[bold]January")
    settlements = [settlement("S1", "100"), refund("R1", "S1", "-30"), settlement("S2", psn_no=CERTNO)]
    load(workspace, {"settlements": settlements, "insured": [person(OTHER)]}, note="claims")
    load(workspace, {"settlements": [settlement("S2", "61.00", psn_no=CERTNO)]}, note="correction")
    return workspace


def run(workspace: Workspace, *arguments: str) -> str:
    app = typer.Typer()
    data.register(app)
    result = CliRunner().invoke(app, ["data", *arguments, "--workspace", str(workspace.root)], env={"COLUMNS": "200"})
    if result.exception:
        raise result.exception
    return result.output


def test_versions_are_listed_with_what_keeps_them(workspace: Workspace) -> None:
    Catalog.open(workspace.catalog).pin("run", "R7", 2)
    shown = run(workspace, "versions")
    assert "[bold]January" in shown
    assert "run R7" in shown
    assert "correction" in shown


def test_show_counts_tables_and_refunds(workspace: Workspace) -> None:
    shown = run(workspace, "show", "2")
    assert "claims" in shown
    assert "test.csv" in shown
    assert "cancelled in part" in shown
    assert "Delta version" in run(workspace, "show")


def test_diff_masks_keys_that_are_identity_numbers(workspace: Workspace) -> None:
    shown = run(workspace, "diff", "1", "2")
    assert "4501**********1235" in shown
    assert OTHER not in shown
    shown = run(workspace, "diff", "2", "3")
    assert "medfee_sumamt, fund_pay_sumamt" in shown
    assert "hold the same rows" in run(workspace, "diff", "3", "3")


def test_table_is_masked_by_default(workspace: Workspace) -> None:
    for form in ("table", "csv", "jsonl"):
        shown = run(workspace, "table", "insured", "--format", form)
        assert "王*明" in shown
        assert CERTNO not in shown
        assert "13900000001" not in shown
    assert Audit(workspace.audit).entries() == ()


def test_reveal_needs_a_reason_and_is_recorded(workspace: Workspace) -> None:
    shown = run(workspace, "table", "insured", "--format", "csv", "--reveal", "case 12, asked by the court")
    assert CERTNO in shown
    assert "'=1+1" in shown  # no live formula leaves the house
    [entry] = Audit(workspace.audit).entries()
    assert (entry.act, entry.subject, entry.reason) == ("reveal", "table:insured", "case 12, asked by the court")


def test_table_as_of_a_version_and_net(workspace: Workspace) -> None:
    def funds(*arguments: str) -> dict[str, str]:
        lines = run(workspace, "table", "settlements", "--format", "jsonl", *arguments).splitlines()
        return {row["setl_id"]: row["fund_pay_sumamt"] for row in map(json.loads, lines)}

    assert funds("--as-of", "2") == {"R1": "-30.00", "S1": "100.00", "S2": "60.00"}
    assert funds("--net") == {"S1": "70.00", "S2": "61.00"}
    assert funds("--limit", "1") == {"R1": "-30.00"}
    assert funds("--as-of", "1") == {}


def test_wide_rows_are_written_as_blocks(workspace: Workspace) -> None:
    assert "fund_pay_sumamt" in run(workspace, "table", "settlements")


def test_what_is_not_there_is_said(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="no table claims; there are: insured"):
        run(workspace, "table", "claims")
    with pytest.raises(NotFoundError, match="insured has no net view"):
        run(workspace, "table", "insured", "--net")
    with pytest.raises(NotFoundError, match="no data version 9"):
        run(workspace, "show", "9")


def test_vacuum_says_what_it_does(workspace: Workspace) -> None:
    assert "Would remove 2 data versions" in run(workspace, "vacuum", "--keep-days", "0", "--dry-run")
    assert "Removed 0 data versions" in run(workspace, "vacuum")
    assert "Removed 2 data versions" in run(workspace, "vacuum", "--keep-days", "0")
    assert "removed 20" in run(workspace, "versions")


def test_flags_are_counted_and_named_without_identity_numbers(workspace: Workspace) -> None:
    shown = run(workspace, "flags", "--limit", "5")
    assert "points to somebody or something" in shown
    assert "4501**********1234" in shown
    assert CERTNO not in shown


def test_readers_of_chinese_see_titles_beside_names(workspace: Workspace) -> None:
    with speaking("zh_CN"):
        assert "settlements 结算" in run(workspace, "show", "2")
        assert "insured 参保人" in run(workspace, "diff", "1", "2")
        shown = run(workspace, "flags", "--limit", "5")
    assert "settlements 结算" in shown
    assert "unknown_reference" not in shown


@pytest.mark.parametrize(("arguments", "header"), [([], "psn_no"), (["--language", "zh"], "人员编号")])
def test_template_command(tmp_path: Path, arguments: list[str], header: str) -> None:
    app = typer.Typer()
    template.register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["template", str(tmp_path / "t"), "--format", "csv", *arguments])
    assert result.exit_code == 0, result.output
    assert header in (tmp_path / "t" / "insured.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("form", list(TemplateFormat))
@pytest.mark.parametrize("chinese", [True, False])
def test_empty_templates_load(tmp_path: Path, form: TemplateFormat, chinese: bool) -> None:
    write_templates(tmp_path / "t", form, chinese=chinese)
    report = load_source(Workspace(tmp_path / "w"), tmp_path / "t")
    assert report.version is None
    assert len([file for file in report.files if file.table]) == len(TABLES)
    assert not [name for file in report.files for name in file.unknown]


def test_filled_template_loads(tmp_path: Path) -> None:
    write_templates(tmp_path / "t", TemplateFormat.XLSX, chinese=True)
    path = tmp_path / "t" / "relations.xlsx"
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0].append(["0012", "P2", "3", datetime(2026, 1, 1)])
    workbook.save(path)
    load_source(Workspace(tmp_path / "w"), tmp_path / "t")
    with Claims.open(Workspace(tmp_path / "w")).connect() as connection:
        assert connection.execute("SELECT psn_no, begndate FROM relations").fetchall() == [("0012", date(2026, 1, 1))]
