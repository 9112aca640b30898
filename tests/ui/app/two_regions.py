"""A small county of two divisions: real rings on both sides, for tests of who sees how far."""

from pathlib import Path

import polars as pl

from claims.simulator import simulate
from claims.workspace import Workspace
from graph.build import build
from jobs.detect import detect
from loaders.load import load

PERSONS, DAYS, SEED = 1_500, 60, 7
OURS, THEIRS = "990102", "510830"  # what stands in the simulated registers is theirs
EACH = 3  # one institution in so many is ours


def county_of_two(root: Path) -> Workspace:
    """Simulate a county, move a part of its institutions and people to another division, and look for rings."""
    files = root / "files"
    simulate(files, persons=PERSONS, days=DAYS, seed=SEED, format="parquet")
    _divide(files)
    workspace = Workspace(root / "workspace")
    load(workspace, files)
    build(workspace)
    detect(workspace)
    return workspace


def _divide(files: Path) -> None:
    """Who only ever settled at institutions of ours is enrolled with us, too."""
    places = pl.read_parquet(files / "institutions.parquet").sort("fixmedins_code")
    mine = places["fixmedins_code"].gather_every(EACH)
    settled = pl.read_parquet(files / "settlements.parquet").select("psn_no", "fixmedins_code")
    abroad = settled.filter(~pl.col("fixmedins_code").is_in(mine.implode()))["psn_no"]
    here = settled.filter(~pl.col("psn_no").is_in(abroad.implode()))["psn_no"].unique()
    for name, key, column, ours in (
        ("institutions", "fixmedins_code", "admdvs", mine),
        ("insured", "psn_no", "insu_admdvs", here),
    ):
        path = files / f"{name}.parquet"
        division = pl.when(pl.col(key).is_in(ours.implode())).then(pl.lit(OURS)).otherwise(pl.col(column))
        pl.read_parquet(path).with_columns(division.alias(column)).write_parquet(path)
