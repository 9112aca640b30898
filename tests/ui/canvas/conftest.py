"""The explorer in a real Chromium over the small town: one server, a page per test, nothing fetched from outside."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from claims.workspace import Workspace
from graph.embedded.writer import write_store
from tests.graph.worlds import write_tables
from tests.ui.scene.town import town

ROOT = Path(__file__).parents[3]
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
BOARD = "globalThis.__ringhoundCanvas"
SPOT = f"""id => {{ const b = {BOARD}, box = b.host.getBoundingClientRect();
  const p = b.cy.getElementById(id).renderedPosition(); return [box.left + p.x, box.top + p.y]; }}"""
# Streamlit asks for these below every address; they are answered with 404 and harm nobody.
HARMLESS = ("Failed to load resource", "_stcore")


@dataclass
class Canvas:
    """The canvas of one open page."""

    page: Page

    def js(self, code: str, argument: object = None) -> object:
        """Ask the board."""
        return self.page.evaluate(f"argument => {{ const board = {BOARD}; return {code}; }}", argument)

    def settled(self) -> None:
        """Wait until the server has acknowledged everything."""
        self.page.wait_for_function(f"() => {BOARD}?.stats?.readyAt && !{BOARD}.memory.outbox.length", timeout=30_000)

    def spot(self, id_: str) -> tuple[float, float]:
        """Where a node stands on the screen."""
        x, y = self.page.evaluate(SPOT, id_)
        return x, y

    def nodes(self) -> list[str]:
        """Ids of the nodes that are drawn."""
        found = self.js("board.cy.nodes().filter((n) => n.visible()).map((n) => n.id())")
        assert isinstance(found, list)
        return sorted(found)

    def places(self) -> dict[str, list[float]]:
        """Where every node stands in the scene."""
        code = "Object.fromEntries(board.cy.nodes().map((n) => [n.id(), [n.position('x'), n.position('y')]]))"
        found = self.js(code)
        assert isinstance(found, dict)
        return found

    def expand(self, id_: str) -> None:
        """Double-click."""
        self.page.mouse.dblclick(*self.spot(id_))
        self.settled()


@pytest.fixture(scope="session")
def town_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's graph, written once."""
    folder = tmp_path_factory.mktemp("town") / "ws"
    write_store(write_tables(town(), Workspace(folder)))
    return folder


@pytest.fixture(scope="module")
def address(town_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the harness, on a workspace of its own."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copytree(town_files, folder / "ws")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    options |= {"server.fileWatcherType": "none", "browser.gatherUsageStats": "false"}
    options |= {"client.disableDataExport": "true"}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "streamlit", "run", str(Path(__file__).with_name("harness.py")), *arguments]
    environment = os.environ | {"RINGHOUND_WORKSPACE": str(folder / "ws"), "PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(15)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and server.poll() is None:
        try:
            with opener.open(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test on any error and on any request to elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="zh-CN", reduced_motion="reduce")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda one: wrong.append(one.url) if _outside(one.url) else None)
    yield page
    context.close()
    assert [text for text in wrong if not any(harmless in text for harmless in HARMLESS)] == []


def _outside(url: str) -> bool:
    return url.startswith(("http", "ws")) and "//127.0.0.1:" not in url


@pytest.fixture
def canvas(page: Page, address: str) -> Canvas:
    """The canvas opened by a link to a person, in English."""
    page.goto(f"{address}/?lang=en&node=person:P00")
    canvas = Canvas(page)
    canvas.settled()
    return canvas
