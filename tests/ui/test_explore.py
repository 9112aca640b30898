"""`ringhound explore` and `search` on a small real snapshot: what is shown, masked, revealed, handed out."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from claims.aliases import Aliases
from claims.audit import Audit
from claims.errors import NotFoundError, RinghoundError
from claims.workspace import Workspace
from graph.embedded.writer import write_store
from graph.model import NodeType
from graph.store import Visit
from tests.graph.worlds import GraphWorld, write_tables
from ui.commands import explore

T0 = datetime(2026, 1, 5, 9, 0)
CERTNO = "45010219600307123X"


def shared_card_world() -> GraphWorld:
    """P1's card C1 is used by P1 and P2; P3 stands at the same till three minutes later."""
    world = GraphWorld()
    for id_, name in (("P1", "王小明"), ("P2", "李秀英"), ("P3", "张伟")):
        world.add_node(NodeType.PERSON, id_, name, certno=CERTNO, brdy="1960-03-07", gend="1")
    world.add_node(NodeType.PERSON, "P9")
    world.add_node(NodeType.CARD, "C1", "C1", card_type="03")
    world.add_node(NodeType.INSTITUTION, "H1", "新河镇卫生院", fixmedins_type="1", bed_cnt=40)
    world.add_node(NodeType.DOCTOR, "D1", "赵大夫")
    world.add_node(NodeType.TERMINAL, "H1/T1", "T1")
    world.add_node(NodeType.PHONE, "13900000001", "13900000001")
    world.add_node(NodeType.ADDRESS, "平安县新河镇一村8号", "平安县新河镇一村8号")
    world.add_edge("HOLDS.person.card", "P1", "C1")
    for person in ("P1", "P2"):
        world.add_edge("HAS_PHONE.person.phone", person, "13900000001")
    world.add_edge("HAS_ADDRESS.person.address", "P1", "平安县新河镇一村8号")
    swipes = [("S1", "P1", 0, "C1", 8000), ("S2", "P2", 30, "C1", 4000), ("S3", "P3", 33, None, 1234)]
    for setl_id, person, minutes, card, fund in swipes:
        time = T0 + timedelta(minutes=minutes)
        world.visits.append(Visit(setl_id, time, person, "H1", "D1", "H1/T1", card, "11", fund))
        world.add_edge("VISITED.person.institution", person, "H1", 1, fund, time, time)
        world.add_edge("TREATED_BY.person.doctor", person, "D1", 1, fund, time, time)
        if card:
            world.add_edge("USED_CARD.person.card", person, card, 1, fund, time, time)
    world.add_edge("VISITED.person.institution", "P9", "H1", 1, 100, T0, T0)
    world.add_edge("USED_AT.card.institution", "C1", "H1", 2, 12000, T0, T0 + timedelta(minutes=30))
    world.add_edge("SWIPED_ON.card.terminal", "C1", "H1/T1", 2, 12000, T0, T0 + timedelta(minutes=30))
    return world


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_store(write_tables(shared_card_world(), Workspace(folder), version=7))
    return folder


def run(workspace: Path, *arguments: str) -> Result:
    app = typer.Typer()
    explore.register(app)
    return CliRunner().invoke(app, [*arguments, "--workspace", str(workspace)], env={"COLUMNS": "200"})


def shown(workspace: Path, *arguments: str) -> str:
    result = run(workspace, *arguments)
    assert result.exception is None, result.exception
    return result.output


def refused(workspace: Path, *arguments: str) -> RinghoundError:
    error = run(workspace, *arguments).exception
    assert isinstance(error, RinghoundError)
    return error


def test_a_card_tells_who_else_used_it_with_whom_where_and_when(workspace: Path) -> None:
    output = shown(workspace, "explore", "card:C1")
    first, second = output.index("2026-01-05 09:00"), output.index("2026-01-05 09:30")
    assert first < second
    row = next(line for line in output.splitlines() if "2026-01-05 09:30" in line)
    for part in ("李*英", "新河镇卫生院", "赵*夫", "T1", "outpatient", "40.00", "张*"):
        assert part in row
    alone = next(line for line in output.splitlines() if "2026-01-05 09:00" in line)
    assert "张*" not in alone
    assert alone.count("王*明") == row.count("李*英") == 1, "nobody stands beside himself"


