"""The table of rights in a real Chromium: each page of each role, the buttons on it, and what crosses the wire."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket

from cases.people import Role
from cases.work.stages import STEPS, Stage, StepName
from claims.workspace import Workspace
from tests.ui.app.rights_world import NEAR, Both, at_work, main_place
from tests.ui.app.test_browser import idle, window
from tests.ui.app.test_ring_walk import served
from tests.ui.app.world import copy_of
from ui.auth.doorkeeper import COOKIE
from ui.auth.matrix import pages, roles_of
from ui.auth.roles import Action
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions

pytestmark = pytest.mark.browser
NO_RIGHT = "Your roles do not allow this."
ABOUT_THEIRS: dict[str, Callable[[Both], str]] = {
    "ring": lambda both: f"?ring={both.theirs.ring.id}",
    "case": lambda both: f"?case={both.theirs.case}",
    "entity": lambda both: f"?type=institution&id={main_place(both.theirs.ring)}",
    "runs": lambda both: "?part=quarantine",
}
PASS_ON = STEPS[Stage.FIRST_CHECK, StepName.PASS_ON].roles
# What stands on a page for whoever may do an act and for nobody else: page, what finds it, whose it is.
BUTTONS = (
    ("ring", "button:has-text('Show personal data')", roles_of(Action.REVEAL)),
    ("cases", ".st-key-cases-next button", roles_of(Action.WORK_CASE)),
    ("cases", "button:has-text('Open by hand')", roles_of(Action.OPEN_CASE)),
    ("cases", "button:has-text('Numbers')", roles_of(Action.SEE_BOARD)),
    ("case", "summary:has-text('Note a date')", roles_of(Action.WORK_CASE)),
    ("case", ".st-key-case-step-pass_on button", roles_of(Action.STEP_CASE) & PASS_ON),
    ("case", "summary:has-text('Assign')", roles_of(Action.ASSIGN_CASE)),
    ("case", "summary:has-text('Merge into')", roles_of(Action.MERGE_CASES)),
    ("referrals", "button:has-text('Begin')", roles_of(Action.SEND_REFERRALS)),
    ("explorer", "summary:has-text('Export')", roles_of(Action.EXPORT)),
    ("entity", "button:has-text('Show personal data')", roles_of(Action.REVEAL)),
    ("identity", ".st-key-identity-keys button", roles_of(Action.DECIDE_IDENTITIES)),
    ("identity", "button:has-text('Show')", roles_of(Action.REVEAL)),
    ("evaluation", "button:has-text('Report')", roles_of(Action.EXPORT)),
    ("runs", "button:has-text('Quarantine')", roles_of(Action.SEE_QUARANTINE)),
    ("runs", ".st-key-runs-make button", roles_of(Action.EXPORT_QUARANTINE)),
    ("runs", ".st-key-runs-retry button", roles_of(Action.RETRY_QUARANTINE)),
    ("ledger", ".st-key-ledger-verify button", roles_of(Action.SEE_LEDGER)),
    ("accounts", ".st-key-accounts-save button", roles_of(Action.MANAGE_ACCOUNTS)),
)


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


@pytest.mark.parametrize("role", list(Role))
def test_every_page_and_button_of_every_role(browser: Browser, both: Both, address: str, role: Role) -> None:
    with signed_in(browser, both, address, role.value) as context:
        tabs = {name: context.new_page() for name in pages()}
        for name, tab in tabs.items():  # the server draws them side by side
            asked = ABOUT_THEIRS[name](both) if name in ABOUT_THEIRS else ""
            tab.goto(f"{address}/{name}{asked}{'&' if asked else '?'}lang=en", wait_until="commit")
        for name, action in pages().items():
            idle(tabs[name])
            main = tabs[name].get_by_test_id("stMain").inner_text()
            assert (NO_RIGHT in main) == (role not in roles_of(action)), (name, main[:300])
            if role not in roles_of(action):
                alone = re.sub(r"\s+", " ", main)
                assert not [text for text in (both.theirs.ring.id, both.theirs.case) if text in alone]
        for name, button, whose in BUTTONS:
            found = tabs[name].get_by_test_id("stMain").locator(button).count()
            assert bool(found) == (role in whose), (name, button)
        menu = {link.get_attribute("href") for link in tabs["desk"].get_by_test_id("stSidebarNavLink").all()}
        assert not {name for name in pages() if f"/{name}" in str(menu) and role not in roles_of(pages()[name])}


def test_nothing_of_another_division_crosses_the_wire(browser: Browser, both: Both, address: str) -> None:
    theirs, secrets = both.theirs, both.secrets()
    first = {what: text for text, what in reversed(secrets.items())}
    place, person, card = first["institution"], first["person"], first["card"]
    asked = {
        "/desk": "",
        f"/rings?text={int(theirs.ring.id[-6:])}": "",
        f"/rings?place={place}": place,
        f"/ring?ring={theirs.ring.id}": theirs.ring.id,
        f"/ring?ring={both.ours.ring.id}": "",
        "/cases?scope=all&view=list": "",
        f"/cases?scope=all&text={theirs.case}": theirs.case,
        f"/case?case={theirs.case}": theirs.case,
        f"/referrals?ring={theirs.ring.id}": theirs.ring.id,
        f"/referrals?case={theirs.case}": theirs.case,
        f"/referrals?referral={theirs.referral}": "",
        f"/entity?type=institution&id={place}": place,
        f"/entity?type=person&id={person}": person,
        f"/explorer?node=card:{card}": card,
        f"/explorer?ring={theirs.ring.id}": theirs.ring.id,
        f"/explorer?scene={theirs.scene}": theirs.scene,
        "/identity": "",
        "/evaluation": "",
        "/runs?part=quarantine": "",
        f"/ledger?subject={theirs.ring.id}": theirs.ring.id,
    }
    with signed_in(browser, both, address, NEAR) as context:
        for path, own in asked.items():
            page, frames = opened(context, f"{address}{path}{'&' if '?' in path else '?'}lang=en")
            assert NO_RIGHT not in page.get_by_test_id("stMain").inner_text(), path
            assert_silent(secrets, own, frames, page.content(), path)
            page.close()
        for path, box in (("/explorer", "explorer-search"), ("/entity", "entity-search")):
            for text in (place, first["name"], first["certificate"]):
                page, frames = opened(context, f"{address}{path}?lang=en")
                page.locator(f".st-key-{box} input").fill(text)
                page.keyboard.press("Enter")
                idle(page)
                assert_silent(secrets, text, frames, page.content(), f"{path} {text}")
                page.close()


def opened(context: BrowserContext, url: str) -> tuple[Page, list[bytes]]:
    """A page and what the server sends to it."""
    page, frames = context.new_page(), list[bytes]()

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: frames.append(frame if isinstance(frame, bytes) else frame.encode()))

    page.on("websocket", listen)
    page.goto(url)
    idle(page)
    return page, frames


def assert_silent(secrets: dict[str, str], own: str, frames: list[bytes], html: str, path: str) -> None:
    """None of the secrets came to the browser, but for what was typed there."""
    wire = b"\n".join(frames)
    assert len(wire) > 1_000, "the page came over the wire"
    told = [(what, text) for text, what in secrets.items() if text != own and (text.encode() in wire or text in html)]
    assert not told, (path, told[:5])
