"""The small dialog before an expansion names the first who would come, in both languages."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.canvas.chromium import Canvas

pytestmark = pytest.mark.browser
WORDS = {"en": ("weight", "insured person", "Add", "carry"), "zh_CN": ("往来次数", "参保人", "添加", "%")}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_first_stand_there_by_name_and_the_unticked_stay_out(page: Page, address: str, language: str) -> None:
    weight, insured, add, carried = WORDS[language]
    page.goto(f"{address}/?lang={language}&node=institution:H1")
    canvas = Canvas(page)
    canvas.settled()
    page.locator("[data-act=undo]").click()  # a link opens with an expansion: begin before it
    canvas.settled()
    canvas.js("board.cy.fit()")
    before = canvas.nodes()
    canvas.expand("institution:H1")
    dialog = page.get_by_role("dialog")
    names = dialog.locator(".rh-name")
    expect(names).to_have_count(8)
    expect(names.first).to_contain_text(insured)
    expect(names.first).to_contain_text(weight)
    assert canvas.nodes() == before
    dialog.locator("select").select_option("weight")
    canvas.settled()
    expect(dialog.locator(".rh-budget")).to_contain_text(carried)
    expect(names.first).to_contain_text("王*")
    expect(names.first).to_contain_text("60")
    names.first.get_by_role("checkbox").uncheck()
    names.nth(2).get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name=add, exact=True).click()
    canvas.settled()
    nodes = canvas.nodes()
    assert {"person:P58", "person:P56"} <= set(nodes)
    assert not {"person:P59", "person:P57"} & set(nodes)


def test_a_press_does_not_style_what_did_not_change(canvas: Canvas) -> None:
    """Every class that is switched styles its node anew, even to what it was: all of them at every press."""
    canvas.js(
        """(() => { const own = Object.getPrototypeOf(board.cy.elements()), before = own.updateStyle;
          globalThis.__styled = 0;
          own.updateStyle = function (...rest) { __styled += this.length; return before.apply(this, rest); }; })()"""
    )
    canvas.js("board.host.focus()")
    canvas.page.mouse.click(*canvas.spot("card:C00"))
    pressed = canvas.page.evaluate("__styled")
    assert 0 < pressed < 8
    everything = canvas.js("board.cy.elements().length")
    assert isinstance(everything, int)
    assert everything > 8
    canvas.page.evaluate("__styled = 0")
    canvas.expand("card:C00")
    fresh = canvas.js("board.cy.elements().length")
    assert isinstance(fresh, int)
    assert canvas.page.evaluate("__styled") < 3 * (fresh - everything) + 10
