"""How quick the explorer is in a real Chromium without a GPU: frames a second while panning, and expanding.

    python -m benchmarks.explorer                       # the code as it stands
    python -m benchmarks.explorer --against 5b3dda7     # and as it stood at a commit, in turns
    python -m benchmarks.explorer --neo4j               # and with the graph on a Neo4j server, in turns

Makes an invented county, scenes grown breadth first in it, and serves the explorer page alone. A frame counts
only when the picture moved in it. An expansion is timed from the second click until the newcomers are painted, and
undone before the next. Prints a table in Markdown.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from benchmarks.graph_county import write_county
from claims.workspace import Workspace
from graph.build import build
from graph.embedded import EmbeddedStore
from graph.model import NodeRef, NodeType
from graph.neo4j_store.connection import connected
from graph.neo4j_store.schema import wipe
from graph.push import push
from graph.store import GraphReader
from tests.graph.neo4j_server import PASSWORD, server
from tests.ui.canvas.chromium import BOARD, FLAGS, ROOT, Canvas, chromium, served, window
from ui.commands.graph_neo4j import PASSWORD_VARIABLE
from ui.config.settings import STORE
from ui.scene.facts import gather
from ui.scene.model import Item, Scene
from ui.scene.place import arrange
from ui.scene.store import SceneStore

# As on an office machine without a graphics card: no GPU is imitated, which nobody would run a browser on.
PLAIN = (*(flag for flag in FLAGS if "swiftshader" not in flag), "--disable-gpu")
NEIGHBOURS = 8  # followed from each node: scenes as dense as an investigator's
PANNING_SECONDS = 4.0
# Notes when each frame showed another place of the scene, and when the last paint and the last click were.
WATCH = f"""() => {{
  const board = {BOARD}, watch = (globalThis.__watch = {{ moved: 0, up: 0, painted: 0 }});
  const place = () => JSON.stringify(board.cy.pan());
  let last = place();
  const frame = () => {{
    const now = place();
    if (now !== last) watch.moved += 1;
    last = now;
    requestAnimationFrame(frame);
  }};
  requestAnimationFrame(frame);
  addEventListener("mouseup", () => {{ watch.up = performance.now(); }}, true);
  board.cy.on("render", () => {{ watch.painted = performance.now(); }});
}}"""
DRAG = """([x, y, millis]) => new Promise((done) => {
  const began = performance.now(), before = __watch.moved;
  let step = 0;
  const move = () => {
    const past = performance.now() - began;
    if (past > millis) { done(((__watch.moved - before) * 1000) / past); return; }
    step += 1;
    const place = { clientX: x + Math.abs((step % 160) - 80), clientY: y + 6 + (step % 3), buttons: 1, bubbles: true };
    window.dispatchEvent(new MouseEvent("mousemove", place));
    requestAnimationFrame(move);
  };
  requestAnimationFrame(move);
})"""
EMPTY = f"""() => {{
  const b = {BOARD}, box = b.host.getBoundingClientRect(), at = b.cy.nodes().map((n) => n.renderedPosition());
  const left = 60 + b.legend.offsetWidth;
  for (let y = 60; y < box.height - 60; y += 12) for (let x = left; x < box.width - 60; x += 12)
    if (at.every((p) => Math.hypot(p.x - x, p.y - y) > 26)) return [box.left + x, box.top + y];
  return null; }}"""
READY = f"() => {BOARD}?.stats?.readyAt && !{BOARD}.memory.outbox.length"
PAINTED = f"() => __watch.painted > {BOARD}.stats.readyAt - performance.timeOrigin"
INSIDE = f"""() => {{ const b = {BOARD}, legend = b.legend.hidden ? 0 : b.legend.offsetWidth + 20;
  return b.cy.nodes("[type='person']").filter((n) => {{ const p = n.renderedPosition();
    return p.x > legend && p.x < b.cy.width() - 20 && p.y > 20 && p.y < b.cy.height() - 20;
  }}).map((n) => n.id()); }}"""


HEAD = """
| scene | code | opened, s | frames a second, panning | expand p50 / p95, ms | browser per expand and undo, ms |
| --- | --- | --- | --- | --- | --- |""".strip()


@dataclass(frozen=True)
class Measured:
    """One scene with one state of the code: milliseconds and frames a second."""

    nodes: int
    edges: int
    frames: float
    expands: Sequence[float]
    open_seconds: float
    work: float

    def row(self, name: str) -> str:
        """A row of the table."""
        times = sorted(self.expands) or [float("nan")]
        p95 = times[ceil(len(times) * 0.95) - 1]
        shown = f"{median(times):.0f} / {p95:.0f} ({len(times)} times)"
        size = f"{self.nodes:,} nodes, {self.edges:,} relations"
        return f"| {size} | {name} | {self.open_seconds:.1f} | {self.frames:.1f} | {shown} | {self.work:.0f} |"


def grown(reader: GraphReader, size: int) -> tuple[NodeRef, ...]:
    """Nodes met first from one person on, never through the largest."""
    start = NodeRef(NodeType.PERSON, "P000000001")
    found: dict[NodeRef, None] = {start: None}
    edge = deque([start])
    while edge and len(found) < size:
        for one in reader.neighbours(edge.popleft(), limit=NEIGHBOURS):
            if one.node.ref not in found and len(found) < size:
                found[one.node.ref] = None
                edge.append(one.node.ref)
    return tuple(found)


def keep_scenes(workspace: Workspace, sizes: Sequence[int]) -> Mapping[int, str]:
    """Save a scene of every size; return their ids."""
    reader, store = EmbeddedStore.open(workspace), SceneStore.open(workspace)
    ids = {}
    for size in sizes:
        keys = [str(ref) for ref in grown(reader, size)]
        facts = gather(reader, keys)
        spots = arrange(keys, ((str(edge.source), str(edge.target)) for edge in facts.edges))
        scene = Scene(items={key: Item(*spots[key]) for key in keys})
        ids[size] = store.save("li", str(size), scene, facts.version, shared=True).id
    return ids


def trees(commit: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """The states of the code to measure; an earlier one is unpacked beside."""
    if commit:
        archive = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
        folder.mkdir()
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
        yield commit, folder
    yield "now", ROOT


@contextmanager
def shared(workspace: Workspace, log: Path) -> Iterator[str]:
    """The explorer page with its graph on a Neo4j server, which is emptied and filled."""
    with connected(server()) as connection:
        wipe(connection)
    push(workspace, server())
    with served(workspace.root, log, {STORE: server().url, PASSWORD_VARIABLE: PASSWORD}) as address:
        yield address


def measure(browser: Browser, address: str, scene: str, expands: int) -> Measured:
    """Open a scene, pan, expand and undo."""
    with window(browser, 1440, 900) as context:
        page = context.new_page()
        began = time.perf_counter()
        page.goto(f"{address}/?lang=en&scene={scene}")
        page.wait_for_function(READY, timeout=120_000)
        opened = time.perf_counter() - began
        canvas = Canvas(page)
        page.wait_for_timeout(1500)
        page.evaluate(WATCH)
        frames = _pan(canvas)
        busy = _processor_seconds()
        times = list(_expand(canvas, expands))
        work = 1000 * (_processor_seconds() - busy) / max(1, len(times))
        size = int(str(canvas.js("board.stats.nodes"))), int(str(canvas.js("board.stats.edges")))
    return Measured(*size, frames, times, opened, work)


def _pan(canvas: Canvas) -> float:
    """Drag the ground to and fro with a hand as quick as the frames; return how many a second showed it moved."""
    page = canvas.page
    x, y = page.evaluate(EMPTY)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 6, y + 6)
    moved = float(page.evaluate(DRAG, [x, y, PANNING_SECONDS * 1000]))
    page.mouse.up()
    page.wait_for_timeout(600)
    return moved


def _expand(canvas: Canvas, count: int) -> Iterator[float]:
    """Expand persons one by one; yield the milliseconds until their neighbours were painted."""
    page = canvas.page
    ids = page.evaluate(INSIDE)
    for id_ in ids[:: max(1, len(ids) // count)][:count]:
        canvas.js("void board.cy.zoom(1).center(board.cy.getElementById(argument))", id_)
        page.wait_for_timeout(250)
        updates = canvas.js("board.stats.updates")
        page.mouse.dblclick(*canvas.spot(id_))
        page.wait_for_function(f"before => {BOARD}.stats.updates > before", arg=updates, timeout=60_000)
        canvas.settled()
        if canvas.js("board.data.undo"):  # whose neighbours stand on the canvas already has none to add or to paint
            page.wait_for_function(PAINTED)
            yield float(page.evaluate("__watch.painted - __watch.up"))
            page.locator("[data-act=undo]").click()
            canvas.settled()


def _processor_seconds() -> float:
    """Processor time of the browser, which does not depend on who else is at work on the machine."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in shown.splitlines()]
    ours, found = {os.getpid()}, 0.0
    for pid, parent, _name in rows:  # parents stand before their children
        if int(parent) in ours:
            ours.add(int(pid))
    for pid, _parent, name in rows:
        if int(pid) in ours and name.startswith("chrom"):
            found += _ticks(int(pid))
    return found


def _ticks(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=60_000)
    parser.add_argument("--visits", type=int, default=250_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 500, 2_000])
    parser.add_argument("--expands", type=int, default=20)
    parser.add_argument("--workspace", type=Path, help="scenes of the graph in this workspace, which keeps them")
    parser.add_argument("--neo4j", action="store_true", help="with the graph on the tests' Neo4j server, too")
    parser.add_argument("--against", default="", metavar="COMMIT", help="measure this commit too, in turns")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        workspace = Workspace(options.workspace or folder / "county")
        if options.workspace is None:
            write_county(workspace, options.persons, options.visits)
            build(workspace)
        scenes = keep_scenes(workspace, options.sizes)
        states = {
            name: stack.enter_context(served(workspace.root, folder / f"{name}.log", tree=tree))
            for name, tree in trees(options.against, folder / "before")
        }
        if options.neo4j:
            states["now, Neo4j"] = stack.enter_context(shared(workspace, folder / "neo4j.log"))
        browser = stack.enter_context(chromium(*PLAIN))
        print(HEAD)
        for scene in scenes.values():
            for name, address in states.items():
                print(measure(browser, address, scene, options.expands).row(name), flush=True)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, no GPU.")


if __name__ == "__main__":
    main()
