"""What detection costs: every detector, beside one DuckDB sort of the settlements and what a user would do instead.

    python -m benchmarks.detect --workspace W [--truth county/truth.jsonl] [--instead] [--steps]

Prints tables in Markdown. The yardstick is one DuckDB sort of the net settlements by institution and
time, in the same run; `--steps` adds the steps of coding a snapshot; `--instead` measures pandas +
networkx (same place, same day, three days or more; Louvain) and FRAUDAR (Hooi et al., KDD 2016, the
published greedy peeling of person × institution with 1/log(degree + 5) weights) with their rings
judged by the same truth.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from importlib.metadata import version
from itertools import combinations
from math import log
from pathlib import Path

import networkx as nx

from claims.reader import Claims
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.coding import STEPS
from detectors.finding import ALERT_LINE
from detectors.snapshot import Snapshot

Ring = frozenset[str]
SORT = "CREATE OR REPLACE TEMP TABLE by_place AS SELECT * FROM net_settlements ORDER BY fixmedins_code, setl_time"
CROWD = 200  # visits of a day at a place above which a user's projection would never end
MET = 3  # days on which two persons must meet to be tied


def sorting(claims: Claims) -> float:
    """Seconds of one sort of the net settlements by institution and time, the files being in the cache."""
    with claims.connect() as db:
        db.execute(SORT)
        began = time.perf_counter()
        db.execute(SORT)
        return time.perf_counter() - began


def peak() -> float:
    """Highest memory of this process so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


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


def table(rows: Mapping[str, tuple[float, str]], sort: float) -> None:
    """Print seconds, their ratio to the sort, and what was found."""
    print("| step | seconds | sorts | found |\n| --- | --- | --- | --- |")
    for name, (seconds, found) in rows.items():
        print(f"| {name} | {seconds:.1f} | {seconds / sort:.1f} | {found} |")


def steps(claims: Claims) -> dict[str, tuple[float, str]]:
    """Seconds of each step of coding a snapshot."""
    db = claims.connect()
    db.execute("SET VARIABLE until = CAST(NULL AS TIMESTAMP)")
    rows = {}
    for name, (kind, statement) in STEPS.items():
        began = time.perf_counter()
        db.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {statement}")
        rows[f"coding: {name}"] = time.perf_counter() - began, ""
    return rows


def detect(claims: Claims) -> tuple[dict[str, tuple[float, str]], Snapshot]:
    """Seconds and findings of the snapshot and every detector."""
    began = time.perf_counter()
    snapshot = Snapshot.open(claims)
    rows = {"coding the snapshot": (time.perf_counter() - began, f"{len(snapshot.visits.person):,} settlements")}
    for detector in DETECTORS:
        began = time.perf_counter()
        findings = list(detector.detect(snapshot))
        above = sum(finding.score >= ALERT_LINE for finding in findings)
        print(f"{detector.name}: {time.perf_counter() - began:.1f} s, {peak():.2f} GiB", file=sys.stderr, flush=True)
        rows[detector.name] = time.perf_counter() - began, f"{above} above the line of {len(findings)}"
    rows["all detectors"] = sum(seconds for seconds, _ in rows.values()), f"peak {peak():.2f} GiB"
    return rows, snapshot


def instead(snapshot: Snapshot, truth: Path | None) -> dict[str, tuple[float, str]]:
    """Seconds and ring quality of what a user would do instead."""
    planted = persons_of(truth) if truth else []
    rows = {}
    ways: Mapping[str, Callable[[Snapshot], Iterator[Ring]]] = {
        "pandas + networkx, same day, Louvain": same_day_louvain,
        "FRAUDAR, 60 blocks": fraudar,
    }
    for name, way in ways.items():
        began = time.perf_counter()
        rings = list(way(snapshot))
        precision, recall = judged(rings, planted)
        quality = f"{len(rings)} groups, precision {precision:.2f}, recall {recall:.2f} of groups of three or more"
        rows[name] = time.perf_counter() - began, quality
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--instead", action="store_true")
    parser.add_argument("--steps", action="store_true")
    arguments = parser.parse_args()
    claims = Claims.open(Workspace(arguments.workspace))
    sort = sorting(claims)
    rows = {"one DuckDB sort (the yardstick)": (sort, f"duckdb {version('duckdb')}")}
    rows |= steps(claims) if arguments.steps else {}
    measured, snapshot = detect(claims)
    rows |= measured
    rows |= instead(snapshot, arguments.truth) if arguments.instead else {}
    print(f"{snapshot.persons:,} persons, {len(snapshot.visits.person):,} settlements, {snapshot.days} days\n")
    table(rows, sort)


if __name__ == "__main__":
    main()
