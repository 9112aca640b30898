"""Faulty rows: at real rates, each with its expected outcome, and a loader agrees."""

from collections import Counter
from pathlib import Path

from claims.tables import BY_NAME
from claims.workspace import Workspace
from loaders.load import load
from tests.simulator.counties import lines, table


def test_rates_are_small_and_written_down(dirty: Path) -> None:
    spoiled = Counter(row["table"] for row in lines(dirty, "dirty"))
    assert {"insured", "cards", "settlements", "fee_items", "diagnoses", "stock_moves"} <= set(spoiled)
    for name, count in spoiled.items():
        assert count < 0.03 * table(dirty, name).height, name
    assert {row["outcome"] for row in lines(dirty, "dirty")} == {"flagged", "quarantined", "repeated"}


def test_every_entry_points_to_a_row_that_looks_like_that(dirty: Path) -> None:
    for name in ("insured", "settlements", "diagnoses"):
        key = BY_NAME[name].key
        rows = {tuple(row[k] for k in key): row for row in table(dirty, name).iter_rows(named=True)}
        for entry in (
            entry for entry in lines(dirty, "dirty") if entry["table"] == name and entry["column"] not in key
        ):
            row = rows[tuple(entry[k] for k in key)]
            if entry["column"] and entry["value"]:
                assert row[entry["column"]] == entry["value"], entry


def test_a_loader_quarantines_exactly_the_unusable_rows(tmp_path: Path, dirty: Path) -> None:
    expected: Counter[str] = Counter()
    for entry in lines(dirty, "dirty"):
        if entry["outcome"] == "quarantined":
            expected[entry["table"]] += entry["rows"]
    report = load(Workspace(tmp_path), dirty)
    assert {t.table: t.quarantined for t in report.tables if t.quarantined} == dict(expected)
    flagged = Counter(entry["reason"] for entry in lines(dirty, "dirty") if entry["outcome"] == "flagged")
    found = {t.table: t.flags for t in report.tables}
    assert found["settlements"]["amounts"] + found["fee_items"]["amounts"] == flagged["amounts do not add up"]
    assert found["insured"]["certno_sex"] >= flagged["sex disagrees with the number"]


def test_a_clean_county_has_no_faulty_row(clean: Path) -> None:
    assert lines(clean, "dirty") == []
