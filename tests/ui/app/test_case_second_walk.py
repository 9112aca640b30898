"""Second readings, money and referring a case in a real Chromium with the network cut, in both languages."""

import io
import re
from collections.abc import Iterator
from datetime import date, timedelta

import docx
import pytest
from playwright.sync_api import Browser, Page

from cases.work.model import Outcome
from cases.work.recoveries import Recoveries, standing_of
from cases.work.rereads import Rereads
from cases.work.stages import StepName
from claims.workspace import Workspace
from tests.ui.app.case_world import Bureau
from tests.ui.app.test_browser import choose, idle, shot, sign_in, window
from tests.ui.app.test_case_walk import WHY, key, press, reason
from tests.ui.app.test_ring_walk import served

pytestmark = pytest.mark.browser
SIZES = [("zh-CN", (1440, 900)), ("en", (1280, 720))]


@pytest.fixture(scope="module")
def bureau(county: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    made = Bureau.copied(county, tmp_path_factory.mktemp("second") / "bureau")
    for ring in made.rings()[:3]:
        made.closed(ring, Outcome.CLEARED)
    return made


@pytest.fixture(scope="module")
def address(bureau: Bureau) -> Iterator[str]:
    log = bureau.workspace.root / "server.log"
    with served(bureau.workspace, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def fill(page: Page, name: str, value: str) -> None:
    box = page.locator(f"{key(name)} input").first
    box.fill(value)
    box.press("Tab")
    idle(page)


@pytest.mark.parametrize(("locale", "size"), SIZES, ids=["zh", "en"])
def test_a_sample_is_drawn_and_read_again(
    browser: Browser, address: str, bureau: Bureau, locale: str, size: tuple[int, int]
) -> None:
    lang = locale[:2]
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "zhou", f"/cases?view=rereads&lang={lang}")
        fill(page, "rereads.each", "1")
        reason(page, "rereads.reason")
        shot(page, f"rereads-{lang}-draw")
        press(page, "rereads.draw.do")
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "wu", f"/cases?view=rereads&lang={lang}")
        press(page, "rereads.take")
        page.wait_for_url("**reading=**")
        number = Rereads(bureau.book).mine(bureau.actor("wu"))[0].id
        page.reload()  # the reading is in the address
        idle(page)
        shot(page, f"rereads-{lang}-reading")
        page.locator(f"{key(f'reading.outcome.{number}')} label").filter(has=page.locator("input")).first.click()
        idle(page)
        reason(page, f"reading.reason.{number}")
        press(page, "reading.do")
        page.get_by_test_id("stAlertContentSuccess").wait_for()
        shot(page, f"rereads-{lang}-report")
        page.emulate_media(color_scheme="dark")
        shot(page, f"rereads-{lang}-dark")
    read = Rereads(bureau.book).mine(bureau.actor("wu"))
    assert [(r.second, r.first) for r in read if r.id == number] == [(Outcome.CONFIRMED, Outcome.CLEARED)]


@pytest.mark.parametrize(("locale", "size"), SIZES, ids=["zh", "en"])
def test_money_is_entered_and_the_board_counts_it(
    browser: Browser, address: str, bureau: Bureau, locale: str, size: tuple[int, int]
) -> None:
    lang = locale[:2]
    case = bureau.book.list(bureau.actor("zhou"), closed=True)[0 if lang == "zh" else 1].id
    day = f"{date.today() - timedelta(days=1):%Y-%m-%d}"
    base = f"case.money.{case}"
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "zhou", f"/case?case={case}&part=money&lang={lang}")
        for place, amount in ((0, "1200.50"), (1, "200.50")):
            page.locator(f"{key(f'{base}.flow')} [role=radio]").nth(place).click()
            fill(page, f"{base}.amount", amount)
            typed_day(page, f"{base}.day", day)
            reason(page, f"{base}.reason")
            shot(page, f"money-{lang}-form-{place}")
            press(page, "case.money.do")
        shot(page, f"money-{lang}-entries")
        page.goto(f"{address}/cases?view=numbers&lang={lang}")
        idle(page)
        link = page.get_by_role("link", name=case).last
        link.scroll_into_view_if_needed()
        shot(page, f"money-{lang}-numbers")
        link.click()
        page.wait_for_url(f"**case={case}*")
    sums = standing_of(Recoveries(bureau.book).entries(bureau.actor("zhou"), case))
    assert (str(sums.ordered), str(sums.received)) == ("1200.50", "200.50")


