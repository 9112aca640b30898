"""How fast a graph reaches Neo4j: ways to write edges, a whole push, a night's changes, and the answers.

    python -m benchmarks.neo4j_push --persons 200000 --visits 800000

Starts a trial server of its own (`ringhound neo4j up` fetches it once). Prints tables in Markdown: every
way of writing the same edges as a ratio to a plain `UNWIND` loop in the same run; rows per second of
the first push, of a later one, and of verify; p50 and p99 of answers.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.graph_county import write_county
from benchmarks.neighbourhood import measure, of_store, report, sample
from claims.workspace import Workspace
from graph.build import build
from graph.model import BY_NAME, NodeType
from graph.neo4j_store import Neo4jStore, Neo4jWriter
from graph.neo4j_store.connection import Connection, Target, connected
from graph.neo4j_store.schema import ensure_schema, wipe
from graph.neo4j_store.statements import write_edges
from graph.neo4j_store.writer import as_rows
from graph.push import push
from graph.server import process, trial
from graph.server.home import ServerHome, Sizes
from graph.tables import GraphTables
from graph.verify import verify

KIND = BY_NAME["VISITED.person.institution"]
COLUMNS = ("source", "target", "count", "fund", "first", "last")
EDGES = 100_000
PASSWORD = "benchmark-only"
WITHOUT_RUST = """\
import runpy, sys
sys.modules["neo4j._rust"] = None
runpy.run_module("benchmarks.neo4j_push", run_name="__main__", alter_sys=True)"""
Rows = list[list[object]]

PLAIN = """\
UNWIND $rows AS row
MATCH (a:Person {id: row.source}) MATCH (b:Institution {id: row.target})
MERGE (a)-[r:VISITED]->(b)
SET r.count = row.count, r.fund = row.fund, r.first = row.first, r.last = row.last"""


def plain(connection: Connection, edges: pa.Table, size: int) -> None:
    """The loop everybody writes first: rows as maps, times as times."""
    for batch in edges.to_batches(size):
        connection.write(PLAIN, rows=batch.to_pylist())


def merged(connection: Connection, edges: pa.Table, size: int) -> None:
    """MERGE with rows as lists and times as numbers."""
    text = write_edges(KIND, COLUMNS, fresh=False)
    for batch in edges.to_batches(size):
        connection.write(text, rows=as_rows(batch))


def created(connection: Connection, edges: pa.Table, size: int, threads: int) -> None:
    """CREATE instead of MERGE, from several sessions."""
    text = write_edges(KIND, COLUMNS, fresh=True)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda batch: connection.write(text, rows=as_rows(batch)), edges.to_batches(size)))


def concurrent(connection: Connection, edges: pa.Table, size: int) -> None:
    """One session; the server divides what it is sent into transactions of its own."""
    inner = write_edges(KIND, COLUMNS, fresh=True).removeprefix("UNWIND $rows AS row ")
    text = f"UNWIND $rows AS row CALL (row) {{ {inner} }} IN 2 CONCURRENT TRANSACTIONS OF {size // 4} ROWS"
    for batch in edges.to_batches(size):
        connection.run(text, rows=as_rows(batch))


def by_writer(connection: Connection, edges: pa.Table) -> None:
    """What `push` does."""
    Neo4jWriter(connection, fresh=True).write_edges(KIND, iter(edges.to_batches(5_000)))


WAYS: Mapping[str, Callable[[Connection, pa.Table], None]] = {
    "plain `UNWIND … MERGE` loop, 1,000 rows": partial(plain, size=1_000),
    "times as numbers, 1,000 rows": partial(merged, size=1_000),
    "times as numbers, 5,000 rows": partial(merged, size=5_000),
    "`CREATE`, 1,000 rows": partial(created, size=1_000, threads=1),
    "`CREATE`, 5,000 rows": partial(created, size=5_000, threads=1),
    "`CREATE`, 20,000 rows": partial(created, size=20_000, threads=1),
    "`CREATE`, 5,000 rows, 2 sessions": partial(created, size=5_000, threads=2),
    "`CREATE`, 5,000 rows, 4 sessions": partial(created, size=5_000, threads=4),
    "`CALL … IN 2 CONCURRENT TRANSACTIONS`, 20,000 rows": partial(concurrent, size=20_000),
    "the writer of `push`": by_writer,
}
SHORT = ("plain `UNWIND … MERGE` loop, 1,000 rows", "the writer of `push`")  # once more without the extension


def rate(connection: Connection, way: Callable[[Connection, pa.Table], None], edges: pa.Table) -> float:
    """Edges per second of one way, into nodes that have none."""
    connection.run("MATCH ()-[r:VISITED]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS")
    began = time.perf_counter()
    way(connection, edges)
    return len(edges) / (time.perf_counter() - began)


def compare_ways(target: Target, tables: GraphTables, names: tuple[str, ...]) -> dict[str, float]:
    """Rates of the named ways, after nodes were written and the server was warmed up."""
    with connected(target) as connection:
        wipe(connection)
        ensure_schema(connection)
        writer = Neo4jWriter(connection, fresh=True)
        for type_ in (NodeType.PERSON, NodeType.INSTITUTION):
            with pq.ParquetFile(str(tables.nodes(type_))) as file:
                writer.write_nodes(type_, file.iter_batches(5_000, columns=["id", "label", "placeholder"]))
        edges = pq.read_table(str(tables.edges(KIND)), columns=list(COLUMNS)).slice(0, EDGES)
        rate(connection, by_writer, edges)
        return {name: rate(connection, WAYS[name], edges) for name in names}


def print_ways(rates: Mapping[str, float], without: Mapping[str, float]) -> None:
    """One table; the plain loop is 1."""
    one = next(iter(rates.values()))
    print(f"\n| way to write {EDGES:,} edges | edges/s | ratio |\n| --- | --- | --- |")
    for name, found in rates.items():
        print(f"| {name} | {found:,.0f} | {found / one:.2f} |")
    for name, found in without.items():
        print(f"| {name}, without neo4j-rust-ext | {found:,.0f} | {found / one:.2f} |")


def without_extension(target: Target, workspace: Workspace) -> dict[str, float]:
    """Rates in a process that cannot load the driver's extension."""
    command = [sys.executable, "-c", WITHOUT_RUST, "--child", target.url, str(workspace.root)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(zip(SHORT, map(float, done.stdout.split()), strict=True))


def timed_push(workspace: Workspace, target: Target) -> None:
    """Push and print one row."""
    done = push(workspace, target)
    rows = sum(step.rows for step in done.steps)
    print(f"| push, {done.mode} | {rows:,} | {done.seconds:.1f} | {rows / done.seconds:,.0f} |")


def timed_verify(workspace: Workspace, target: Target) -> None:
    """Verify and print one row."""
    began = time.perf_counter()
    found = verify(workspace, target)
    seconds = time.perf_counter() - began
    rows = sum(check.theirs for check in found.checks)
    print(
        f"| verify: {'the same' if found.same else 'NOT the same'} | {rows:,} | {seconds:.1f} | {rows / seconds:,.0f} |"
    )


@contextmanager
def server(sizes: Sizes) -> Iterator[Target]:
    """A trial server that goes away again."""
    with tempfile.TemporaryDirectory() as folder:
        home = ServerHome(Path(folder))
        status = trial.up(home, port=0, password=PASSWORD, sizes=sizes)
        try:
            yield Target(status.url, PASSWORD)
        finally:
            process.stop(home, wait=30)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=200_000)
    parser.add_argument("--visits", type=int, default=800_000)
    parser.add_argument("--heap", default="2g")
    parser.add_argument("--page-cache", default="1g")
    parser.add_argument("--child", nargs=2, metavar=("URL", "WORKSPACE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        url, root = arguments.child
        tables = GraphTables.open(Workspace(Path(root)))
        print(*compare_ways(Target(url, PASSWORD), tables, SHORT).values())
        return
    with ExitStack() as stack:
        workspace = Workspace(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        write_county(workspace, arguments.persons, arguments.visits)
        tables = build(workspace)
        target = stack.enter_context(server(Sizes(arguments.heap, arguments.page_cache)))
        print(f"{sum(tables.manifest.nodes.values()):,} nodes, {sum(tables.manifest.edges.values()):,} edges; "
              f"heap {arguments.heap}, page cache {arguments.page_cache}; {datetime.now():%Y-%m-%d}")  # fmt: skip
        rates = compare_ways(target, tables, tuple(WAYS))
        print_ways(rates, without_extension(target, workspace))
        with connected(target) as connection:
            wipe(connection)
        print("\n| step | rows | seconds | rows/s |\n| --- | --- | --- | --- |")
        timed_push(workspace, target)
        timed_verify(workspace, target)
        write_county(workspace, arguments.persons, arguments.visits + arguments.visits // 180, arguments.visits)
        tables = build(workspace)
        timed_push(workspace, target)
        persons, hub = sample(tables)
        with Neo4jStore.open(target, visits=tables.visits) as store:
            print()
            report({"Neo4j": measure(of_store(store, persons), persons, hub)})


if __name__ == "__main__":
    main()
