"""Search, a person, its records and relations, an institution, a box, the map: real Chromium, the network cut."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias, cast

import pytest
from playwright.sync_api import Browser, Page

from cases.store import CaseStore
from claims.workspace import Workspace
from graph.model import NodeType
from tests.ui.app.conftest import Visitor, paper_of
from tests.ui.app.test_browser import idle, shot, sign_in, window
from tests.ui.app.test_entity_services import busy
from tests.ui.app.test_ring_walk import served
from ui.pages import words
from ui.pages.ring_map import HIGH, WIDE, spec_of
from ui.service.entity_ground import ground_of
from ui.service.house import House
from ui.service.places import RingMap, ring_map

pytestmark = pytest.mark.browser
Visit: TypeAlias = Callable[[House, str], Visitor]
Scheme: TypeAlias = Literal["light", "dark"]
LOOKS = [((1440, 900), "zh-CN", "light"), ((1280, 720), "en-US", "dark")]


@pytest.fixture(scope="module")
def address(county: Workspace) -> Iterator[str]:
    log = county.root / "entity.log"
    with served(county, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def part(page: Page, number: int) -> None:
    page.get_by_test_id("stMain").get_by_test_id("stButtonGroup").first.get_by_role("radio").nth(number).click()
    idle(page)


@pytest.mark.parametrize(("size", "locale", "scheme"), LOOKS, ids=["wide-zh-light", "small-en-dark"])
def test_from_the_search_to_every_page(
    browser: Browser, address: str, county: Workspace, size: tuple[int, int], locale: str, scheme: Scheme
) -> None:
    ground, name, lang = ground_of(county), f"entity-{size[0]}-{locale[:2]}", locale[:2]
    person, phone = busy(ground, NodeType.PERSON), ground.ref(NodeType.PHONE, 0)
    with window(browser, size, locale) as context:
        page = context.new_page()
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        sign_in(page, address, "wang", f"/?lang={lang}")
        page.goto(f"{address}/entity?lang={lang}")
        idle(page)
        box = page.get_by_test_id("stMain").get_by_test_id("stTextInput").locator("input")
        box.fill(person.id)
        box.press("Enter")
        idle(page)
        shot(page, f"{name}-search")
        page.get_by_test_id("stMain").get_by_test_id("stPageLink").first.click()
        page.wait_for_url("**/entity?*type=person*")
        idle(page)
        page.get_by_test_id("stEChartsChart").nth(2).wait_for()
        shot(page, f"{name}-person")
        part(page, 1)
        shot(page, f"{name}-ties")
        part(page, 2)
        before = page.locator("table.rh tbody").last.inner_text()
        shot(page, f"{name}-records")
        page.get_by_test_id("stPagination").get_by_role("button").nth(2).click()
        idle(page)
        assert page.locator("table.rh tbody").last.inner_text() != before
        for type_ in (NodeType.INSTITUTION, NodeType.TERMINAL, NodeType.DRUG_BOX):
            ref = ground.ref(type_, 0) if type_ is NodeType.DRUG_BOX else busy(ground, type_)
            page.goto(f"{address}/entity?lang={lang}&type={type_}&id={ref.id}")
            idle(page)
            page.get_by_test_id("stEChartsChart").first.wait_for()
            shot(page, f"{name}-{type_}")
        page.goto(f"{address}/entity?lang={lang}&type=phone&id={phone.id}")
        page.wait_for_url("**id=~*")
        idle(page)
        assert phone.id not in page.content()


def spot(found: RingMap) -> tuple[float, float]:
    """Where on the chart the institution with the fewest records stands, in pixels."""
    spec = spec_of(found)
    across, up, grid = (cast(Mapping[str, float], spec[name]) for name in ("xAxis", "yAxis", "grid"))
    site = min(found.sites, key=lambda site: site.records)
    right = (site.x - across["min"]) / (across["max"] - across["min"]) * WIDE
    down = (up["max"] - site.y) / (up["max"] - up["min"]) * HIGH
    return grid["left"] + right, grid["top"] + down


@pytest.mark.parametrize(("size", "locale", "scheme"), LOOKS, ids=["wide-zh-light", "small-en-dark"])
def test_the_map_narrows_the_records(
    browser: Browser, address: str, real: House, visit: Visit, store: CaseStore, size: tuple[int, int], locale: str,
    scheme: Scheme,
) -> None:  # fmt: skip
    papers = (paper_of(real, visit, ring) for ring in store.rings() if not ring.merged_into)
    maps = ((paper, ring_map(real.settings.workspace, paper, paper.records)) for paper in papers)
    paper, found = next((paper, found) for paper, found in maps if len(found.sites) > 1)
    least = min(site.records for site in found.sites)
    across, down = spot(found)
    with window(browser, size, locale) as context:
        page = context.new_page()
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        sign_in(page, address, "wang", f"/?lang={locale[:2]}")
        page.goto(f"{address}/ring?lang={locale[:2]}&ring={paper.ring.id}")
        idle(page)
        page.locator("[class*=st-key-ring-map] summary").click()
        idle(page)
        chart = page.get_by_test_id("stEChartsChart").first
        chart.scroll_into_view_if_needed()
        page.wait_for_timeout(600)
        shot(page, f"map-{size[0]}-{locale[:2]}")
        records = page.locator(".st-key-ring-records")
        assert words.count(least) not in re.findall(r"\d[\d,]*", records.inner_text())[:2]
        chart.locator("canvas").first.click(position={"x": across, "y": down})
        page.wait_for_timeout(600)
        idle(page)
        numbers = re.findall(r"\d[\d,]*", records.inner_text())
        assert words.count(least) in numbers[:2]
        shot(page, f"map-{size[0]}-{locale[:2]}-chosen")