def typed_day(page: Page, name: str, day: str) -> None:
    """Type a day into a box of the date picker, segment by segment."""
    segments = page.locator(f"{key(name)} [role=spinbutton]")
    if segments.count():
        segments.first.click()
        page.keyboard.type(day.replace("-", ""))
        page.keyboard.press("Escape")
    else:
        page.locator(f"{key(name)} input").first.fill(day)
        page.keyboard.press("Enter")
    idle(page)


def test_an_institution_is_asked_by_document_and_a_draft_survives_a_reload(
    browser: Browser, address: str, bureau: Bureau
) -> None:
    ring = next(r for r in bureau.rings() if r.picture.kind == "shared_card/hoarded_burst")
    case = bureau.opened(ring).id
    for who, step in (("wang", StepName.PASS_ON), ("chen", StepName.UPHOLD)):
        bureau.book.step(bureau.actor(who), case, step, WHY)
    with window(browser, (1440, 900), "zh-CN") as context:
        page = context.new_page()
        sign_in(page, address, "wang", f"/case?case={case}&part=hearing&lang=zh")
        choose(page, page.locator(key(f"case.sheet.place.{case}")), lambda options: options.first)
        reason(page, f"case.sheet.reason.{case}")
        press(page, "case.sheet.do")
        press(page, "case.sheet.docx")
        shot(page, "sheet-zh")
        with page.expect_download() as download:
            page.locator(f"{key('case.sheet.save')} button").click()
        content = download.value.path().read_bytes()
        assert "疑点问题单" in docx.Document(io.BytesIO(content)).paragraphs[0].text
    for step in (StepName.ANSWERED, StepName.VERIFIED):
        bureau.book.step(bureau.actor("wang"), case, step, WHY)
    with window(browser, (1440, 900), "zh-CN") as context:
        page = context.new_page()
        sign_in(page, address, "zhou", f"/case?case={case}&part=subjects&lang=zh")
        press(page, "case.set.members")
        page.get_by_test_id("stHeading").filter(has_text=re.compile(r"成员（已认定 (\d+)/\1）")).wait_for()
        before = page.get_by_test_id("stHeading").filter(has_text="（").all_inner_texts()
        page.reload()
        idle(page)
        assert page.get_by_test_id("stHeading").filter(has_text="（").all_inner_texts() == before
        shot(page, "draft-zh-reloaded")


@pytest.mark.parametrize(("locale", "size"), SIZES, ids=["zh", "en"])
def test_a_case_is_referred_from_its_page(
    browser: Browser, address: str, bureau: Bureau, locale: str, size: tuple[int, int]
) -> None:
    lang = locale[:2]
    case = bureau.closed(bureau.rings()[0], Outcome.CONFIRMED).id
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "li", f"/case?case={case}&lang={lang}")
        page.get_by_test_id("stMain").locator("a[href*='referrals']").click()
        page.wait_for_url(f"**/referrals?case={case}**")
        idle(page)
        assert case in page.get_by_role("heading").first.inner_text()
        shot(page, f"case-referral-{lang}")
        page.goto(f"{address}/referrals?case={case}&to=summary&part=build&lang={lang}")
        idle(page)
        main = page.get_by_test_id("stMain")
        main.locator("textarea").fill(WHY)
        main.get_by_test_id("stFormSubmitButton").locator("button").click()
        page.locator(f"{key('referral.hand_out')} button").wait_for(timeout=120_000)
        shot(page, f"case-referral-{lang}-made")
        press(page, "referral.hand_out")
        page.wait_for_url("**referral=**")
        assert "case=" not in page.url and "part=" not in page.url
        assert case in main.inner_text()
        page.reload()
        idle(page)
        assert case in main.inner_text()
