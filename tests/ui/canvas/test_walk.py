"""The explorer as an investigator uses it, with mouse and keyboard in a real browser."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.canvas.chromium import BOARD, Canvas
from tests.ui.scene.town import T0

pytestmark = pytest.mark.browser
RAPID = 60


def test_a_link_opens_the_neighbourhood_masked(canvas: Canvas) -> None:
    nodes = canvas.nodes()
    assert nodes[:2] == ["card:C00", "institution:H1"]
    assert "person:P01" in nodes
    assert [id_ for id_ in nodes if id_.startswith("phone:~")]
    text = str(canvas.js("JSON.stringify(board.data)"))
    assert "13900001234" not in text
    assert "王小甲" not in text
    assert "draft=" in canvas.page.url


def test_a_double_click_expands_and_nobody_moves(canvas: Canvas) -> None:
    before = canvas.places()
    canvas.expand("card:C00")
    after = canvas.places()
    assert "terminal:H1/01" in after
    assert {id_: after[id_] for id_ in before} == before


def test_a_super_node_is_counted_first_and_never_floods(canvas: Canvas) -> None:
    before = canvas.nodes()
    canvas.expand("institution:H1")
    assert canvas.nodes() == before
    dialog = canvas.page.get_by_role("dialog")
    expect(dialog).to_contain_text("visited")
    expect(dialog).to_contain_text("60")
    dialog.get_by_role("button", name="Add").click()
    canvas.settled()
    assert len(canvas.nodes()) == len(before) + 26  # 25 and the node that says how many more
    assert "more:institution:H1" in canvas.nodes()
    canvas.js("board.cy.fit()")
    canvas.expand("more:institution:H1")
    assert len(canvas.nodes()) == len(before) + 51


def test_no_event_is_lost_under_rapid_use(canvas: Canvas) -> None:
    """Keys and menus faster than the server answers: every one is applied, once, in order."""
    canvas.page.keyboard.press("Escape")
    start = canvas.js("board.data.ack")
    canvas.js(
        """(async () => { for (let n = 0; n < argument; n += 1) {
          const op = n % 2 ? ["undo", {}] : ["expand", { ids: ["card:C00"], order: "weight" }];
          board.memory.outbox.push({ seq: ++board.memory.seq, op: op[0], ...op[1] });
          board.component.setStateValue("outbox", board.memory.outbox.map((e) => ({ ...e, draft: board.data.draft })));
          await new Promise((done) => setTimeout(done, 25)); } })()""",
        RAPID,
    )
    canvas.settled()
    assert isinstance(start, int)
    assert canvas.js("board.data.ack") == start + RAPID
    assert "terminal:H1/01" not in canvas.nodes()
    canvas.page.locator("[data-act=redo]").click()
    canvas.settled()
    assert "terminal:H1/01" in canvas.nodes()


def test_undo_and_redo_by_keys_and_the_scene_survives_a_reload(canvas: Canvas) -> None:
    canvas.js("board.host.focus()")
    canvas.js("board.cy.getElementById('card:C00').select()")
    canvas.page.keyboard.press("Delete")
    canvas.settled()
    assert "card:C00" not in canvas.nodes()
    canvas.page.reload()
    canvas.settled()
    assert "card:C00" not in canvas.nodes()
    places = canvas.places()
    canvas.js("board.host.focus()")
    canvas.page.keyboard.press("Control+z")
    canvas.settled()
    assert "card:C00" in canvas.nodes()
    canvas.page.keyboard.press("Control+y")
    canvas.settled()
    assert "card:C00" not in canvas.nodes()
    assert canvas.places() == places


def test_a_dragged_node_stays_where_it_was_put(canvas: Canvas) -> None:
    x, y = canvas.spot("card:C00")
    canvas.page.mouse.move(x, y)
    canvas.page.mouse.down()
    canvas.page.mouse.move(x + 40, y + 60, steps=4)
    canvas.page.mouse.up()
    canvas.settled()
    here = canvas.places()["card:C00"]
    canvas.expand("card:C00")
    assert canvas.places()["card:C00"] == pytest.approx(here, abs=0.06)
    canvas.page.reload()
    canvas.settled()
    assert canvas.places()["card:C00"] == pytest.approx(here, abs=0.06)


def test_the_keyboard_reaches_everything(canvas: Canvas) -> None:
    canvas.js("board.host.focus()")
    seen = set()
    for _ in range(len(canvas.nodes())):
        canvas.page.keyboard.press("Tab")
        seen.add(canvas.js("board.cy.$('node.focus').id()"))
        if canvas.js("board.cy.$('node.focus').id()") == "card:C00":
            canvas.page.keyboard.press("Enter")
            canvas.settled()
            assert "terminal:H1/01" in canvas.nodes()
    assert "person:P00" in seen
    pan = canvas.js("board.cy.pan().x")
    canvas.page.keyboard.press("ArrowLeft")
    assert canvas.js("board.cy.pan().x") != pan
    for _ in range(len(canvas.nodes()) + 1):
        canvas.page.keyboard.press("Tab")
    assert canvas.js("board.root.activeElement !== board.host")  # nobody is caught in the canvas


def test_the_menu_asks_hides_and_notes(canvas: Canvas) -> None:
    canvas.page.mouse.click(*canvas.spot("card:C00"), button="right")
    canvas.page.get_by_role("menuitem", name="Other cards at this till within 10 minutes").click()
    canvas.settled()
    assert "card:C01" in canvas.nodes()
    canvas.page.mouse.click(*canvas.spot("card:C00"), button="right")
    canvas.page.get_by_role("menuitem", name="Note", exact=True).click()
    canvas.page.get_by_role("dialog").get_by_role("textbox").fill("<b>ask</b>")
    canvas.page.get_by_role("button", name="Keep").click()
    canvas.settled()
    assert canvas.js("board.cy.getElementById('card:C00').data('note')") == "<b>ask</b>"


def test_a_lasso_selects_for_the_table(canvas: Canvas) -> None:
    canvas.page.locator("[data-act=lasso]").click()
    box = canvas.page.locator(".rh-lasso").bounding_box()
    assert box is not None
    left, top, right, bottom = box["x"] + 4, box["y"] + 4, box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    canvas.page.mouse.move(left, top)
    canvas.page.mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom)):
        canvas.page.mouse.move(*corner, steps=3)
    canvas.page.mouse.up()
    count = len(canvas.nodes())
    expect(canvas.page.get_by_text(f"{count} selected").first).to_be_visible()
    expect(canvas.page.get_by_text("Paths between these")).to_have_count(0)  # in the popover until it is opened


def test_the_time_bar_filters_live_and_the_table_follows(canvas: Canvas) -> None:
    bar = canvas.page.locator(".rh-tl")
    box = bar.bounding_box()
    assert box is not None
    canvas.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20)
    canvas.page.mouse.down()
    canvas.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 20, steps=3)
    assert canvas.js("board.memory.outbox.length") == 0  # no server while dragging
    canvas.page.mouse.up()
    canvas.settled()
    since = canvas.js("board.data.window[0]")
    assert isinstance(since, int)
    assert datetime.fromtimestamp(since / 1000, UTC).replace(tzinfo=None) > T0
    expect(canvas.page.get_by_text(re.compile(r"nodes in the scene · 2026-"))).to_be_visible()
    canvas.page.locator("[data-act=all-time]").click()
    canvas.settled()
    assert canvas.js("board.cy.edges('.out').length") == 0


def test_nothing_in_a_label_runs(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en&node=person:P03")
    canvas = Canvas(page)
    canvas.settled()
    page.mouse.move(*canvas.spot("person:P03"))
    page.mouse.click(*canvas.spot("person:P03"))
    expect(page.get_by_text("Neighbours by kind").first).to_be_visible()
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    assert canvas.js("board.root.querySelectorAll('img').length") == 0


def test_chinese_is_what_one_sees_without_asking(page: Page, address: str) -> None:
    page.goto(f"{address}/?node=person:P00")
    canvas = Canvas(page)
    canvas.settled()
    canvas.expand("card:C00")  # a fragment runs alone and must not fall back to another language
    expect(page.locator(".rh-legend")).to_contain_text("参保人")
    assert canvas.js("board.data.kinds.HOLDS") == "持有"


def test_a_colleague_opens_a_frozen_link_and_cannot_change_it(canvas: Canvas, address: str) -> None:
    page = canvas.page
    page.get_by_text("Save and share").click()
    page.get_by_label("Title").fill("for the meeting")
    page.get_by_text("Share with colleagues").click()
    page.get_by_text("Freeze").click()
    page.get_by_role("button", name="Save", exact=True).click()
    link = page.locator("code").get_by_text("?scene=").inner_text()
    page.goto(f"{address}/{link}&user=zhao&lang=en")
    page.get_by_text("Frozen snapshot").wait_for()
    canvas.settled()
    assert "person:P00" in canvas.nodes()
    assert page.locator("[data-act=undo]").count() == 0
    page.get_by_role("button", name="Work on a copy").click()
    page.locator("[data-act=undo]").wait_for()


def test_the_exported_page_works_from_a_file_without_any_connection(canvas: Canvas, tmp_path: Path) -> None:
    page = canvas.page
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download", exact=True).click()
    file = tmp_path / "scene.html"
    waiting.value.save_as(file)
    seen: list[str] = []
    other = page.context.new_page()
    other.on("request", lambda request: seen.append(request.url))
    other.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    other.on("pageerror", lambda error: seen.append(str(error)))
    other.goto(file.as_uri())
    other.wait_for_selector("body[data-ready]")
    assert [one for one in seen if not one.startswith("data:")] == [file.as_uri()]
    assert other.evaluate(f"{BOARD}.cy.nodes().length") == len(canvas.nodes())
    other.locator("[data-relation=HOLDS]").uncheck()
    assert other.evaluate(f"{BOARD}.cy.edges('.off').length") > 0
    box = other.locator(".rh-tl").bounding_box()
    assert box is not None
    other.mouse.move(box["x"] + box["width"] * 0.96, box["y"] + 20)
    other.mouse.down()
    other.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20, steps=3)
    other.mouse.up()
    other.wait_for_function(f"() => {BOARD}.cy.edges('.out').length > 0")
    assert "13900001234" not in file.read_text("utf-8")


def test_missing_things_are_said_in_a_sentence(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en&node=person:nobody")
    expect(page.get_by_text("Nothing in the graph matches")).to_be_visible(timeout=15_000)
