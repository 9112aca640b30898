"""How fast a neighbourhood answers: embedded store, networkx, and (if asked for) a Neo4j server.

    python -m benchmarks.neighbourhood --persons 1200000 --visits 5000000
    python -m benchmarks.neighbourhood --workspace W --networkx
    RINGHOUND_NEO4J_PASSWORD=… python -m benchmarks.neighbourhood --workspace W --neo4j bolt://127.0.0.1:7687

Without `--workspace` a county is made (`benchmarks.graph_county`), loaded and built first. The Neo4j
server must hold the workspace's graph already (`ringhound graph push`). Prints a table in Markdown:
p50 and p99 in milliseconds over random persons, and over the busiest institution for `hub`. Paths between
two strangers of a county are asked of fewer: they run over its busiest places. An answer that a server
stopped for taking too long counts as one that never came ("stopped").
"""

import argparse
import gc
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import networkx as nx
import numpy as np
import pyarrow.parquet as pq

from benchmarks.graph_county import write_county
from claims.errors import StoreError
from claims.workspace import Workspace
from graph.build import build
from graph.embedded import EmbeddedStore
from graph.model import BY_NAME, NodeRef, NodeType
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.connection import Target
from graph.store import Filter, GraphReader, Order
from graph.tables import GraphTables

ASKED, HUB_ASKED, PATHS_ASKED, SEED = 500, 50, 25, 1
WEEK = Filter(since=datetime(2026, 3, 2), until=datetime(2026, 3, 9))
NEVER = Filter(since=datetime(2030, 1, 1))
TOP = 50
PATHS = "shortest paths"
Ask = Callable[[NodeRef], object]
Questions = Mapping[str, Ask]


def of_store(store: GraphReader, others: Sequence[NodeRef]) -> Questions:
    """Questions to a store, by name; those that begin with `hub` are asked of an institution."""
    other = dict(zip(others, reversed(others), strict=True))
    return {
        "node": store.node,
        "counts of neighbours": store.neighbour_counts,
        "1 hop, top 50": store.neighbours,
        "2 hops, top 50 of each": lambda ref: [store.neighbours(one.node.ref) for one in store.neighbours(ref)],
        "subgraph of 1 hop": lambda ref: store.subgraph([ref, *(one.node.ref for one in store.neighbours(ref))]),
        "visits": store.visits,
        "common neighbours": lambda ref: store.common_neighbours([ref, other[ref]]),
        PATHS: lambda ref: store.shortest_paths(ref, other[ref]),
        "search by id": lambda ref: store.search(ref.id),
        "search by id prefix": lambda ref: store.search(ref.id[:7]),
        "search by name prefix": lambda ref: store.search("王小"),
        "search by initials": lambda ref: store.search("wxm"),
        "search by telephone tail": lambda ref: store.search(ref.id[-4:]),
        "hub: counts of neighbours": store.neighbour_counts,
        "hub: top 50 by count": store.neighbours,
        "hub: top 50 by fund": lambda ref: store.neighbours(ref, order=Order.FUND),
        "hub: top 50 of one week": lambda ref: store.neighbours(ref, WEEK),
        "hub: nothing passes": lambda ref: store.neighbours(ref, NEVER),
        "hub: visits of one week": lambda ref: store.visits(ref, since=WEEK.since, until=WEEK.until),
    }


def of_networkx(graph: "nx.MultiDiGraph[NodeRef]") -> Questions:
    """What networkx can be asked alike."""

    def around(ref: NodeRef) -> list[NodeRef]:
        edges = [(there, values["count"]) for _, there, values in graph.out_edges(ref, data=True)]
        edges += [(there, values["count"]) for there, _, values in graph.in_edges(ref, data=True)]
        return [other for other, _ in sorted(edges, key=lambda edge: (-edge[1], edge[0]))[:TOP]]

    return {
        "1 hop, top 50": around,
        "2 hops, top 50 of each": lambda ref: [around(one) for one in around(ref)],
        "hub: top 50 by count": around,
    }


def load_networkx(tables: GraphTables) -> "nx.MultiDiGraph[NodeRef]":
    """Read all edges into one multigraph."""
    graph: nx.MultiDiGraph[NodeRef] = nx.MultiDiGraph()
    gc.disable()  # nothing here is garbage, and looking for it takes longer than the load
    for kind, path in tables.edge_kinds():
        for batch in pq.ParquetFile(path).iter_batches(columns=["source", "target", "count"]):
            for source, target, count in zip(*batch.to_pydict().values(), strict=True):
                graph.add_edge(NodeRef(kind.source, source), NodeRef(kind.target, target), key=kind.name, count=count)
    gc.enable()
    return graph


