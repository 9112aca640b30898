"""What is seen of a scene: it fits beside the legend, large ones open as groups, and the map keeps to the time bar."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from claims.workspace import Workspace
from graph.embedded.writer import write_store
from graph.model import NodeType
from tests.graph.worlds import GraphWorld, write_tables
from tests.ui.canvas.chromium import BOARD, Canvas, served
from tests.ui.scene.town import T0
from ui.scene.model import MOST_DRAWN, Item, Scene
from ui.scene.store import SceneStore

pytestmark = pytest.mark.browser
VILLAGES, CROWD = 30, 80
# Boxes of all nodes with their names, the legend, and the canvas, on the screen.
BOXES = """[board.cy.nodes().map((n) => { const b = n.renderedBoundingBox(); return [b.x1, b.y1, b.x2, b.y2]; }),
  board.legend.offsetLeft + board.legend.offsetWidth, board.host.clientWidth, board.host.clientHeight]"""


def villages() -> GraphWorld:
    """Pharmacies far apart, each with a crowd of its own; the first is asked in the first month only."""
    world = GraphWorld()
    for place in range(VILLAGES):
        name, where = f"H{place:02d}", {"lnt": 108.0 + place / 50, "lat": 22.0 + (place % 7) / 40}
        world.add_node(NodeType.INSTITUTION, name, f"平安药店{place}", fixmedins_type="2", **where)
        for number in range(CROWD):
            person, time = f"P{place:02d}{number:03d}", T0 + timedelta(days=40 * (place > 0) + number % 20)
            world.add_node(NodeType.PERSON, person, "王小明")
            world.add_edge("VISITED.person.institution", person, name, 1, 1000, time, time)
    return world


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("villages") / "ws")
    write_store(write_tables(villages(), workspace))
    return workspace


@pytest.fixture(scope="module")
def site(county: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the explorer over the villages."""
    with served(county.root, tmp_path_factory.mktemp("log") / "log") as address:
        yield address


def scene_of(county: Workspace, places: int) -> str:
    """Save a scene of the first villages; return what leads to it."""
    refs = [ref for ref in sorted(villages().nodes) if int(ref.id[1:3]) < places]
    items = {str(ref): Item(float(n % 50) * 80, float(n // 50) * 80) for n, ref in enumerate(refs)}
    assert len(items) == places * (CROWD + 1)
    return f"?lang=en&scene={SceneStore.open(county).save('li', 'some', Scene(items=items), 1, shared=True).id}"


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_a_scene_fits_beside_the_legend(page: Page, address: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}/?lang=en&node=institution:H1")
    canvas = Canvas(page)
    canvas.settled()
    inside(canvas)
    canvas.expand("institution:H1")  # a crowd: counts come first
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    canvas.settled()
    page.reload()
    canvas.settled()
    inside(canvas)
    page.set_viewport_size({"width": size[0] - 150, "height": size[1]})
    page.wait_for_timeout(500)
    inside(canvas)  # until somebody moves the view, it follows the window


def inside(canvas: Canvas) -> None:
    found = canvas.js(BOXES)
    assert isinstance(found, list)
    boxes, legend, wide, high = found
    assert boxes
    for left, top, right, bottom in boxes:
        assert legend - 1 <= left <= right <= wide + 1
        assert -1 <= top <= bottom <= high + 1


def test_the_view_is_the_persons_once_it_was_moved(canvas: Canvas) -> None:
    canvas.js("board.host.focus()")
    canvas.page.keyboard.press("ArrowLeft")
    before = canvas.js("board.cy.pan()")
    canvas.page.set_viewport_size({"width": 1180, "height": 720})
    canvas.page.wait_for_timeout(500)
    assert canvas.js("board.cy.pan()") == before
    canvas.expand("card:C00")
    assert canvas.js("board.cy.pan()") == before


def test_a_canvas_that_was_moved_takes_the_click_where_it_stands(canvas: Canvas) -> None:
    before = len(canvas.nodes())
    canvas.js("board.wrap.style.marginTop = '40px'")
    canvas.expand("card:C00")
    canvas.page.wait_for_function(f"count => {BOARD}.cy.nodes().length > count", arg=before)


def test_many_nodes_open_as_groups_and_one_group_on_demand(page: Page, site: str, county: Workspace) -> None:
    assert VILLAGES * (CROWD + 1) > MOST_DRAWN
    page.goto(f"{site}/{scene_of(county, VILLAGES)}")
    canvas = Canvas(page)
    canvas.settled()
    groups = canvas.nodes()
    assert len(groups) == VILLAGES
    assert all(id_.startswith("group:community:") for id_ in groups)
    inside(canvas)
    canvas.expand(groups[0])
    opened = canvas.nodes()
    assert len(opened) == VILLAGES - 1 + CROWD + 1
    assert groups[0] not in opened
    page.locator("[data-act=undo]").click()
    canvas.settled()
    assert canvas.nodes() == groups


def test_the_map_keeps_to_the_time_bar(page: Page, site: str, county: Workspace) -> None:
    page.goto(f"{site}/{scene_of(county, 3)}")
    canvas = Canvas(page)
    canvas.settled()
    page.get_by_role("radio", name="Map").or_(page.get_by_role("button", name="Map")).first.click()
    chart = page.get_by_test_id("stEChartsChart")
    expect(chart).to_be_visible()
    whole = chart.screenshot()
    canvas.drag_time(0.0, 0.3)
    canvas.settled()
    expect(page.get_by_text(re.compile(r"nodes in the scene · 2026-"))).to_be_visible()
    page.wait_for_timeout(800)
    assert chart.screenshot() != whole
