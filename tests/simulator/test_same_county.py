"""Same seed, same bytes; nothing else changes what is in a county."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from claims.simulator import SimulationError, later_folder, simulate
from claims.tables import TABLES
from tests.simulator.counties import MADE, content, make, table

SMALL = {"persons": 900, "days": 40}


@pytest.mark.parametrize("seed", [1, 2])
def test_same_seed_same_bytes(tmp_path: Path, seed: int) -> None:
    one, two = (make(tmp_path / name, **SMALL, seed=seed) for name in ("one", "two"))
    assert content(one) == content(two)
    assert content(later_folder(one)) == content(later_folder(two))


def test_another_seed_is_another_county(tmp_path: Path) -> None:
    one, two = (content(make(tmp_path / str(seed), **SMALL, seed=seed)) for seed in (1, 2))
    assert all(one[f"{name}.csv"] != two[f"{name}.csv"] for name in ("insured", "institutions", "settlements"))


@pytest.mark.parametrize("slice_rows", [97, 1000])
def test_slices_leave_no_trace(tmp_path: Path, slice_rows: int) -> None:
    whole = make(tmp_path / "whole", **SMALL)
    cut = make(tmp_path / "cut", **SMALL, slice_rows=slice_rows)
    assert content(whole) == content(cut)
    assert content(later_folder(whole)) == content(later_folder(cut))


def test_parquet_holds_the_same_as_csv(tmp_path: Path) -> None:
    text, binary = make(tmp_path / "csv", **SMALL), make(tmp_path / "parquet", **SMALL, format="parquet")
    for name in (declared.name for declared in TABLES if not declared.parquet_only):
        parquet = pl.read_parquet(binary / f"{name}.parquet").with_columns(pl.all().replace("", None))
        assert_frame_equal(table(text, name).with_columns(pl.all().replace("", None)), parquet)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SimulationError, match="not empty"):
        simulate(tmp_path, persons=900, days=40, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("changes", [{"persons": 499}, {"days": 19}, {"rings": 51}, {"days": 4000}])
def test_counties_that_cannot_be_made_are_refused(tmp_path: Path, changes: dict[str, int]) -> None:
    with pytest.raises(SimulationError):
        make(tmp_path / "county", **changes)
    assert MADE["persons"] // 60 == 50
