"""What detection costs: every detector, beside one DuckDB sort of the settlements and what a user would do instead.

    python -m benchmarks.detect                                    # an invented county of 40,000 persons
    python -m benchmarks.detect --workspace W [--truth county/truth.jsonl] [--instead] [--steps]

Prints tables in Markdown. The yardstick is one DuckDB sort of the net settlements by institution and
time, in the same run but in a process of its own, so that its memory is not counted here. Memory is the
most the process held during a step. `--steps` adds the steps of coding a snapshot; `--instead` measures
pandas + networkx (same place, same day, three days or more; Louvain) and FRAUDAR (Hooi et al., KDD 2016,
the published greedy peeling of person × institution with 1/log(degree + 5) weights) with their rings
judged by the same truth.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from importlib.metadata import version
from itertools import combinations
from math import log
from pathlib import Path

import networkx as nx

from claims.reader import Claims
from claims.simulator import simulate
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.coding import coded
from detectors.finding import ALERT_LINE
from detectors.snapshot import Snapshot
from loaders.load import load

PEAK = Path("/proc/self/clear_refs")  # Linux: writing 5 forgets the highest memory so far
Ring = frozenset[str]
SORT = "CREATE OR REPLACE TEMP TABLE by_place AS SELECT * FROM net_settlements ORDER BY fixmedins_code, setl_time"
CROWD = 200  # visits of a day at a place above which a user's projection would never end
MET = 3  # days on which two persons must meet to be tied


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of the processor, highest memory in GiB, and what came of it."""

    seconds: float
    processor: float
    memory: float
    found: str = ""


class Watch:
    """Measures from its making to `cost`."""

    def __init__(self) -> None:
        if PEAK.exists():
            PEAK.write_text("5", encoding="ascii")
        self._began, self._worked = time.perf_counter(), time.process_time()

    def cost(self, found: str = "") -> Cost:
        """What was spent since."""
        return Cost(time.perf_counter() - self._began, time.process_time() - self._worked, peak(), found)


