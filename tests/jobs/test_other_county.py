"""The other maker's county: whole, the same for a seed, loadable without a complaint, and its answers are in it."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks.other_county.__main__ import make
from benchmarks.other_county.settings import Settings
from claims.workspace import Workspace
from loaders.load import load

SMALL = Settings(persons=2500, days=70, seed=31)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("other") / "a"
    make(folder, SMALL)
    return folder


def column(folder: Path, table: str, name: str) -> list[str]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return [row[name] for row in csv.DictReader(stream)]


def answers(folder: Path, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]


def test_every_row_loads(county: Path, tmp_path: Path) -> None:
    report = load(Workspace(tmp_path), county)
    assert report.quarantined == 0
    assert report.version == 1
    assert {table.table for table in report.tables} >= {"insured", "settlements", "fee_items", "institutions"}


def test_same_seed_same_county_and_another_seed_another(county: Path, tmp_path: Path) -> None:
    make(tmp_path / "again", SMALL)
    for file in sorted(county.iterdir()):
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name
    make(tmp_path / "other", Settings(persons=2500, days=70, seed=32))
    assert (tmp_path / "other" / "settlements.csv").read_bytes() != (county / "settlements.csv").read_bytes()


def test_answers_name_what_is_in_the_tables(county: Path) -> None:
    settlements, persons = set(column(county, "settlements", "setl_id")), set(column(county, "insured", "psn_no"))
    rings, innocent = answers(county, "truth"), answers(county, "innocent")
    assert {str(ring["kind"]).split("/")[0] for ring in rings} == {"shared_card", "collusion", "identity_reuse"}
    assert len({ring["kind"] for ring in rings}) >= 12
    assert len({group["kind"] for group in innocent}) >= 18
    for group in (*rings, *innocent):
        assert set(group["settlements"]) <= settlements  # type: ignore[call-overload]
        for member in group["members"]:  # type: ignore[attr-defined]
            assert member["type"] != "person" or member["id"] in persons


def test_nobody_is_in_two_rings(county: Path) -> None:
    seen: set[str] = set()
    for group in answers(county, "truth"):
        people = {m["id"] for m in group["members"] if m["type"] == "person"}  # type: ignore[attr-defined]
        assert not people & seen
        seen |= people


def test_poor_county_keeps_little_and_loads(tmp_path: Path) -> None:
    make(tmp_path / "poor", Settings(persons=2500, days=70, seed=33, poor=True))
    assert not {"cards.csv", "relations.csv", "bio_templates.parquet"} & {f.name for f in (tmp_path / "poor").iterdir()}
    header = (tmp_path / "poor" / "settlements.csv").read_text("utf-8").splitlines()[0].split(",")
    assert not {"term_id", "card_no"} & set(header)
    assert load(Workspace(tmp_path / "w"), tmp_path / "poor").quarantined == 0


def test_county_without_rings_has_none(tmp_path: Path) -> None:
    make(tmp_path / "none", Settings(persons=2500, days=70, seed=34, rings=False))
    assert answers(tmp_path / "none", "truth") == []
