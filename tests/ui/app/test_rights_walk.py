"""The table of rights in a real Chromium: each page of each role, the buttons on it, and what crosses the wire."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect

from cases.people import Role
from cases.work.model import Outcome
from cases.work.opened import open_book
from cases.work.rereads import Rereads
from claims.workspace import Workspace
from tests.ui.app.rights_buttons import BUTTONS, at, views
from tests.ui.app.rights_world import (
    NEAR,
    WHY,
    Both,
    actor,
    at_work,
    enter_answer,
    owner_of,
    unjudged,
)
from tests.ui.app.test_browser import choose, idle, window
from tests.ui.app.test_case_second_walk import fill
from tests.ui.app.test_case_walk import press, reason
from tests.ui.app.test_ring_walk import served
from tests.ui.app.world import copy_of
from ui.auth.doorkeeper import COOKIE
from ui.auth.matrix import pages, roles_of
from ui.auth.roles import Action
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions

pytestmark = pytest.mark.browser
NO_RIGHT = "Your roles do not allow this."
AT_ONCE = 7  # tabs that the server draws side by side


@pytest.fixture(scope="module")
def both(divided: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return at_work(copy_of(divided, tmp_path_factory.mktemp("walk") / "workspace"))


@pytest.fixture(scope="module")
def address(both: Both) -> Iterator[str]:
    log = both.workspace.root / "server.log"
    with served(both.workspace, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


@contextmanager
def signed_in(browser: Browser, both: Both, address: str, name: str) -> Iterator[BrowserContext]:
    """A window with a session of `name`."""
    engine = open_engine(both.workspace.cases)
    token = Sessions(engine).open(name, "127.0.0.1")
    engine.dispose()
    with window(browser, locale="en-US") as context:
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        yield context


def test_every_action_is_a_page_or_has_a_button() -> None:
    """What is done by opening a page needs no button; an action that only a command did would stand in neither."""
    assert {*pages().values(), *(button.action for button in BUTTONS)} == set(Action)


@pytest.mark.parametrize("role", list(Role))
def test_every_page_and_button_of_every_role(browser: Browser, both: Both, address: str, role: Role) -> None:
    with signed_in(browser, both, address, role.value) as context:
        tabs = {name: context.new_page() for name in views(both)}
        for name, (asked, _) in views(both).items():  # the server draws them side by side
            tabs[name].goto(at(address, asked), wait_until="commit")
        for name, (_, open_to) in views(both).items():
            idle(tabs[name])
            main = tabs[name].get_by_test_id("stMain").inner_text()
            assert (NO_RIGHT in main) == (role not in open_to), (name, main[:300])
            if role not in open_to:
                alone = re.sub(r"\s+", " ", main)
                assert not [text for text in (both.theirs.ring.id, both.theirs.case, both.heard) if text in alone]
        if role in roles_of(Action.SEE_RINGS):
            tick(tabs["rings"])
        for button in BUTTONS:
            found = tabs[button.view].get_by_test_id("stMain").locator(button.found_by)
            assert bool(found.count()) == (role in button.whose), button
            assert role not in button.whose or (found.first.is_visible() and found.first.is_enabled()), button
        menu = {link.get_attribute("href") for link in tabs["desk"].get_by_test_id("stSidebarNavLink").all()}
        assert not {name for name in pages() if f"/{name}" in str(menu) and role not in roles_of(pages()[name])}


def test_pressing_them_does_the_act(browser: Browser, both: Both, address: str) -> None:
    """Buttons that no walk of their own page presses; afterwards there is again what they need."""
    lead, reviewer = actor(both.workspace, Role.LEAD), actor(both.workspace, Role.REVIEWER)
    rereads = Rereads(open_book(both.workspace))
    with signed_in(browser, both, address, Role.REVIEWER.value) as context:
        (judged,) = unjudged(both)
        page, _frames = opened(context, at(address, views(both)["hearing"][0]))
        reason(page, f"case.answer.judged.{both.heard}.{judged}")
        press(page, "case.answer.refuse")
        assert not unjudged(both)
        enter_answer(both.workspace, both.heard)
        page, _frames = opened(context, at(address, views(both)["readings"][0]))
        press(page, "rereads.take")
        (taken,) = rereads.mine(reviewer)
        assert taken.second is None
        rereads.answer(reviewer, taken.id, Outcome.CLEARED, WHY)
    with signed_in(browser, both, address, Role.LEAD.value) as context:
        page, _frames = opened(context, at(address, views(both)["readings"][0]))
        fill(page, "rereads.each", "1")
        reason(page, "rereads.reason")
        press(page, "rereads.draw.do")
        assert rereads.waiting(lead) == 1
        page, _frames = opened(context, at(address, "rings"))
        ring = tick(page)
        choose(page, page.locator(".st-key-rings-assign-owner"), lambda options: options.filter(has_text="reviewer"))
        press(page, "rings.assign")
        assert owner_of(both, ring) == Role.REVIEWER.value


def test_nothing_of_another_division_crosses_the_wire(browser: Browser, both: Both, address: str) -> None:
    theirs, secrets = both.theirs, both.secrets()
    first = {what: text for text, what in reversed(secrets.items())}
    place, person, card = first["institution"], first["person"], first["card"]
    asked = {
        "desk": "",
        f"rings?text={int(theirs.ring.id[-6:])}": "",
        f"rings?place={place}": place,
        f"ring?ring={theirs.ring.id}": theirs.ring.id,
        f"ring?ring={both.ours.ring.id}": "",
        "cases?scope=all&view=list": "",
        f"cases?scope=all&text={theirs.case}": theirs.case,
        f"case?case={theirs.case}": theirs.case,
        f"referrals?ring={theirs.ring.id}": theirs.ring.id,
        f"referrals?case={theirs.case}": theirs.case,
        f"referrals?referral={theirs.referral}": "",
        f"entity?type=institution&id={place}": place,
        f"entity?type=person&id={person}": person,
        f"explorer?node=card:{card}": card,
        f"explorer?ring={theirs.ring.id}": theirs.ring.id,
        f"explorer?scene={theirs.scene}": theirs.scene,
        "cases?view=rereads": "",
        "identity": "",
        "evaluation": "",
        "runs?part=quarantine": "",
        f"ledger?subject={theirs.ring.id}": theirs.ring.id,
    }
    with signed_in(browser, both, address, NEAR) as context:
        paths = list(asked)
        for some in (paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE)):
            begun = {path: begin(context, at(address, path)) for path in some}
            for path, (page, frames) in begun.items():
                idle(page)
                assert NO_RIGHT not in page.get_by_test_id("stMain").inner_text(), path
                assert_silent(secrets, asked[path], frames, page.content(), path)
                page.close()
        for path, box in (("explorer", "explorer-search"), ("entity", "entity-search")):
            for text in (place, first["name"], first["certificate"]):
                page, frames = opened(context, at(address, path))
                page.locator(f".st-key-{box} input").fill(text)
                page.keyboard.press("Enter")
                idle(page)
                assert_silent(secrets, text, frames, page.content(), f"{path} {text}")
                page.close()


def tick(page: Page) -> str:
    """Tick the second line of the list of rings; returns the ring that the page then shows below."""
    shown = page.get_by_test_id("stMain").locator("a[href*='ring=']")
    first = str(shown.get_attribute("href"))
    page.get_by_test_id("stDataFrame").locator(".dvn-scroller").click(position={"x": 15, "y": 88})
    expect(shown).not_to_have_attribute("href", first, timeout=60_000)
    idle(page)
    return str(shown.get_attribute("href")).partition("ring=")[2]


def opened(context: BrowserContext, url: str) -> tuple[Page, list[bytes]]:
    """A page that is drawn, and what the server sends to it."""
    page, frames = begin(context, url)
    idle(page)
    return page, frames


def begin(context: BrowserContext, url: str) -> tuple[Page, list[bytes]]:
    """A page that begins to be drawn, and what the server sends to it."""
    page, frames = context.new_page(), list[bytes]()

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: frames.append(frame if isinstance(frame, bytes) else frame.encode()))

    page.on("websocket", listen)
    page.goto(url, wait_until="commit")
    return page, frames


def assert_silent(secrets: dict[str, str], own: str, frames: list[bytes], html: str, path: str) -> None:
    """None of the secrets came to the browser, but for what was typed there."""
    wire = b"\n".join(frames)
    assert len(wire) > 1_000, "the page came over the wire"
    told = [(what, text) for text, what in secrets.items() if text != own and (text.encode() in wire or text in html)]
    assert not told, (path, told[:5])