def test_a_person_tells_cards_phones_and_who_shares_them(workspace: Path) -> None:
    output = shown(workspace, "explore", "person:P1")
    shared = output[output.index("Shared with others") :]
    assert "card C1: 李*英 (used card)" in shared
    assert "telephone 139****0001: 李*英 (has telephone)" in shared
    assert "平安县" not in shared, "nobody else lives there"


def test_counts_come_before_neighbours(workspace: Path) -> None:
    output = shown(workspace, "explore", "H1")
    assert "Data version 7" in output
    assert output.index("Neighbours") < output.index("← visited: 4 of 4")
    assert "2026-01-05" in output
    assert "12.34" in output


def test_limit_keeps_the_heaviest(workspace: Path) -> None:
    output = shown(workspace, "explore", "institution:H1", "--limit", "1", "--order", "fund", "--types", "visited")
    assert "← visited: 1 of 4" in output
    assert "王*明" in output
    assert "used at:" not in output


def test_a_placeholder_says_so(workspace: Path) -> None:
    assert "in no register" in shown(workspace, "explore", "person:P9")


@pytest.mark.parametrize(
    "arguments",
    [
        ("explore", "person:P1", "--visits", "--hops", "2", "--path-to", "person:P3"),
        ("explore", "card:C1"),
        ("explore", "institution:H1", "--hops", "2", "--visits"),
        ("explore", "0001"),
        ("search", "王小明"),
    ],
)
def test_nothing_personal_is_shown_without_a_reason(workspace: Path, arguments: tuple[str, ...]) -> None:
    before = len(Audit(Workspace(workspace).audit).entries())
    output = shown(workspace, *arguments)
    for secret in ("王小明", "李秀英", "张伟", CERTNO, "13900000001", "一村8号", "03-07"):
        assert secret not in output.replace(" ".join(arguments), "")
    assert len(Audit(Workspace(workspace).audit).entries()) == before


def test_a_reason_reveals_and_is_kept_first(workspace: Path) -> None:
    output = shown(workspace, "explore", "person:P1", "--reveal", "复核 case 12")
    for secret in ("王小明", "李秀英", CERTNO, "13900000001", "1960-03-07"):
        assert secret in output
    entry = Audit(Workspace(workspace).audit).entries()[-1]
    assert (entry.act, entry.subject, entry.reason) == ("reveal", "person:P1", "复核 case 12")
    assert "person:P2" in json.loads(entry.details)["nodes"]
    assert json.loads(entry.details)["data_version"] == 7


def test_without_an_entry_nothing_is_revealed(tmp_path: Path) -> None:
    write_store(write_tables(shared_card_world(), Workspace(tmp_path)))
    (tmp_path / "cases.db").mkdir()
    result = run(tmp_path, "explore", "person:P1", "--reveal", "复核 case 12")
    assert isinstance(result.exception, RinghoundError)
    assert "王" not in result.output
    export = run(tmp_path, "explore", "person:P1", "--export", str(tmp_path / "out.json"))
    assert isinstance(export.exception, RinghoundError)
    assert not (tmp_path / "out.json").exists()


def test_a_reason_must_be_one(workspace: Path) -> None:
    assert refused(workspace, "explore", "person:P1", "--reveal", "abc").exit_code == 2


@pytest.mark.parametrize("prefix", ["", "phone:"])
def test_an_alias_leads_back(workspace: Path, prefix: str) -> None:
    row = next(line for line in shown(workspace, "explore", "person:P1").splitlines() if "~" in line and "139*" in line)
    alias = row[row.index("~") :].strip("│ ")
    output = shown(workspace, "explore", prefix + alias)
    assert f"phone:{alias}" in output
    assert "李*英" in output
    assert "13900000001" not in output


def test_an_alias_of_a_node_that_is_gone_does_not_tell_its_number(workspace: Path) -> None:
    (alias,) = Aliases(Workspace(workspace).aliases).give([("phone", "13912345678")]).values()
    error = refused(workspace, "explore", f"phone:{alias}")
    assert error.exit_code == 5
    assert "13912345678" not in str(error)


@pytest.mark.parametrize("text", ["王小明", "wxm", "P1", "person:P1"])
def test_a_person_is_found_by_name_initials_or_number(workspace: Path, text: str) -> None:
    assert "person:P1" in shown(workspace, "explore", text)


