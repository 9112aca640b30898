"""From a ring to a package that its receiver checked, and the ledger, in a real Chromium with the network cut."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from claims.workspace import Workspace
from tests.ui.app.test_browser import idle, shot, sign_in, window
from tests.ui.app.test_referral_pages import QUIET, REASON, SECRET, checked, copied
from tests.ui.app.test_ring_walk import burst_ring, served


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "size"), [("zh-CN", (1440, 900)), ("en-US", (1280, 720))], ids=["zh", "en"])
def test_from_a_ring_to_a_checked_package(
    browser: Browser, county: Workspace, tmp_path: Path, locale: str, size: tuple[int, int]
) -> None:
    place = copied(county, tmp_path / "workspace")
    log, name = tmp_path / "server.log", f"{size[0]}-{locale[:2]}"
    with served(place, log) as url, window(browser, size, locale) as context:
        page = context.new_page()
        page.set_default_timeout(90_000)
        sign_in(page, url, "li", f"/referrals?ring={burst_ring(county)}&to={QUIET}&lang={locale[:2]}")
        walk(page, name)
        key = page.locator("code").first.inner_text()
        page.locator(".st-key-referral-hand_out button").click()
        page.wait_for_url("**referral=1**")
        assert "part=" not in page.url and "ring=" not in page.url
        idle(page)
        shot(page, f"referral-{name}-made")
        saved = take(page, tmp_path / "package.zip")
        shot(page, f"referral-{name}-taken")
        with zipfile.ZipFile(saved) as archive:
            archive.extractall(tmp_path / "out")
        assert checked(tmp_path / "out", key) == 0
        page.goto(f"{url}/ledger?lang={locale[:2]}")
        idle(page)
        page.get_by_test_id("stMain").get_by_test_id("stBaseButton-primary").click()
        page.get_by_test_id("stAlertContentSuccess").wait_for()
        shot(page, f"ledger-{name}")
        page.emulate_media(color_scheme="dark")
        shot(page, f"ledger-{name}-dark")
    assert "Traceback" not in log.read_text(), log.read_text()


def walk(page: Page, name: str) -> None:
    """From the meter over the pages of the documents to the package."""
    main = page.get_by_test_id("stMain")
    idle(page)
    shot(page, f"referral-{name}-meter")
    for place, part in ((1, "law"), (2, "documents"), (3, "make")):
        main.get_by_test_id("stButtonGroup").get_by_role("radio").nth(place).click()
        idle(page)
        if part == "documents":
            main.locator("img").wait_for()
        shot(page, f"referral-{name}-{part}")
    main.get_by_test_id("stRadio").get_by_test_id("stWidgetLabel").wait_for()
    main.get_by_test_id("stRadio").locator("label[data-baseweb=radio], label").last.click()
    main.locator("input[type=password]").fill(SECRET)
    main.locator("textarea").fill(REASON)
    main.get_by_test_id("stFormSubmitButton").locator("button").click()
    main.locator("code").first.wait_for()
    idle(page)
    assert main.locator("input[type=password]").input_value() == ""
    shot(page, f"referral-{name}-done")


def take(page: Page, path: Path) -> Path:
    """Hand the package out and save it."""
    main = page.get_by_test_id("stMain")
    main.get_by_test_id("stBaseButton-secondary").first.click()
    main.get_by_test_id("stDownloadButton").wait_for()
    with page.expect_download() as download:
        main.get_by_test_id("stDownloadButton").locator("button").click()
    download.value.save_as(path)
    idle(page)
    return path
