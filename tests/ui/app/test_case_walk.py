"""A case from its ring to its end in a real Chromium, in both languages: lead, investigator, reviewer, another lead."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from cases.work.stages import Stage
from claims.language import speaking, translate
from claims.workspace import Workspace
from tests.ui.app.case_world import Bureau
from tests.ui.app.test_browser import choose, idle, shot, sign_in, window
from tests.ui.app.test_ring_walk import served

pytestmark = pytest.mark.browser
WHY = "材料已核对 as the papers show"


@pytest.fixture(scope="module")
def bureau(county: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    return Bureau.copied(county, tmp_path_factory.mktemp("walk") / "bureau")


@pytest.fixture(scope="module")
def address(bureau: Bureau) -> Iterator[str]:
    log = bureau.workspace.root / "server.log"
    with served(bureau.workspace, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def key(name: str) -> str:
    """The class Streamlit gives what has a key."""
    return ".st-key-" + "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name)


def reason(page: Page, name: str) -> None:
    page.locator(f"{key(name)} textarea").fill(WHY)


def press(page: Page, name: str) -> None:
    page.locator(f"{key(name)} button:visible").first.click()
    idle(page)


@pytest.mark.parametrize(("locale", "size"), [("zh-CN", (1440, 900)), ("en", (1280, 720))])
def test_from_ring_to_decision(
    browser: Browser, address: str, bureau: Bureau, locale: str, size: tuple[int, int]
) -> None:
    ring = bureau.rings()[0]  # one that no case was opened of
    lang = locale[:2]
    case = ""

    def step(name: str, act: str) -> None:
        with window(browser, size, locale) as context:
            page = context.new_page()
            sign_in(page, address, name, f"/case?case={case}&lang={lang}")
            reason(page, f"case.step.reason.{case}")
            shot(page, f"case-{lang}-{act}")
            press(page, f"case.step.{act}")
            assert not page.locator(key(f"case.step.{act}")).count()

    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "li", f"/ring?ring={ring.id}&lang={lang}")
        page.locator(f"{key('ring.tools')} [data-testid=stPopover] button").first.click()
        reason(page, f"ring.case.reason.{ring.id}")
        press(page, "ring.case.open")
        case = next(file.id for file in bureau.book.list(bureau.actor("li")) if ring.id in file.bound)
        page.get_by_role("link", name=case).click()
        page.wait_for_url("**/case?**")
        idle(page)
        shot(page, f"case-{lang}-opened")
        whom = page.locator(key(f"case.assign.to.{case}"))
        page.get_by_test_id("stExpander").filter(has=whom).locator("summary").click()
        choose(page, whom, lambda options: options.filter(has_text="wang"))
        reason(page, f"case.assign.reason.{case}")
        press(page, "case.assign.do")
        assert bureau.book.get(bureau.actor("li"), case).owner == "wang"
    step("wang", "pass_on")
    step("chen", "uphold")
    step("wang", "answered")
    step("wang", "verified")
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "li", f"/case?case={case}&lang={lang}")
        with speaking("zh_CN" if lang == "zh" else "en"):
            told = translate("Nobody reviews own work: this step is for somebody who has not worked on it so far.")
        assert told in page.locator(key("case.steps")).inner_text()
        assert not page.locator(key("case.to_subjects")).count()
        assert not page.locator(key("case.decide.do")).count()
        shot(page, f"case-{lang}-refused")
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "zhou", f"/case?case={case}&lang={lang}")
        press(page, "case.to_subjects")
        press(page, "case.set.members")
        press(page, "case.set.records")
        reason(page, f"case.decide.reason.{case}")
        shot(page, f"case-{lang}-final")
        press(page, "case.decide.do")
        page.goto(f"{address}/cases?scope=closed&case={case}&lang={lang}")
        idle(page)
        assert case in page.locator(key("cases.preview")).inner_text()
        shot(page, f"case-{lang}-closed")
    assert bureau.book.get(bureau.actor("li"), case).stage is Stage.CLOSED
