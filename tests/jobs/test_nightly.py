"""All detectors on a small county: 150 days and then a night give what a full run gives, and replay to the bit."""

import csv
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.other_county.__main__ import make
from benchmarks.other_county.settings import Settings, style_of
from cases.model import Status
from cases.settings import settings_of
from cases.store import CaseStore
from claims.catalog import Catalog
from claims.workspace import Workspace
from jobs.chance import chance
from jobs.replay import replay
from jobs.run import run

COUNTY = Settings(persons=1500, days=152, seed=37)
BY_SETTLEMENT = ("settlements", "fee_items", "diagnoses")


def part(source: Path, target: Path, wanted: Callable[[datetime], bool]) -> Path:
    """Write the claims settled on some days."""
    style = style_of(COUNTY)
    with (source / "settlements.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        kept = {row["setl_id"] for row in rows if wanted(datetime.strptime(row["setl_time"], style.time_format))}
    target.mkdir(parents=True)
    for table in BY_SETTLEMENT:
        lines = (source / f"{table}.csv").read_text("utf-8").splitlines(keepends=True)
        assert lines[0].startswith("setl_id,")
        chosen = [line for line in lines[1:] if line.split(",", 1)[0] in kept]
        (target / f"{table}.csv").write_text("".join([lines[0], *chosen]), encoding="utf-8")
    return target


def registers(source: Path, target: Path) -> None:
    for path in source.iterdir():
        if path.stem not in BY_SETTLEMENT and path.suffix in (".csv", ".parquet"):
            shutil.copy(path, target / path.name)


def workspace(root: Path, inbox: Path) -> Workspace:
    root.mkdir()
    place = Workspace(root)
    place.settings.write_text(f"run:\n  sources: ['{inbox}/*']\n", encoding="utf-8")
    return place


def rings(place: Workspace) -> list[tuple[object, ...]]:
    found = [ring for ring in CaseStore.open(settings_of(place).database).rings() if ring.status is not Status.DORMANT]
    return sorted(
        (
            (r.picture.kind, r.picture.score, r.picture.members, sorted(r.picture.records.items()), r.picture.exposure)
            for r in found
        ),
        key=repr,
    )


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("nightly")
    make(root / "source", COUNTY)
    night = datetime.combine(style_of(COUNTY).start, datetime.min.time()).toordinal() + 150
    registers(root / "source", part(root / "source", root / "in" / "base", lambda t: t.toordinal() < night))
    part(root / "source", root / "later" / "night", lambda t: t.toordinal() == night)
    registers(root / "source", part(root / "source", root / "all" / "base", lambda t: t.toordinal() <= night))
    return root


def test_one_night_more_equals_a_full_run_and_replays_to_the_bit(county: Path) -> None:
    nightly = workspace(county / "nightly", county / "in")
    run(nightly)
    shutil.move(county / "later" / "night", county / "in" / "night")
    second = run(nightly)
    assert (second.unchanged, len(second.taken)) == (1, 1)
    full = workspace(county / "full", county / "all")
    run(full)
    assert rings(nightly) == rings(full)
    assert len(rings(full)) >= 5
    again = replay(nightly, second.run or 0)
    assert again.same, again
    told = chance(nightly, second.run or 0, rounds=1)
    assert 0 <= told.expected < told.found  # rings that meet every week stay in step when whole weeks are moved
    assert not {pin.kind for pin in Catalog.open(nightly.catalog).pins()} & {"replay"}
