"""The walk of a morning in a real Chromium, with the network cut: sign in, desk, rings, runs, language, out."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PatienceError

from claims.workspace import Workspace
from tests.ui.app.world import PASSWORD, add_people
from ui.auth.accounts import Accounts
from ui.auth.schema import open_engine
from ui.commands.ui import command_line
from ui.config.settings import LOCAL_HOSTS

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[3]
SERVED = Path(__file__).with_name("served.py")
SHOTS = os.environ.get("RINGHOUND_SHOTS")
IDLE = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def served(workspace: Workspace, log: Path, patience: float = 90, **environment: str) -> Iterator[str]:
    """The server over invented rings, on a port of its own; `patience` in seconds."""
    port = free_port()
    command = command_line("127.0.0.1", port, LOCAL_HOSTS)
    command[command.index("run") + 1] = str(SERVED)
    env = os.environ | {"RINGHOUND_WORKSPACE": str(workspace.root), "PYTHONPATH": str(ROOT)} | environment
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=workspace.root, stdout=out, stderr=out, env=env)
    try:
        wait(process, port, log, patience)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def wait(process: subprocess.Popen[bytes], port: int, log: Path, patience: float = 90) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    place = Workspace(tmp_path_factory.mktemp("pages"))
    add_people(place, sun=True)
    return place


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    log = workspace.root / "server.log"
    with served(workspace, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


@contextmanager
def window(browser: Browser, size: tuple[int, int] = (1440, 900), locale: str = "zh-CN") -> Iterator[BrowserContext]:
    """A window that knows no other server than ours; page errors and refused scripts fail the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=locale, timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )  # fmt: skip
    faults: list[str] = []
    own = ("http://127.0.0.1:", "ws://127.0.0.1:", "http://localhost:", "data:", "blob:")
    context.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    yield context
    context.close()
    assert not faults


def sign_in(page: Page, address: str, name: str, path: str = "/") -> None:
    page.goto(address + path)
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    idle(page)


def idle(page: Page) -> None:
    page.wait_for_function(IDLE, timeout=60_000)
    page.wait_for_timeout(300)
    page.wait_for_function(IDLE, timeout=60_000)


def choose(page: Page, box: Locator, option: Callable[[Locator], Locator]) -> None:
    """Choose in a box; its list closes when the page is drawn anew meanwhile, and is then opened again."""
    wanted = option(page.get_by_role("option"))
    for _attempt in range(5):
        box.locator("input").first.click()
        with suppress(PatienceError):
            wanted.click(timeout=5_000)
            break
        page.keyboard.press("Escape")
        idle(page)
    else:
        raise AssertionError("the list never showed what was to be chosen")
    idle(page)


