"""Snapshots are put in force whole or not at all, stay while needed, and never disturb a reader."""

import multiprocessing
import random
import resource
import signal
import threading
import time
from pathlib import Path

import pytest

from claims.catalog import Catalog
from claims.errors import BusyError, NotFoundError, StoreError
from claims.lock import WriterLock
from claims.workspace import Workspace
from graph.build import build
from graph.building.partials import PARTIALS
from graph.building.visits import JUNK_PHONES, SUMS
from graph.embedded import EmbeddedStore
from graph.model import NodeRef, NodeType
from graph.tables import GraphTables, Manifest, in_force, order_of, snapshots
from tests.claims.stages import Row, load, person, settlement
from tests.graph.building import content

P1 = NodeRef(NodeType.PERSON, "P1")
CYCLES = 50


def people(count: int) -> dict[str, list[Row]]:
    settled = [settlement(f"S{n}", psn_no=f"P{n}", card_no=f"C{n}") for n in range(1, count + 1)]
    return {"insured": [person(f"P{n}") for n in range(1, count + 1)], "settlements": settled}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path)
    load(found, people(1))
    return found


def add(workspace: Workspace, count: int) -> None:
    load(workspace, people(count))


def test_before_the_first_build_there_is_no_graph(workspace: Workspace) -> None:
    for open_ in (GraphTables.open, EmbeddedStore.open):
        with pytest.raises(NotFoundError, match="no graph"):
            open_(workspace)
    with pytest.raises(NotFoundError, match="no data version 7"):
        build(workspace, 7)


def test_a_snapshot_that_exists_is_used_again(workspace: Workspace) -> None:
    first = build(workspace)
    assert build(workspace).folder == first.folder
    again = build(workspace, full=True)
    assert again.folder != first.folder
    assert in_force(workspace) == again.folder.name == "1.1"
    assert content(again) == content(first)


def test_an_older_version_is_built_beside_the_one_in_force(workspace: Workspace) -> None:
    add(workspace, 2)
    build(workspace)
    older = build(workspace, 1)
    assert (older.data_version, in_force(workspace)) == (1, "2")
    assert EmbeddedStore.open(workspace).node_counts()[NodeType.PERSON] == 2
    assert EmbeddedStore.open(workspace, 1).node_counts()[NodeType.PERSON] == 1
    with pytest.raises(NotFoundError, match="data version 9"):
        EmbeddedStore.open(workspace, 9)


def test_old_snapshots_go_when_newer_ones_stand_unless_pinned(workspace: Workspace) -> None:
    build(workspace)
    Catalog.open(workspace.catalog).pin("ring", "R1", 1)
    for number in range(2, 6):
        add(workspace, number)
        build(workspace, keep=2)
    assert snapshots(workspace) == ("1", "4", "5")
    Catalog.open(workspace.catalog).unpin("ring", "R1")
    build(workspace, keep=2)
    assert snapshots(workspace) == ("4", "5")


def test_a_reader_keeps_its_snapshot_when_it_is_replaced_and_removed(workspace: Workspace) -> None:
    build(workspace)
    reader = EmbeddedStore.open(workspace)
    before = reader.neighbours(P1), reader.visits(P1), reader.search("P1"), reader.node(P1)
    add(workspace, 3)
    build(workspace, keep=1)
    assert snapshots(workspace) == ("2",)
    assert (reader.neighbours(P1), reader.visits(P1), reader.search("P1"), reader.node(P1)) == before
    assert reader.data_version == 1


def test_readers_that_open_while_snapshots_are_switched_always_find_one(workspace: Workspace) -> None:
    build(workspace)
    stop, seen, errors = threading.Event(), set[int](), list[BaseException]()

    def read() -> None:
        while not stop.is_set():
            try:
                store = EmbeddedStore.open(workspace)
                assert store.node_counts()[NodeType.PERSON] == store.data_version
                assert store.neighbours(P1)
                seen.add(store.data_version)
            except BaseException as error:  # told to the test by the main thread
                errors.append(error)
                return

    reading = threading.Thread(target=read)
    reading.start()
    for number in range(2, 6):
        add(workspace, number)
        build(workspace, keep=1)
    time.sleep(0.3)
    stop.set()
    reading.join()
    assert not errors
    assert 5 in seen


def test_one_build_at_a_time(workspace: Workspace) -> None:
    workspace.graph.mkdir()
    lock = WriterLock.acquire(workspace.graph / "build.lock")
    with pytest.raises(BusyError):
        build(workspace)
    lock.release()
    assert build(workspace).data_version == 1


