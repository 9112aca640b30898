"""Every table keeps to its declaration; what a clean county holds is true."""

from pathlib import Path

import polars as pl

from claims.simulator import later_folder
from claims.tables import BY_NAME, TABLES
from claims.workspace import Workspace
from loaders.load import load
from loaders.report import TableReport
from tests.simulator.counties import lines, make, table


def reports(workspace: Path, source: Path) -> dict[str, TableReport]:
    return {report.table: report for report in load(Workspace(workspace), source).tables if not report.derived}


def test_all_tables_are_there_with_all_columns(clean: Path) -> None:
    for declared in TABLES:
        if declared.parquet_only:
            assert tuple(pl.read_parquet_schema(clean / f"{declared.name}.parquet")) == declared.names
        else:
            assert tuple(table(clean, declared.name).columns) == declared.names


def test_a_clean_county_loads_whole_and_the_next_night_corrects_it(tmp_path: Path, clean: Path) -> None:
    found = reports(tmp_path, clean)
    assert set(found) == set(BY_NAME)
    assert sum(report.quarantined + report.repeated for report in found.values()) == 0
    assert all(report.loaded == report.read for report in found.values())
    reshaped = {m["id"] for ring in lines(clean, "truth") for m in ring["members"] if "identity" in ring["kind"]}
    odd = sum(sum(report.flags.values()) for report in found.values())
    assert odd <= len(reshaped)  # only certificates that an identity ring wrote wrongly
    later = reports(tmp_path, later_folder(clean))["settlements"]
    assert later.loaded > 0
    assert later.superseded > 0
    assert later.quarantined == 0


def test_keys_are_unique(clean: Path) -> None:
    for declared in TABLES:
        if not declared.parquet_only:
            rows = table(clean, declared.name)
            assert rows.select(declared.key).is_unique().all(), declared.name


def test_references_hold_except_for_people_of_other_regions(clean: Path) -> None:
    home = table(clean, "insured")["insu_admdvs"][0]
    for declared in TABLES:
        for column in (c for c in declared.columns if c.references and not declared.parquet_only):
            assert column.references
            other, key = column.references.split(".")
            here, there = table(clean, declared.name)[column.name].drop_nulls(), table(clean, other)[key]
            missing = here.filter(~here.is_in(there.implode()))
            if column.name == "psn_no":
                assert not missing.str.starts_with(home).any(), declared.name
                assert len(missing) < 0.1 * len(here)
            elif column.name == "init_setl_id" or column.name == "setl_id":
                assert len(missing) <= 20, declared.name  # what they point to came late
            elif column.name != "card_no":
                assert missing.is_empty(), (declared.name, column.name)


def test_platform_extracts_load_to_the_same_settlements(tmp_path: Path) -> None:
    changes = {"persons": 700, "days": 30, "dirty": False}
    standard = reports(tmp_path / "w1", make(tmp_path / "standard", **changes))
    extracts = make(tmp_path / "platform", **changes, layout="platform")
    assert {"setl_d.csv", "mdtrt_d.csv", "fee_list_d.csv", "setl_list_diag_d.csv", "cards.csv"} <= {
        path.name for path in extracts.iterdir()
    }
    assert not (extracts / "settlements.csv").exists()
    platform = reports(tmp_path / "w2", extracts)
    for name in ("settlements", "fee_items", "cards"):
        assert (platform[name].loaded, platform[name].quarantined) == (
            standard[name].loaded,
            standard[name].quarantined,
        )


def test_platform_headers_are_the_templates(tmp_path: Path) -> None:
    extracts = make(tmp_path / "platform", persons=700, days=30, layout="platform", dirty=False)
    names = ("setl_d", "mdtrt_d", "fee_list_d", "setl_list_diag_d")
    widths = {name: len(table(extracts, name).columns) for name in names}
    assert widths == {"setl_d": 100, "mdtrt_d": 106, "fee_list_d": 82, "setl_list_diag_d": 23}
    assert table(extracts, "setl_d")["certno"].null_count() == 0
