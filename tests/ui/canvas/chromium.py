"""A real Chromium before the explorer: how it is started, the server it asks, and what stands on its canvas."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ui.config.settings import server_options

ROOT = Path(__file__).parents[3]
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
HARNESS = Path("tests/ui/canvas/harness.py")
OPTIONS = {**dict(server_options()), "server.address": "127.0.0.1"}
BOARD = "globalThis.__ringhoundCanvas"
SPOT = f"""id => {{ const b = {BOARD}, box = b.host.getBoundingClientRect();
  const p = b.cy.getElementById(id).renderedPosition(); return [box.left + p.x, box.top + p.y]; }}"""
# Streamlit asks for these below every address; they are answered with 404 and harm nobody.
HARMLESS = ("Failed to load resource", "_stcore")
SETTLED = f"() => {BOARD}?.stats?.readyAt && !{BOARD}.memory.outbox.length"


@dataclass
class Canvas:
    """The canvas of one open page."""

    page: Page

    def js(self, code: str, argument: object = None) -> object:
        """Ask the board."""
        return self.page.evaluate(f"argument => {{ const board = {BOARD}; return {code}; }}", argument)

    def settled(self) -> None:
        """Wait until the server has acknowledged everything."""
        self.page.wait_for_function(SETTLED, timeout=60_000)

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
        """Double-click, once the page no longer moves what is clicked."""
        spot = self.spot(id_)
        for _ in range(20):
            self.page.wait_for_timeout(150)
            before, spot = spot, self.spot(id_)
            if before == spot:
                break
        self.page.mouse.dblclick(*spot)
        self.settled()

    def drag_time(self, since: float, until: float) -> None:
        """Drag a window over a part of the time bar (0 is its beginning, 1 its end)."""
        box = self.page.locator(".rh-tl").bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] * since, box["y"] + 20)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * until, box["y"] + 20, steps=3)
        self.page.mouse.up()


@contextmanager
def served(
    workspace: Path, log: Path, environment: Mapping[str, str] | None = None, *, tree: Path = ROOT
) -> Iterator[str]:
    """The explorer page alone, as the code below `tree` has it, on a port of its own."""
    port = _free_port()
    options = {**OPTIONS, "server.port": str(port)}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(tree / HARNESS), *arguments]
    env = os.environ | {"RINGHOUND_WORKSPACE": str(workspace), "PYTHONPATH": str(tree)} | dict(environment or {})
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=tree, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(15)


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(flags or FLAGS))
        yield browser
        browser.close()


@contextmanager
def window(browser: Browser, wide: int = 1280, high: int = 720) -> Iterator[BrowserContext]:
    """A window whose pages fail on any error and on any request to elsewhere."""
    context = browser.new_context(
        viewport={"width": wide, "height": high}, locale="zh-CN", reduced_motion="reduce", accept_downloads=True
    )
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    context.on("request", lambda one: wrong.append(one.url) if _outside(one.url) else None)
    yield context
    context.close()
    assert [text for text in wrong if not any(harmless in text for harmless in HARMLESS)] == []


def _outside(url: str) -> bool:
    return url.startswith(("http", "ws")) and "//127.0.0.1:" not in url


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


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
