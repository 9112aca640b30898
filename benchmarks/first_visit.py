"""How long a page takes in a real Chromium, over a detected county: opened in a new window, and from an open one.

    python -m benchmarks.first_visit --workspace W [--visits 3] [--pages desk rings]

Works on a copy of the workspace (which needs a graph and rings) with an account of its own. Every page is opened in a
new window by its address (nothing in the browser's cache, as the first thing in the morning), and timed until what it
is opened for stands there and the script has finished; the first window of all, which warms the server, is not counted.
Then one window goes from page to page as its links do, each page once before it is timed. Processor time of the
server tells the page from its neighbours on a busy machine. Prints a table in Markdown, and what was asked for in vain.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlparse

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.explorer import PLAIN
from benchmarks.pages import server_process
from cases.store import CaseStore
from claims.workspace import Workspace
from graph.model import NodeType
from tests.ui.app.test_browser import IDLE
from tests.ui.app.test_ring_walk import served
from tests.ui.app.world import copy_of
from tests.ui.canvas.chromium import SETTLED, chromium
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.doorkeeper import COOKIE
from ui.auth.roles import Role
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions

WHO = "benchmark"
HEAD = """
| page | new window, p50 s | most, s | from an open one, p50 s | most, s | server, processor s | received, kB |
| --- | --- | --- | --- | --- | --- | --- |""".strip()
CHANGED = "before => document.querySelector('[data-testid=stMain]').innerText !== before"
# As the links of the pages do: the address changes, and the page that is open is told.
GO = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }"


@dataclass(frozen=True)
class Visited:
    """One visit: seconds until it stood there, seconds of the server's processor, and kilobytes received."""

    seconds: float
    processor: float
    kilobytes: float


def addresses(workspace: Workspace) -> Mapping[str, str]:
    """What is opened, by name: the largest ring stands for all of them, and its first member with a person's page."""
    store = CaseStore.open(workspace.cases)
    ring = max(store.rings(), key=lambda one: (len(one.picture.members), one.id))
    person = next(one for one in ring.picture.members if one.type is NodeType.PERSON)
    return {
        "desk": "/",
        "rings": "/rings",
        "ring": f"/ring?ring={ring.id}",
        "entity": f"/entity?type=person&id={person.id}",
        "explorer": f"/explorer?ring={ring.id}",
        "cases": "/cases",
    }


@contextmanager
def house(workspace: Workspace, folder: Path) -> Iterator[tuple[str, str]]:
    """A server over a copy of the workspace; yield its address and the key of somebody signed in."""
    place = copy_of(workspace, folder / "county")
    engine = open_engine(place.cases)
    roles = frozenset({Role.LEAD, Role.INVESTIGATOR})
    Accounts(engine).add(NewAccount(WHO, WHO, roles, password="seven quiet herons wade", must_change=False), by=WHO)
    with served(place, folder / "server.log") as address:
        yield address, Sessions(engine).open(WHO, "127.0.0.1")


def window_of(browser: Browser, address: str, key: str) -> BrowserContext:
    """A window of somebody who is signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    context.add_cookies([{"name": COOKIE, "value": key, "url": address}])
    return context


def visit(browser: Browser, address: str, key: str, path: str, missing: Counter[str]) -> Visited:
    """Open one page in a window of its own."""
    context = window_of(browser, address, key)
    context.on("response", lambda one: missing.update([urlparse(one.url).path] if one.status == 404 else []))
    page = context.new_page()
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda sent: received.append(len(sent))))
    before, began = processor_seconds(address), time.perf_counter()
    page.goto(address + path)
    _standing(page, path)
    seconds = time.perf_counter() - began
    used = processor_seconds(address) - before
    context.close()
    return Visited(seconds, used, sum(received) / 1024)


def _standing(page: Page, path: str) -> None:
    page.locator("[data-testid=stMain] h1, [data-testid=stMain] h2").first.wait_for(timeout=120_000)
    page.wait_for_function(IDLE, timeout=120_000)
    if path.startswith("/explorer"):
        page.wait_for_function(SETTLED, timeout=120_000)


def processor_seconds(address: str) -> float:
    """Processor time of the server so far."""
    stat = (
        Path(f"/proc/{server_process(address.rpartition(':')[2])}/stat").read_text("utf-8").rpartition(")")[2].split()
    )
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def moved(browser: Browser, address: str, key: str, paths: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Go from page to page in one window, round after round; the first round is not counted."""
    context = window_of(browser, address, key)
    page = context.new_page()
    page.goto(address + "/runs")
    _standing(page, "/runs")
    times: dict[str, list[float]] = {name: [] for name in paths}
    for number in range(rounds + 1):
        for name, path in paths.items():
            before = page.locator("[data-testid=stMain]").inner_text()
            began = time.perf_counter()
            page.evaluate(GO, path)
            page.wait_for_function(CHANGED, arg=before, timeout=120_000)
            _standing(page, path)
            if number:
                times[name].append(time.perf_counter() - began)
    context.close()
    return times


def row(name: str, visits: Sequence[Visited], again: Sequence[float]) -> str:
    """A row of the table."""
    times, worked = [one.seconds for one in visits], median(one.processor for one in visits)
    received = median(one.kilobytes for one in visits)
    figures = (median(times), max(times), median(again), max(again), worked)
    return f"| {name} | {' | '.join(f'{figure:.2f}' for figure in figures)} | {received:.0f} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--visits", type=int, default=3)
    parser.add_argument("--pages", nargs="+", default=[], help="only these")
    options = parser.parse_args()
    workspace, missing = Workspace(options.workspace), Counter[str]()
    wanted = {name: path for name, path in addresses(workspace).items() if not options.pages or name in options.pages}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address, key = stack.enter_context(house(workspace, folder))
        browser = stack.enter_context(chromium(*PLAIN))
        visit(browser, address, key, "/", Counter())
        again = moved(browser, address, key, wanted, options.visits)
        print(HEAD)
        for name, path in wanted.items():
            found = [visit(browser, address, key, path, missing) for _ in range(options.visits)]
            print(row(name, found, again[name]), flush=True)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, no GPU.")
    for path, count in missing.most_common():
        print(f"Answered with 404: {path} ({count} times)")


if __name__ == "__main__":
    main()