def peak() -> float:
    """Highest memory of this process, in GiB."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def sorting(workspace: Path) -> Cost:
    """Cost of one sort of the net settlements by institution and time, the files being in the cache."""
    with Claims.open(Workspace(workspace)).connect() as db:
        db.execute(SORT)
        watch = Watch()
        db.execute(SORT)
        return watch.cost(f"duckdb {version('duckdb')}")


def invented(folder: Path, persons: int) -> Path:
    """Simulate a county and load it; return the workspace."""
    simulate(folder / "county", persons=persons, days=180, seed=5, format="parquet")
    load(Workspace(folder / "w"), folder / "county")
    return folder / "w"


def same_day_louvain(snapshot: Snapshot) -> Iterator[Ring]:
    """Groups of a same-day projection, as published co-visit work finds them."""
    rows = snapshot.sql("SELECT DISTINCT i, day, psn_no FROM visit JOIN person USING (p)").to_pandas()
    met: dict[tuple[str, str], int] = {}
    for _, group in rows.groupby(["i", "day"])["psn_no"]:
        if len(group) <= CROWD:
            for pair in combinations(sorted(group), 2):
                met[pair] = met.get(pair, 0) + 1
    graph = nx.Graph(pair for pair, days in met.items() if days >= MET)
    for community in nx.community.louvain_communities(graph, seed=1):
        if len(community) >= MET:
            yield frozenset(community)


def fraudar(snapshot: Snapshot, blocks: int = 60) -> Iterator[Ring]:
    """Densest blocks of person × institution by greedy peeling; found edges are taken out before the next."""
    edges = {(f"P{p}", f"I{i}") for p, i in zip(*snapshot.columns("SELECT DISTINCT p, i FROM visit"), strict=True)}
    names = dict(zip((f"P{p}" for p in range(snapshot.persons)), snapshot.psn_no(range(snapshot.persons)), strict=True))
    for _ in range(blocks):
        block = _densest(edges)
        edges = {(a, b) for a, b in edges if not (a in block and b in block)}
        yield frozenset(names[node] for node in block if node in names)


def _densest(edges: Collection[tuple[str, str]]) -> set[str]:
    ties: dict[str, dict[str, float]] = {}
    columns: dict[str, int] = {}
    for _, place in edges:
        columns[place] = columns.get(place, 0) + 1
    for person, place in edges:
        weight = 1 / log(columns[place] + 5)
        ties.setdefault(person, {})[place] = ties.setdefault(place, {})[person] = weight
    mass = {node: sum(of.values()) for node, of in ties.items()}
    queue = [(weight, node) for node, weight in mass.items()]
    heapify(queue)
    total, left, gone = sum(mass.values()) / 2, len(mass), list[str]()
    best, at = 0.0, 0
    while left:
        if total / left > best:
            best, at = total / left, len(gone)
        weight, node = heappop(queue)
        if weight != mass.get(node):
            continue
        total, left = total - mass.pop(node), left - 1
        gone.append(node)
        for other, tie in ties[node].items():
            if other in mass:
                mass[other] -= tie
                heappush(queue, (mass[other], other))
    return set(gone[at:])


def judged(rings: Sequence[Ring], truth: Sequence[Ring]) -> tuple[float, float]:
    """Precision and recall at Jaccard 0.5, persons only, best match first."""
    hits = {n for n, ring in enumerate(truth) if any(len(ring & r) >= 0.5 * len(ring | r) for r in rings)}
    right = sum(any(len(ring & r) >= 0.5 * len(ring | r) for ring in truth) for r in rings)
    return right / max(1, len(rings)), len(hits) / max(1, len(truth))


def persons_of(path: Path) -> list[Ring]:
    """Person members of the planted rings that have three or more."""
    rings = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [frozenset(member["id"] for member in ring["members"] if member["type"] == "person") for ring in rings]
    return [ring for ring in found if len(ring) >= MET]


def table(rows: Mapping[str, Cost], sort: Cost) -> None:
    """Print what each step cost, its ratio to the sort, and what was found."""
    print("| step | seconds | sorts | processor, s | sorts | memory, GiB | found |\n| --- |" + " ---: |" * 5 + " --- |")
    for name, cost in rows.items():
        clock, worked = cost.seconds / sort.seconds, cost.processor / max(sort.processor, 0.01)
        seconds = f"{cost.seconds:.1f} | {clock:.1f} | {cost.processor:.1f} | {worked:.1f}"
        print(f"| {name} | {seconds} | {cost.memory:.2f} | {cost.found} |")


def steps(claims: Claims) -> dict[str, Cost]:
    """Cost of each step of coding a snapshot."""
    rows, watch = {}, Watch()
    for name in coded(claims.connect()):
        rows[f"coding: {name}"] = watch.cost()
        watch = Watch()
    return rows


def told(step: str, cost: Cost) -> None:
    """Say on standard error what a step cost, while the next one runs: a county of a million takes its time."""
    spent = f"{cost.seconds:.1f} s, processor {cost.processor:.1f} s, {cost.memory:.2f} GiB"
    print(f"{step}: {spent}", file=sys.stderr, flush=True)


def detect(claims: Claims) -> tuple[dict[str, Cost], Snapshot]:
    """Cost and findings of the snapshot and every detector, and of all together."""
    watch = Watch()
    snapshot = Snapshot.open(claims)
    rows = {"coding the snapshot": watch.cost(f"{len(snapshot.visits.person):,} settlements")}
    told("coding", rows["coding the snapshot"])
    for detector in DETECTORS:
        watch = Watch()
        snapshot.turn(detector)
        findings = list(detector.detect(snapshot))
        above = sum(finding.score >= ALERT_LINE for finding in findings)
        rows[detector.name] = cost = watch.cost(f"{above} above the line of {len(findings)}")
        told(detector.name, cost)
    seconds, processor, memory = ([getattr(c, of) for c in rows.values()] for of in ("seconds", "processor", "memory"))
    rows["**together**"] = Cost(sum(seconds), sum(processor), max(memory))
    return rows, snapshot


def instead(snapshot: Snapshot, truth: Path | None) -> dict[str, Cost]:
    """Cost and ring quality of what a user would do instead."""
    planted = persons_of(truth) if truth else []
    rows = {}
    ways: Mapping[str, Callable[[Snapshot], Iterator[Ring]]] = {
        "pandas + networkx, same day, Louvain": same_day_louvain,
        "FRAUDAR, 60 blocks": fraudar,
    }
    for name, way in ways.items():
        watch = Watch()
        rings = list(way(snapshot))
        precision, recall = judged(rings, planted)
        quality = f"{len(rings)} groups, precision {precision:.2f}, recall {recall:.2f} of groups of three or more"
        rows[name] = watch.cost(quality)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, help="default: an invented county")
    parser.add_argument("--persons", type=int, default=40_000, help="of the invented county")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--instead", action="store_true")
    parser.add_argument("--steps", action="store_true")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="detect-") as folder,
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other,
    ):
        workspace = arguments.workspace or other.submit(invented, Path(folder), arguments.persons).result()
        sort = other.submit(sorting, workspace).result()
        told("sort", sort)
        claims = Claims.open(Workspace(workspace))
        rows = {"one DuckDB sort (the yardstick)": sort}
        rows |= steps(claims) if arguments.steps else {}
        measured, snapshot = detect(claims)
        rows |= measured
        rows |= instead(snapshot, arguments.truth) if arguments.instead else {}
        print(f"{snapshot.persons:,} persons, {len(snapshot.visits.person):,} settlements, {snapshot.days} days\n")
        table(rows, sort)


if __name__ == "__main__":
    main()
