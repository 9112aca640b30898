"""The explorer in a real Chromium over the small town: one server, a page per test, nothing fetched from outside."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from claims.workspace import Workspace
from graph.embedded.writer import write_store
from tests.graph.worlds import write_tables
from tests.ui.canvas.chromium import Canvas, chromium, served, window
from tests.ui.scene.town import town


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
    with served(folder / "ws", folder / "log") as url:
        yield url


# Of a module, as the other browsers of the tests: Playwright allows one at a time in a process.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test on any error and on any request to elsewhere."""
    with window(browser) as context:
        yield context.new_page()


@pytest.fixture
def canvas(page: Page, address: str) -> Canvas:
    """The canvas opened by a link to a person, in English."""
    page.goto(f"{address}/?lang=en&node=person:P00")
    canvas = Canvas(page)
    canvas.settled()
    return canvas
