"""The load report: counts that add up, days that are missing, what detection can do; safe as a page."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loaders.html import months
from loaders.readiness import NEEDS, readiness
from loaders.report import missing_days
from tests.loaders.kit import load_path, load_world, many, of, workspace
from tests.scenarios import Row, village, write_csv, write_world


def daily(days: list[str]) -> list[Row]:
    base = village()["settlements"][0]
    return [{**base, "setl_id": f"D{n}", "setl_time": f"{day} 09:00:00"} for n, day in enumerate(days)]


def test_a_missing_day_shows(tmp_path: Path) -> None:
    report = load_world(tmp_path, {"settlements": daily(["2026-01-05", "2026-01-05", "2026-01-06", "2026-01-08"])})
    days = of(report, "settlements").days["setl_time"]
    assert days == {"2026-01-05": 2, "2026-01-06": 1, "2026-01-08": 1}
    assert missing_days(days) == (date(2026, 1, 7),)
    assert missing_days({}) == ()
    assert missing_days({"2026-01-01": 1, "2026-01-04": 1}) == (date(2026, 1, 2), date(2026, 1, 3))
    assert missing_days({"2026-01-01": 1, "2026-01-05": 1}) == ()  # rare rows leave no gaps


def test_completeness_is_a_share_of_the_rows_loaded(tmp_path: Path) -> None:
    report = load_world(tmp_path, village())
    shares = of(report, "settlements").completeness
    assert shares["setl_id"] == 1.0
    assert shares["card_no"] == pytest.approx(4 / 5)
    assert shares["endtime"] == 0.0


def test_refunds_and_the_net_view(tmp_path: Path) -> None:
    report = load_world(tmp_path, village())
    refunds = of(report, "settlements").refunds
    assert refunds is not None
    assert (refunds.rows, str(refunds.paid), str(refunds.refunded)) == (1, "180.00", "60.00")
    assert report.net is not None
    assert report.net.refunds.count == 1


def test_flags_and_unknown_references_are_counted(tmp_path: Path) -> None:
    world = village()
    world["settlements"][0] |= {"psn_no": "FAR", "cash_payamt": "99.00"}
    report = load_world(tmp_path, world)
    assert of(report, "settlements").flags == {"amounts": 1}
    unknown = {(odd.table, odd.column): odd.rows for odd in report.cross if odd.flag == "unknown_reference"}
    assert unknown["settlements", "psn_no"] == 1


def test_readiness_follows_what_the_data_version_holds(tmp_path: Path) -> None:
    first = {item.detector: item for item in load_world(tmp_path, village()).readiness}
    assert first["lockstep"].works
    assert first["box_resale"].missing == ("fee_items.drug_trac_codg",)
    item = {**village()["fee_items"][0], "bkkp_sn": "9", "drug_trac_codg": "8" * 20}
    world = {"fee_items": many(item, "bkkp_sn", 3)}
    later = {item.detector: item for item in load_world(tmp_path, world, "later").readiness}
    assert later["box_resale"].works
    assert later["lockstep"].works  # of an earlier load, and still there


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.detector)
def test_every_requirement_switches_its_detection_off(need: object) -> None:
    found = next(n for n in NEEDS if n is need)
    full = dict.fromkeys((*found.required, *found.helpful), 1.0)
    judged = {item.detector: item for item in readiness(full)}
    assert judged[found.detector].works
    assert not judged[found.detector].weaker_without
    for column in found.required:
        lacking = {item.detector: item for item in readiness({**full, column: 0.0})}
        assert lacking[found.detector].missing == (column,)


def test_needs_name_columns_that_exist() -> None:
    from claims.tables import BY_NAME

    for need in NEEDS:
        for name in (*need.required, *need.helpful):
            table, _, column = name.partition(".")
            assert column in BY_NAME[table].names, name


def test_the_report_is_saved_as_json_and_pages(tmp_path: Path) -> None:
    load_world(tmp_path, village())
    folder = workspace(tmp_path).reports / "1"
    saved = json.loads((folder / "report.json").read_text("utf-8"))
    assert saved["tables"][0]["table"] == "insured"
    assert saved["version"] == 1
    chinese, english = (folder / f"report.{code}.html" for code in ("zh_CN", "en"))
    assert '<html lang="zh-CN">' in chinese.read_text("utf-8")
    assert "参保人" in chinese.read_text("utf-8")
    assert "Rows by table" in english.read_text("utf-8")


class Outside(HTMLParser):
    """Collects whatever a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "link", "img", "iframe", "object") else []
        self.found += [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]


def test_pages_fetch_nothing_and_run_nothing(tmp_path: Path) -> None:
    attack = '<script>alert("x")</script>'
    write_csv(tmp_path / "source" / "cards.csv", [{**row, attack: "1"} for row in village()["cards"]])
    write_csv(tmp_path / "source" / "<img src=x onerror=alert(1)>.csv", [{"a": "1"}])
    load_path(tmp_path, tmp_path / "source")
    for path in workspace(tmp_path).reports.rglob("*.html"):
        page = path.read_text("utf-8")
        outside = Outside()
        outside.feed(page)
        assert outside.found == []
        assert "&lt;script&gt;" in page
        assert not re.search(r"url\(|@import|https?:", page)


def test_an_empty_load_has_a_report_too(tmp_path: Path) -> None:
    folder = write_world(tmp_path / "source", {"cards": village()["cards"]})
    load_path(tmp_path, folder)
    load_path(tmp_path, folder)
    page = (workspace(tmp_path).reports / "2" / "report.en.html").read_text("utf-8")
    assert "nothing changed" in page


def test_days_are_laid_out_by_month() -> None:
    strip = months({"2026-01-30": 4, "2026-02-01": 1})
    assert [month.name for month in strip] == ["2026-01", "2026-02"]
    shown = [day for month in strip for day in month.days if day]
    assert [(day.date.day, day.rows, day.level, day.weekend) for day in shown] == [
        (30, 4, 4, False),
        (31, 0, 0, True),
        (1, 1, 1, True),
    ]