class Watcher(threading.Thread):
    """Looks again and again whether anything under a final name is not whole."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace, self._over = workspace, threading.Event()
        self.looks, self.halves = 0, list[str]()

    def run(self) -> None:
        while not self._over.is_set():
            self.looks += 1
            months = [path for path in (self._workspace.graph / PARTIALS).glob("[!.]*") if not whole_month(path)]
            builds = [self._workspace.graph / name for name in snapshots(self._workspace)]
            halves = [*months, *(path for path in builds if not whole_snapshot(path))]
            self.halves += [path.name for path in halves if path.exists()]  # it may have gone meanwhile

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def __enter__(self) -> "Watcher":
        self.start()
        return self


def whole_month(folder: Path) -> bool:
    names = {"visits", JUNK_PHONES, *SUMS}
    return all((folder / f"{name}.parquet").exists() for name in names)


def whole_snapshot(folder: Path) -> bool:
    try:
        manifest = Manifest.read(folder)
    except FileNotFoundError:
        return False
    tables, embedded = folder / "tables", folder / "embedded"
    files = [tables / "visits.parquet", embedded / "visits.bin"]
    files += [embedded / part / f"{type_}.bin" for type_ in manifest.nodes for part in ("nodes", "names")]
    files += [tables / "nodes" / f"{type_}.parquet" for type_ in manifest.nodes]
    files += [embedded / "edges" / f"{kind}.{way}.bin" for kind in manifest.edges for way in ("in", "out")]
    return all(path.exists() for path in files)


def test_nothing_ever_stands_half_written_under_its_name(workspace: Workspace) -> None:
    build(workspace)
    with Watcher(workspace) as watcher:
        for number in range(2, 5):
            add(workspace, number)
            build(workspace, keep=1)
            build(workspace, keep=1, full=True)
    assert watcher.looks > 10
    assert watcher.halves == []


def build_and_tell(root: Path, told: Path, full: bool) -> None:
    """Run in a child: build, then leave word of what was acknowledged."""
    tables = build(Workspace(root), full=full)
    unfinished = told.with_suffix(".new")
    unfinished.write_text(tables.folder.name)
    unfinished.rename(told)


def whole(workspace: Workspace) -> str:
    """Read everything of the snapshot in force; version n holds n persons with a visit each."""
    assert all(whole_snapshot(workspace.graph / name) for name in snapshots(workspace))
    store = EmbeddedStore.open(workspace)
    refs = [NodeRef(NodeType.PERSON, f"P{n}") for n in range(1, store.data_version + 1)]
    assert store.node_counts()[NodeType.PERSON] == len(refs)
    for ref in refs:
        (visit,) = store.visits(ref)
        assert {one.edge.kind.type for one in store.neighbours(ref)} == {"VISITED", "USED_CARD"}
        assert store.search(visit.card or "")[0].ref.id == visit.card
    tables = GraphTables.open(workspace)
    assert len(content(tables)) == len(tables.manifest.nodes) + len(tables.manifest.edges) + 2
    return tables.folder.name


def build_on_a_full_disk(root: Path, told: Path) -> None:
    """Run in a child whose files may not grow beyond what opening the catalog takes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
    try:
        build(Workspace(root), full=True)
    except StoreError as error:
        told.write_text(str(error))


def test_a_full_disk_is_told_and_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    name, told = build(workspace).folder.name, tmp_path / "told"
    add(workspace, 5_000)
    child = multiprocessing.get_context("forkserver").Process(target=build_on_a_full_disk, args=(workspace.root, told))
    child.start()
    child.join()
    assert "No space is left" in told.read_text()
    assert whole(workspace) == name
    assert not (workspace.graph / ".unfinished").exists()


@pytest.mark.kill
@pytest.mark.parametrize("seed", [1])
def test_a_killed_build_leaves_the_snapshot_in_force_whole(tmp_path: Path, seed: int) -> None:
    rng, workspace, told = random.Random(seed), Workspace(tmp_path / "workspace"), tmp_path / "told"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    load(workspace, people(1))
    began = time.monotonic()
    build(workspace)
    usual, killed, newest = time.monotonic() - began, 0, 1
    for cycle in range(CYCLES):
        if cycle % 5 == 4:
            newest += 1
            add(workspace, newest)
        child = context.Process(target=build_and_tell, args=(workspace.root, told, cycle % 5 < 3))
        child.start()
        child.join(rng.uniform(0, usual))
        child.kill()
        child.join()
        killed += child.exitcode == -signal.SIGKILL
        name = whole(workspace)
        if told.exists():
            acknowledged = told.read_text()
            assert order_of(name) >= order_of(acknowledged)
    assert killed > CYCLES // 3
    last = build(workspace)
    assert last.data_version == newest
    assert content(last) == content(build(workspace, full=True))
    assert not [path for path in workspace.graph.iterdir() if path.name.startswith(".")]
