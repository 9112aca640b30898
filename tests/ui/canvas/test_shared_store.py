"""The pages on a real Neo4j server: the walk of a morning, and a sentence for everything that can be wrong with it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, TimeoutError, expect

from cases.store import CaseStore
from claims.errors import NotFoundError, RinghoundError, StoreError
from claims.workspace import Workspace
from graph.embedded.writer import write_store
from graph.model import NodeRef
from graph.neo4j_store.connection import connected
from graph.neo4j_store.schema import wipe
from graph.privacy import Privacy
from graph.push import push
from tests.graph.neo4j_server import PASSWORD, server
from tests.graph.worlds import write_tables
from tests.ui.app.detected import detected_county
from tests.ui.app.test_browser import idle, sign_in
from tests.ui.app.test_ring_walk import served as served_pages
from tests.ui.canvas.chromium import BOARD, Canvas, window
from tests.ui.scene.town import town
from ui.commands.graph_neo4j import PASSWORD_VARIABLE
from ui.config.settings import STORE, SettingsError, StoreSettings, read_store
from ui.scene.facts import gather
from ui.service.graphs import NO_PERSONAL, notice_of, open_reader

pytestmark = [pytest.mark.neo4j, pytest.mark.browser]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> StoreSettings:
    """The test server, emptied; its password in the environment."""
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.setenv(STORE, server().url)
    with connected(server()) as connection:
        wipe(connection)
    return read_store()


@pytest.fixture
def small(town_files: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(town_files, tmp_path / "ws")
    return Workspace(tmp_path / "ws")


@pytest.fixture(scope="module")
def detected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield detected_county(tmp_path_factory.mktemp("shared"))


def test_both_stores_give_the_explorer_the_same(small: Workspace, store: StoreSettings) -> None:
    push(small, server())
    keys = ["person:P00", "person:P01", "institution:H1", "phone:13900001234", "person:nobody"]
    shared, own = open_reader(small, store), open_reader(small, StoreSettings())
    assert type(shared) is not type(own)
    assert gather(shared, keys) == gather(own, keys)
    assert shared.visits(NodeRef.parse("card:C00")) == own.visits(NodeRef.parse("card:C00"))
    assert notice_of(store) == notice_of(StoreSettings()) == ""
    assert open_reader(small, store) is shared


def test_another_data_version_is_refused_until_it_is_pushed(small: Workspace, store: StoreSettings) -> None:
    with pytest.raises(NotFoundError, match="no graph on"):
        open_reader(small, store)
    push(small, server())
    open_reader(small, store)
    write_store(write_tables(town(later=True), small, version=2))
    with pytest.raises(StoreError, match="holds data version 1, the workspace is at 2"):
        open_reader(small, store)
    push(small, server())
    assert open_reader(small, store).data_version == 2


def test_a_server_without_personal_data_says_what_it_lacks(small: Workspace, store: StoreSettings) -> None:
    push(small, server(), privacy=Privacy.NO_PERSONAL)
    assert notice_of(store) == NO_PERSONAL
    found = gather(open_reader(small, store), ["person:P00", "phone:13900001234"])
    assert found.nodes["person:P00"].label == ""
    assert found.gone == {"phone:13900001234"}
    push(small, server(), privacy=Privacy.PSEUDONYMS)
    with pytest.raises(StoreError, match="by pseudonyms only"):
        open_reader(small, store)


@pytest.mark.parametrize(
    ("address", "password", "said"),
    [("bolt://127.0.0.1:9", PASSWORD, "127.0.0.1:9"), ("", "wrong", "password"), ("", "", "Give the password")],
)
def test_a_server_that_cannot_be_asked_is_a_sentence(
    small: Workspace, store: StoreSettings, monkeypatch: pytest.MonkeyPatch, address: str, password: str, said: str
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, password)
    with pytest.raises(RinghoundError, match=said):  # another address: a driver that is open is not asked again
        open_reader(small, StoreSettings(address or store.address.replace("127.0.0.1", "localhost")))


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STORE, "neo4j")
    with pytest.raises(SettingsError, match="no store called neo4j"):
        read_store()


def grow(canvas: Canvas, id_: str, count: int) -> None:
    """Expand a node until there are more than `count`; again where the page moved away under the first click."""
    for attempt in range(3):
        canvas.expand(id_)
        try:
            canvas.page.wait_for_function(f"count => {BOARD}.cy.nodes().length > count", arg=count, timeout=15_000)
        except TimeoutError:
            if attempt == 2:
                raise
        else:
            return


def test_a_morning_on_the_shared_store(
    browser: Browser, detected: Workspace, store: StoreSettings, tmp_path: Path
) -> None:
    """Open a ring, explore, expand, undo, filter by time, save, and let a colleague open the link."""
    push(detected, server())
    rings = CaseStore.open(detected.cases).rings()
    ring = next(one.id for one in rings if one.picture.kind == "shared_card/hoarded_burst")
    with served_pages(detected, tmp_path / "log") as address, window(browser, 1440, 900) as context:
        page = context.new_page()
        sign_in(page, address, "li", "/?lang=en")
        page.goto(f"{address}/ring?ring={ring}")
        idle(page)
        page.locator(".st-key-ring-tools a[href*=explorer]").click()
        page.wait_for_url("**/explorer?**")
        canvas = Canvas(page)
        canvas.settled()
        idle(page)
        members = canvas.nodes()
        assert len(members) >= 10
        grow(canvas, next(id_ for id_ in members if id_.startswith("card:")), len(members))
        canvas.settled()
        assert set(canvas.nodes()) > set(members)
        page.locator("[data-act=undo]").click()
        canvas.settled()
        assert canvas.nodes() == members
        canvas.drag_time(0.5, 0.9)
        canvas.settled()
        expect(page.get_by_text(re.compile(r"selected · 20"))).to_be_visible()
        page.get_by_text("Save and share").click()
        page.get_by_label("Title").fill("from the shared store")
        page.get_by_text("Share with colleagues").click()
        page.get_by_role("button", name="Save", exact=True).click()
        link = page.locator("code").get_by_text("?scene=").inner_text()
        with window(browser, 1280, 720) as other:
            colleague = other.new_page()
            sign_in(colleague, address, "wang", "/?lang=en")
            colleague.goto(f"{address}/explorer{link}")
            theirs = Canvas(colleague)
            theirs.settled()
            assert theirs.nodes() == members
            assert theirs.js("board.data.window") == canvas.js("board.data.window")
    assert "Traceback" not in (tmp_path / "log").read_text()