def test_several_hits_are_listed_masked(tmp_path: Path) -> None:
    world = shared_card_world()
    world.add_node(NodeType.PERSON, "P4", "王小民", certno=CERTNO)
    write_store(write_tables(world, Workspace(tmp_path)))
    output = shown(tmp_path, "explore", "wxm")
    assert "Several nodes match" in output
    assert "person:P1" in output
    assert "person:P4" in output
    assert "王*民" in output


@pytest.mark.parametrize("arguments", [("explore", "nobody"), ("search", "nobody"), ("explore", "person:P77")])
def test_nothing_found_ends_with_five(workspace: Path, arguments: tuple[str, ...]) -> None:
    error = refused(workspace, *arguments)
    assert isinstance(error, NotFoundError)
    assert error.exit_code == 5


def test_a_workspace_without_a_graph_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path, "explore", "person:P1").exit_code == 5


def test_the_window_keeps_both_days_whole(workspace: Path) -> None:
    assert "2026-01-05 09:30" in shown(workspace, "explore", "card:C1", "--window", "2026-01-05..2026-01-05")
    output = shown(workspace, "explore", "card:C1", "--window", "2026-01-06..")
    assert "2026-01-05" not in output


@pytest.mark.parametrize("window", ["2026-01-05", "2026-13-01..", "2026-02-01..2026-01-01", "x..y"])
def test_a_window_that_does_not_read_is_refused(workspace: Path, window: str) -> None:
    assert refused(workspace, "explore", "card:C1", "--window", window).exit_code == 2


@pytest.mark.parametrize("option", [("--types", "VISITS"), ("--store", "nowhere")])
def test_other_options_are_checked(workspace: Path, option: tuple[str, str]) -> None:
    assert refused(workspace, "explore", "card:C1", *option).exit_code == 2


def test_paths_are_walked(workspace: Path) -> None:
    output = shown(workspace, "explore", "person:P1", "--path-to", "person:P2")
    assert "王*明 → used card → C1 ← used card ← 李*英" in output


def test_two_hops_name_who_is_reached_through_whom(workspace: Path) -> None:
    output = shown(workspace, "explore", "person:P1", "--hops", "2")
    row = next(line for line in output[output.index("Two steps away") :].splitlines() if "李*英" in line)
    assert "C1" in row


@pytest.mark.parametrize("suffix", [".graphml", ".gexf", ".cypher", ".json", ".html", ".csv"])
def test_exports_are_masked_and_entered(workspace: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"ring{suffix}"
    output = shown(workspace, "explore", "person:P1", "--export", str(target))
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == (
        ["ring.edges.csv", "ring.nodes.csv"] if suffix == ".csv" else [f"ring{suffix}"]
    )
    for file in files:
        assert file.name in output.replace("\n", "")
        content = file.read_text("utf-8-sig")
        assert "139****0001" in content or file.name == "ring.edges.csv"
        for secret in ("王小明", CERTNO, "13900000001", "一村8号"):
            assert secret not in content
    entry = Audit(Workspace(workspace).audit).entries()[-1]
    assert (entry.act, json.loads(entry.details)["masked"]) == ("export", True)


def test_a_reason_lifts_the_masks_of_an_export(workspace: Path, tmp_path: Path) -> None:
    shown(workspace, "explore", "person:P1", "--export", str(tmp_path / "ring.json"), "--reveal", "移送 case 12")
    assert CERTNO in (tmp_path / "ring.json").read_text()
    entries = Audit(Workspace(workspace).audit).entries()
    assert [(entry.act, entry.reason) for entry in entries[-2:]] == [
        ("reveal", "移送 case 12"),
        ("export", "移送 case 12"),
    ]


def test_an_unknown_form_is_refused(workspace: Path, tmp_path: Path) -> None:
    assert refused(workspace, "explore", "P1", "--export", str(tmp_path / "ring.docx")).exit_code == 5


def test_hostile_text_does_not_reach_the_terminal(tmp_path: Path) -> None:
    world = shared_card_world()
    world.add_node(NodeType.INSTITUTION, "H6", "[bold]卫生院[/bold]\x1b[31m\x07")
    write_store(write_tables(world, Workspace(tmp_path)))
    output = shown(tmp_path, "explore", "institution:H6")
    assert "[bold]卫生院[/bold]" in output
    assert "\x1b" not in output
    assert "\x07" not in output
