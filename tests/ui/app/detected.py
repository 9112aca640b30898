"""A tiny county that was simulated, loaded, built and searched once: real rings for the pages."""

from pathlib import Path

from claims.simulator import simulate
from claims.workspace import Workspace
from graph.build import build
from jobs.detect import detect
from loaders.load import load
from tests.ui.app.world import add_people

PERSONS, DAYS, SEED = 1_500, 60, 7


def detected_county(root: Path) -> Workspace:
    """Make the county below `root` and return its workspace, with one account per role."""
    files = root / "files"
    simulate(files, persons=PERSONS, days=DAYS, seed=SEED, format="parquet")
    workspace = Workspace(root / "workspace")
    load(workspace, files)
    build(workspace)
    detect(workspace)
    add_people(workspace)
    return workspace
