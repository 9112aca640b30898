"""A real Chromium before the pages of Ringhound: how it is started, how one waits, clicks, and keeps a picture."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as PatienceError

from claims.workspace import Workspace
from ui.commands.ui import command_line
from ui.config.settings import LOCAL_HOSTS

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", "--use-angle=swiftshader",
         "--enable-unsafe-swiftshader", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")  # fmt: skip
SIZE = (1280, 720)
COLOURS = 256  # a palette: a third of the bytes, and no eye sees it on a page of text
LARGEST = 122_880  # bytes of a picture; beyond it the palette shrinks
PATIENCE = 120_000  # milliseconds one waits for a page
SHORT, OPENINGS = 4_000, 5  # milliseconds one waits for a list that opens, and how often it is opened
LOCALES = {"zh": "zh-CN", "en": "en-US"}
BOARD = "globalThis.__ringhoundCanvas"
IDLE = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
SETTLED = f"() => {BOARD}?.stats?.readyAt && !{BOARD}.memory.outbox.length"
SPOT = f"""id => {{ const b = {BOARD}, box = b.host.getBoundingClientRect();
  const p = b.cy.getElementById(id).renderedPosition(); return [box.left + p.x, box.top + p.y]; }}"""
NAMED = f'type => {BOARD}.cy.nodes(`[type = "${{type}}"]`).map((n) => n.id())'
# The heading is brought under the top bar of the page, wherever the page keeps its scroll.
SCROLL = """([selector, number, above]) => { const one = document.querySelectorAll(selector)[number];
  const main = document.querySelector('[data-testid=stMain]');
  main.scrollTop += one.getBoundingClientRect().top - above; }"""


@dataclass
class Walk:
    """One person's way through the pages in one language; `keep` writes a picture into the folder."""

    page: Page
    address: str
    language: str
    folder: Path

    def go(self, path: str) -> None:
        """Open an address in this guide's language."""
        self.page.goto(f"{self.address}{path}{'&' if '?' in path else '?'}lang={self.language}")
        self.idle()

    def idle(self) -> None:
        """Wait until nothing runs and nothing new came."""
        for pause in (400, 500):
            self.page.wait_for_function(IDLE, timeout=PATIENCE)
            self.page.wait_for_timeout(pause)
        self.page.wait_for_function(IDLE, timeout=PATIENCE)

    def sign_in(self, name: str, password: str, path: str = "/") -> None:
        """Sign in with the form, then open an address."""
        self.page.goto(f"{self.address}/sign/in")
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.idle()
        self.go(path)

    def keyed(self, key: str) -> Locator:
        """Find a widget by the key that the page gave it."""
        return self.page.locator(f".st-key-{_class(key)}").first

    def press(self, key: str) -> None:
        """Press a button by the key that the page gave it, and wait."""
        self.keyed(key).locator("button").first.click()
        self.idle()

    def write(self, key: str, text: str) -> None:
        """Write into a box by the key that the page gave it."""
        box = self.keyed(key).locator("textarea, input").first
        box.fill(text)
        box.press("Tab")
        self.page.wait_for_timeout(500)

    def choose(self, place: Locator, number: int) -> None:
        """Choose the option with this number in a box."""
        self._chosen(place, self.page.get_by_role("option").nth(number))

    def choose_named(self, place: Locator, name: str) -> None:
        """Choose the option with this name in a box."""
        self._chosen(place, self.page.get_by_role("option", name=name, exact=True))

    def _chosen(self, place: Locator, option: Locator) -> None:
        """Click an option; a box that is drawn anew closes, and is opened again."""
        for _attempt in range(OPENINGS):
            place.locator("input").first.click()
            with suppress(PatienceError):
                option.click(timeout=SHORT)
                self.idle()
                return
            self.page.keyboard.press("Escape")
        raise LookupError(f"no such option: {option}")

    def to(self, selector: str, number: int = 0, above: int = 76) -> None:
        """Scroll until an element stands below the top bar."""
        self.page.wait_for_function(
            "([s, n]) => document.querySelectorAll(s).length > n", arg=[selector, number], timeout=PATIENCE
        )
        self.page.evaluate(SCROLL, [selector, number, above])
        self.page.wait_for_timeout(900)

    def settled(self) -> None:
        """Wait until the graph is drawn and the server has acknowledged everything."""
        self.page.wait_for_function(SETTLED, timeout=PATIENCE)
        self.idle()

    def nodes(self, type_: str) -> list[str]:
        """Ids of the nodes of a type that stand on the canvas."""
        found: list[str] = self.page.evaluate(NAMED, type_)
        return sorted(found)

    def spot(self, node: str) -> tuple[float, float]:
        """Where a node stands on the screen."""
        x, y = self.page.evaluate(SPOT, node)
        return x, y

    def keep(self, name: str) -> None:
        """Write what is on the screen as a small PNG with a palette."""
        self.page.mouse.move(SIZE[0] - 3, SIZE[1] - 3)
        self.page.wait_for_timeout(1200)
        small(self.page.screenshot(), self.folder / f"{name}.png")


def small(png: bytes, path: Path) -> None:
    """Write a picture with as many colours as fit into the bytes it may take."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    colours = COLOURS
    while True:
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST or colours <= 16:
            return
        colours //= 2


@contextmanager
def walking(browser: Browser, address: str, language: str, folder: Path) -> Iterator[Walk]:
    """A window of its own, as of somebody at another desk."""
    context = browser.new_context(
        viewport={"width": SIZE[0], "height": SIZE[1]}, locale=LOCALES[language], timezone_id="Asia/Shanghai",
        reduced_motion="reduce", accept_downloads=True,
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    yield Walk(context.new_page(), address, language, folder)
    context.close()


@contextmanager
def served(workspace: Workspace, language: str, log: Path) -> Iterator[str]:
    """The server as `ringhound ui` starts it, on a free port of this machine."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    env = os.environ | {"RINGHOUND_WORKSPACE": str(workspace.root.resolve()), "RINGHOUND_LANG": language}
    with log.open("wb") as out:
        process = subprocess.Popen(command_line("127.0.0.1", port, LOCAL_HOSTS), stdout=out, stderr=out, env=env)
    try:
        _wait(process, f"http://127.0.0.1:{port}/_stcore/health", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", health: str, log: Path) -> None:
    end = time.monotonic() + 120
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(health, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(log.read_text(encoding="utf-8", errors="replace"))


def _class(key: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in key)
