"""Where rings, runs and cases come from: the one place that knows."""

from claims.workspace import Workspace
from ui.service.cases_mine import MyCases
from ui.service.desk import Cases
from ui.service.ring_source import RingSource, list_engine
from ui.service.ring_table import RingTable
from ui.service.rings import Rings
from ui.service.run_source import RunSource
from ui.service.runs import Runs

RING_LIST = "ring_list.db"  # in the workspace


def open_rings(workspace: Workspace) -> Rings:
    """Open the rings of a workspace."""
    table = RingTable(list_engine(workspace.root / RING_LIST))
    table.create()
    return RingSource(workspace, table)


def open_runs(workspace: Workspace) -> Runs:
    """Open the runs of a workspace."""
    return RunSource(workspace)


def open_cases(workspace: Workspace) -> Cases:
    """Open the cases of a workspace."""
    return MyCases(workspace)