def measure(
    questions: Questions, persons: Sequence[NodeRef], hub: NodeRef, only: Sequence[str] = ("",)
) -> dict[str, tuple[float, float]]:
    """Return p50 and p99 in milliseconds of the questions with one of `only` in the name; the first answers warm up."""
    found = {}
    for name, ask in questions.items():
        if not any(part in name for part in only):
            continue
        refs = [hub] * HUB_ASKED if name.startswith("hub") else persons
        refs = refs[:PATHS_ASKED] if name == PATHS else refs
        for ref in refs[:10]:
            _timed(ask, ref)
        taken = [_timed(ask, ref) for ref in refs]
        p50, p99 = np.percentile(taken, [50, 99], method="higher")  # between a time and never lies no number
        found[name] = (float(p50), float(p99))
    return found


def _timed(ask: Ask, ref: NodeRef) -> float:
    began = time.perf_counter()
    try:
        ask(ref)
    except StoreError:
        return float("inf")
    return (time.perf_counter() - began) * 1000


def sample(tables: GraphTables) -> tuple[list[NodeRef], NodeRef]:
    """Random persons, and the institution with the most visitors."""
    path, visited = tables.nodes(NodeType.PERSON), tables.edges(BY_NAME["VISITED.person.institution"])
    if path is None or visited is None:
        raise SystemExit("The workspace holds no persons who visited an institution.")
    ids = pq.read_table(path, columns=["id"])["id"].to_pylist()
    places = pq.read_table(visited, columns=["target"])["target"].value_counts().to_pylist()
    busiest = max(places, key=lambda place: place["counts"])["values"]
    chosen = random.Random(SEED).sample(ids, min(ASKED, len(ids)))
    return [NodeRef(NodeType.PERSON, id_) for id_ in chosen], NodeRef(NodeType.INSTITUTION, busiest)


@contextmanager
def workspace_of(arguments: argparse.Namespace) -> Iterator[Workspace]:
    """The workspace given, or a made county that goes away again."""
    with ExitStack() as stack:
        place = arguments.workspace or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workspace = Workspace(Path(place))
        if not workspace.catalog.exists():
            write_county(workspace, arguments.persons, arguments.visits)
        yield workspace


def report(columns: Mapping[str, Mapping[str, tuple[float, float]]]) -> None:
    """Print the table: one row per question, one column per store."""
    print("| question |" + "".join(f" {name} p50 / p99 ms |" for name in columns))
    print("| --- |" + " --- |" * len(columns))
    for question in next(iter(columns.values())):
        cells = (found.get(question) for found in columns.values())
        print(
            f"| {question} |" + "".join(f" {_said(cell[0])} / {_said(cell[1])} |" if cell else " – |" for cell in cells)
        )


def _said(milliseconds: float) -> str:
    return "stopped" if milliseconds == float("inf") else f"{milliseconds:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=300_000)
    parser.add_argument("--visits", type=int, default=1_250_000)
    parser.add_argument("--workspace", help="use (or make the county in) this workspace and keep it")
    parser.add_argument("--networkx", action="store_true", help="also in networkx: about 1 GB per million edges")
    parser.add_argument("--neo4j", help="also on this server; its password in $RINGHOUND_NEO4J_PASSWORD")
    parser.add_argument("--only", nargs="+", default=[""], help="ask only what has one of these in its name")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        workspace = stack.enter_context(workspace_of(arguments))
        tables = build(workspace)
        persons, hub = sample(tables)
        print(f"{sum(tables.manifest.nodes.values()):,} nodes, {sum(tables.manifest.edges.values()):,} edges, "
              f"numpy {version('numpy')}, pyarrow {version('pyarrow')}, networkx {version('networkx')}\n")  # fmt: skip
        columns = {"embedded": measure(of_store(EmbeddedStore.open(workspace), persons), persons, hub, arguments.only)}
        if arguments.networkx:
            columns["networkx"] = measure(of_networkx(load_networkx(tables)), persons, hub, arguments.only)
        if arguments.neo4j:
            target = Target(arguments.neo4j, os.environ["RINGHOUND_NEO4J_PASSWORD"])
            store = stack.enter_context(Neo4jStore.open(target, visits=tables.visits))
            columns["Neo4j"] = measure(of_store(store, persons), persons, hub, arguments.only)
        report(columns)


if __name__ == "__main__":
    main()
