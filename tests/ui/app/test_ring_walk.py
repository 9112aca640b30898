"""From the list to a ring, its bursts and its graph, in a real Chromium with the network cut."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cases.store import CaseStore
from claims.workspace import Workspace
from tests.ui.app.test_browser import ROOT, SHOTS, choose, free_port, idle, shot, sign_in, wait, window
from ui.commands.ui import command_line
from ui.config.settings import LOCAL_HOSTS

pytestmark = pytest.mark.browser
SIZES = [(1440, 900), (1280, 720)]


@contextmanager
def served(workspace: Workspace, log: Path) -> Iterator[str]:
    """The server as `ringhound ui` starts it."""
    port = free_port()
    env = os.environ | {"RINGHOUND_WORKSPACE": str(workspace.root), "PYTHONPATH": str(ROOT)}
    command = command_line("127.0.0.1", port, LOCAL_HOSTS)
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=workspace.root, stdout=out, stderr=out, env=env)
    try:
        wait(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def address(county: Workspace) -> Iterator[str]:
    log = county.root / "server.log"
    with served(county, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def burst_ring(county: Workspace) -> str:
    return next(r.id for r in CaseStore.open(county.cases).rings() if r.picture.kind == "shared_card/hoarded_burst")


def drawn(page: Page) -> int:
    """Wait until the graph is drawn; return how many nodes it shows."""
    page.wait_for_function("() => globalThis.__ringhoundCanvas?.cy.nodes().length > 0", timeout=60_000)
    return int(page.evaluate("() => globalThis.__ringhoundCanvas.cy.nodes().length"))


@pytest.mark.parametrize("size", SIZES, ids=["wide", "small"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_from_the_list_to_the_burst_and_the_graph(
    browser: Browser, address: str, county: Workspace, size: tuple[int, int], locale: str
) -> None:
    ring, name = burst_ring(county), f"{size[0]}-{locale[:2]}"
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "li", f"/rings?lang={locale[:2]}&text={ring[-6:].lstrip('0')}")
        page.goto(f"{address}/rings?lang={locale[:2]}&text={int(ring[-6:])}")
        idle(page)
        shot(page, f"ring-{name}-list")
        page.get_by_test_id("stMain").get_by_test_id("stPageLink").first.click()
        page.wait_for_url("**/ring?**")
        idle(page)
        assert drawn(page) >= 10
        shot(page, f"ring-{name}")
        page.get_by_test_id("stMain").get_by_test_id("stButtonGroup").get_by_role("radio").nth(1).click()
        idle(page)
        choose(page, page.get_by_test_id("stMain").get_by_test_id("stSelectbox").first, lambda options: options.nth(1))
        chart = page.get_by_test_id("stEChartsChart")
        chart.scroll_into_view_if_needed()
        shot(page, f"ring-{name}-burst")
        before = page.locator("table.rh tbody").last.inner_text()
        page.evaluate("() => { const cy = __ringhoundCanvas.cy; cy.nodes('[type = \"person\"]').first().select(); }")
        page.wait_for_timeout(600)
        idle(page)
        assert page.locator("table.rh tbody").last.inner_text() != before
        tools = page.locator(".st-key-ring-tools [data-testid=stPageLink], .st-key-ring-tools [data-testid=stPopover]")
        assert tools.count() >= 4, "case, referral, explorer, reveal"
        boxes = [one.bounding_box() or {"y": 0.0, "height": 0.0} for one in tools.all()]
        middles = [box["y"] + box["height"] / 2 for box in boxes]
        assert max(middles) - min(middles) < 12, "one line in both languages and sizes"
        page.locator(".st-key-ring-tools a[href*=explorer]").click()
        page.wait_for_url("**/explorer?**")
        idle(page)
        assert drawn(page) >= 10
        shot(page, f"ring-{name}-explorer")


def test_it_prints_without_menus(browser: Browser, address: str, county: Workspace) -> None:
    with window(browser) as context:
        page = context.new_page()
        sign_in(page, address, "wang", f"/ring?ring={burst_ring(county)}")
        idle(page)
        drawn(page)
        page.emulate_media(media="print")
        assert not page.get_by_test_id("stSidebar").is_visible()
        assert not page.get_by_test_id("stMultiSelect").is_visible()
        for table in page.locator("table.rh").all()[:3]:
            assert table.is_visible()
        assert page.locator(".rh-money").is_visible()
        if SHOTS:
            page.pdf(path=str(Path(SHOTS) / "ring.pdf"), format="A4")
