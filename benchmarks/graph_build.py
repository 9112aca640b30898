"""How long a graph build takes: in full, and after a night that changed one month.

    python -m benchmarks.graph_build --persons 1200000 --visits 5000000

Prints a table in Markdown: seconds by step, the size of the snapshot, and the peak memory.
"""

import argparse
import resource
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from benchmarks.graph_county import DAYS, write_county
from claims.workspace import Workspace
from graph.build import build


class Clock:
    """Adds up the seconds of every step of a build."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._step, self._since = "Opening the claims", time.perf_counter()

    def __call__(self, step: str, done: int, total: int, /) -> None:
        """Note the time since the last word under the step that was under way."""
        now = time.perf_counter()
        self.seconds[self._step] = self.seconds.get(self._step, 0.0) + now - self._since
        self._step, self._since = (step if done < total else "Between the steps"), now


def timed(workspace: Workspace, *, full: bool) -> dict[str, float]:
    """Build; return the seconds by step."""
    clock = Clock()
    build(workspace, progress=clock, full=full)
    clock("end", 1, 1)
    return clock.seconds | {"all": sum(clock.seconds.values())}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=300_000)
    parser.add_argument("--visits", type=int, default=1_250_000)
    parser.add_argument("--workspace", help="make the county in this workspace and keep it")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        place = arguments.workspace or stack.enter_context(tempfile.TemporaryDirectory())
        workspace = Workspace(Path(place))
        if not workspace.catalog.exists():
            write_county(workspace, arguments.persons, arguments.visits)
        columns = {"full": timed(workspace, full=True)}
        write_county(workspace, arguments.persons, arguments.visits + arguments.visits // DAYS, arguments.visits)
        columns["after a night"] = timed(workspace, full=False)
        size = sum(path.stat().st_size for path in (workspace.graph).rglob("*") if path.is_file())
    print(f"{arguments.persons:,} persons, {arguments.visits:,} settlements, duckdb {version('duckdb')}\n")
    print("| step | " + " | ".join(f"{name}, s" for name in columns) + " |\n| --- |" + " --- |" * len(columns))
    for step in columns["full"]:
        print(f"| {step} |" + "".join(f" {seconds.get(step, 0.0):.1f} |" for seconds in columns.values()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\nTwo snapshots and the sums of months: {size / 1e6:,.0f} MB; peak memory {peak:.1f} GB")


if __name__ == "__main__":
    main()