def shot(page: Page, name: str) -> None:
    """Keep a picture where the environment says so, and see that nothing hangs over the side."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide} px"
    if SHOTS:
        page.wait_for_timeout(900)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)], ids=["wide", "small"])
def test_the_walk_of_a_morning(browser: Browser, address: str, size: tuple[int, int]) -> None:
    name = f"{size[0]}"
    with window(browser, size) as context:
        page = context.new_page()
        page.goto(address)
        shot(page, f"{name}-sign-in")
        sign_in(page, address, "li")
        page.get_by_text("李强").first.wait_for()
        shot(page, f"{name}-desk")
        page.goto(f"{address}/rings?families=collusion&ranking=money&page=2")
        idle(page)
        page.get_by_test_id("stDataFrame").wait_for()
        shot(page, f"{name}-rings")
        page.get_by_text("English").click()
        idle(page)
        page.get_by_role("heading", name="Rings").wait_for()
        assert "families=collusion" in page.url
        assert "page=2" in page.url
        shot(page, f"{name}-rings-en")
        page.emulate_media(color_scheme="dark")
        shot(page, f"{name}-rings-dark")
        page.emulate_media(color_scheme="light")
        page.get_by_role("link", name="Runs and data").click()
        idle(page)
        page.get_by_role("heading", name="Runs and data").wait_for()
        shot(page, f"{name}-runs-en")
        page.get_by_text("中文").click()
        idle(page)
        page.get_by_test_id("stSidebar").get_by_role("button").last.click()
        page.locator("a[href='/sign/in']").click()
        page.wait_for_selector("input[name=password]")


def test_a_filter_chosen_by_hand_can_be_sent_on(browser: Browser, address: str) -> None:
    with window(browser, locale="en-US") as context:
        page = context.new_page()
        sign_in(page, address, "wang", "/rings")
        page.get_by_test_id("stPagination").get_by_text("3", exact=True).click()
        page.wait_for_url("**page=3**")
        idle(page)
        page.get_by_test_id("stTextInput").locator("input").fill("12")
        page.keyboard.press("Enter")
        page.wait_for_url("**text=12**")
        assert "page=" not in page.url
        page.go_back()
        idle(page)


def test_a_disabled_user_is_out_in_every_tab(browser: Browser, address: str, workspace: Workspace) -> None:
    book = Accounts(open_engine(workspace.cases))
    with window(browser) as context:
        one = context.new_page()
        sign_in(one, address, "zhao", "/runs")
        other = context.new_page()
        other.goto(address)
        idle(other)
        book.set_disabled("zhao", True, by="test")
        for tab in (one, other):
            tab.get_by_text("English").click()
            tab.locator("a[href='/sign/in']").wait_for()
            assert tab.get_by_test_id("stDataFrame").count() == 0
        one.goto(address + "/runs")
        one.wait_for_selector("input[name=password]")
    book.set_disabled("zhao", False, by="test")
    book.engine.dispose()


def test_the_first_sign_in_asks_for_a_new_password(browser: Browser, address: str) -> None:
    with window(browser, (1280, 720)) as context:
        page = context.new_page()
        page.goto(address)
        page.fill("input[name=name]", "sun")
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector("input[name=again]")
        shot(page, "password")
        page.fill("input[name=old]", PASSWORD)
        page.fill("input[name=new]", "four brown owls hoot")
        page.fill("input[name=again]", "four brown owls hoot")
        page.click("button[type=submit]")
        idle(page)
        page.get_by_text("孙立").first.wait_for()


def test_a_page_without_the_right_says_so(browser: Browser, address: str) -> None:
    with window(browser, (1280, 720)) as context:
        page = context.new_page()
        sign_in(page, address, "wang", "/accounts")
        page.get_by_test_id("stAlert").wait_for()
        assert page.get_by_test_id("stDataFrame").count() == 0
        shot(page, "no-right")


@pytest.mark.parametrize("path", ["/no-such-page", "/rings/12"])
def test_an_address_that_is_no_page_ends_at_the_desk(browser: Browser, address: str, path: str) -> None:
    with window(browser) as context:
        page = context.new_page()
        sign_in(page, address, "wang", path)
        idle(page)
        expect(page.get_by_text("打开的地址没有对应的页面，这里是工作台。")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
        shot(page, f"nowhere{path.replace('/', '-')}")


@pytest.mark.parametrize(("language", "says"), [("zh", "选择文件"), ("en", "Choose a file")])
def test_the_file_box_speaks_the_readers_language(browser: Browser, address: str, language: str, says: str) -> None:
    with window(browser, (1280, 720)) as context:
        page = context.new_page()
        sign_in(page, address, "li", f"/ledger?lang={language}")
        idle(page)
        words = page.get_by_test_id("stFileUploaderDropzone").locator("button p").first
        expect(words).to_have_css("font-size", "0px")  # Streamlit's own word
        assert words.evaluate("p => getComputedStyle(p, '::after').content") == f'"{says}"'


def test_the_socket_is_closed_to_strangers(address: str, browser: Browser) -> None:
    with window(browser) as context:
        page = context.new_page()
        page.goto(f"{address}/sign/in")
        code = page.evaluate(
            """address => new Promise(done => {
              const socket = new WebSocket(address.replace('http', 'ws') + '/_stcore/stream');
              socket.onopen = () => done('open'); socket.onclose = () => done('closed'); })""",
            address,
        )
        assert code == "closed"
