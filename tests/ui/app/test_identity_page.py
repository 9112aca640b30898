"""Identity review as readers see it: with pairs, without, without the right; then by keyboard in a real Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from streamlit.testing.v1 import AppTest

from cases.identities import IdentityBook
from cases.store import CaseStore
from claims.workspace import Workspace
from detectors.identity_reuse.judgements import Ruling
from tests.ui.app.conftest import Visitor, context_of, said
from tests.ui.app.identity_world import workspace_of
from tests.ui.app.test_browser import idle, shot, sign_in, window
from tests.ui.app.test_ring_walk import served
from tests.ui.app.world import add_people
from ui.config.settings import from_environment
from ui.pages import identity_acts
from ui.service.house import House, house_of
from ui.service.identity_query import PairQuery, Standing

Visit = Callable[[House, str], Visitor]
RULED = {"s": Ruling.SAME, "n": Ruling.NOT_SAME, "u": Ruling.UNSURE}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = workspace_of(tmp_path_factory.mktemp("identity-pages"))
    add_people(workspace)
    return workspace


@pytest.fixture
def doubles(made: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house over a copy of the county, so that judgements of one test are no other's."""
    shutil.copytree(made.root, tmp_path / "w")
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(tmp_path / "w"))
    monkeypatch.setattr(identity_acts, "LOOKED", 0.0)
    house_of.cache_clear()
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    house_of.cache_clear()


def html_of(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.main if getattr(element, "type", "") == "html")


def press(app: AppTest, ruling: str, pair: str) -> None:
    app.button(key=f"identity.{ruling}.{pair}").click().run()
    assert not app.exception


def test_the_page_says_why_and_why_not(doubles: House, visit: Visit) -> None:
    app = visit(doubles, "wang").run("identity")
    text, html = said(app), html_of(app)
    assert "Identity review" in text and "Both in time" in text
    assert {metric.label for metric in app.metric} >= {"One person, by the model", "Weight", "Settlements", "Fund"}
    assert "same certificate number" in html and "speaks very strongly for one person" in html
    assert "诸葛*兰" in html + text and "诸葛文兰" not in html + text
    assert not app.error


def test_a_judgement_goes_on_to_the_next_pair_and_can_be_undone(doubles: House, visit: Visit) -> None:
    service = context_of(doubles, visit, "wang").identities
    first, second = (row.id for row in service.queue(PairQuery()).rows[:2])
    app = visit(doubles, "wang").run("identity")
    press(app, "same", first)
    assert service.paper(first).history[-1].ruling is Ruling.SAME
    assert app.query_params["pair"] == second
    assert "One person. Z undoes it." in app.success[0].value.replace("\\", "")
    app.button(key="identity.undo").click().run()
    assert service.paper(first).history[-1].ruling is None
    assert app.query_params["pair"] == first


def test_who_comes_second_sees_who_was_first(doubles: House, visit: Visit) -> None:
    app = visit(doubles, "wang").run("identity")
    first = context_of(doubles, visit, "li").identities
    pair = first.queue(PairQuery()).rows[0].id
    first.judge(pair, Ruling.NOT_SAME, 0)
    visit(doubles, "wang")
    press(app, "same", pair)
    assert "li judged this pair" in said(app) and "Two people" in said(app)
    assert first.paper(pair).history[-1].owner == "li"
    press(app, "same", pair)
    assert first.paper(pair).history[-1].owner == "wang"


def test_the_address_opens_the_same_pair(doubles: House, visit: Visit) -> None:
    service = context_of(doubles, visit, "wang").identities
    pair = next(r for r in service.queue(PairQuery()).rows if "欧阳*明" in r.names)
    app = visit(doubles, "wang").run("identity", pair=pair.id, standing="all", most="30")
    assert "欧阳" in said(app)
    assert app.session_state["identity.weight"] == (-15, 30)
    gone = visit(doubles, "wang").run("identity", pair="none")
    assert "There is no pair" in said(gone)


def test_every_pair_judged_is_a_sentence_with_an_undo(doubles: House, visit: Visit) -> None:
    service = context_of(doubles, visit, "wang").identities
    for row in service.queue(PairQuery(Standing.ALL)).rows:
        service.judge(row.id, Ruling.UNSURE, 0)
    app = visit(doubles, "wang").run("identity")
    assert "Every pair here is judged." in said(app)
    assert app.button(key="identity.undo")


def test_an_auditor_looks_and_does_not_decide(doubles: House, visit: Visit) -> None:
    app = visit(doubles, "sun").run("identity")
    assert "not decide about them" in said(app)
    assert not [button for button in app.button if str(button.key).startswith("identity.same.")]


def test_without_a_run_or_a_right_there_is_a_sentence(house: House, doubles: House, visit: Visit) -> None:
    assert "Your roles do not allow this." in said(visit(doubles, "zhao").run("identity"))
    shutil.rmtree(doubles.settings.workspace.root / "identity")
    doubles.settings.workspace.cases.rename(doubles.settings.workspace.root / "away.db")
    assert "Nothing was detected yet" in said(visit(doubles, "wang").run("identity"))


@pytest.fixture(scope="module")
def address(made: Workspace) -> Iterator[str]:
    log = made.root / "server.log"
    with served(made, log) as url:
        yield url
    assert "Traceback" not in log.read_text(), log.read_text()


def settled(page: Page) -> None:
    idle(page)
    page.wait_for_timeout(700)  # a pair must stand on the screen before a key decides about it
    idle(page)


def held(workspace: Workspace) -> int:
    """How many entries the history has."""
    book = IdentityBook(CaseStore.open(workspace.cases).engine)
    return sum(len(rows) for rows in book.histories().values())


def waited(page: Page, done: Callable[[], bool]) -> bool:
    """Wait up to five seconds for something."""
    for _ in range(20):
        if done():
            return True
        page.wait_for_timeout(250)
    return False


def decide(page: Page, workspace: Workspace, key: str, wanted: int) -> None:
    """Press a key; once more where a slow machine still drew the page, which takes no key then."""
    for _ in range(3):
        page.keyboard.press(key)
        settled(page)
        if waited(page, lambda: held(workspace) >= wanted):
            break
    assert held(workspace) == wanted


@pytest.mark.browser
@pytest.mark.parametrize(("locale", "size"), [("zh-CN", (1440, 900)), ("en-US", (1280, 720))])
def test_the_keys_decide_and_never_while_typing(
    browser: Browser, address: str, made: Workspace, locale: str, size: tuple[int, int]
) -> None:
    lang, before = locale[:2], held(made)
    with window(browser, size, locale) as context:
        page = context.new_page()
        sign_in(page, address, "wang", f"/identity?lang={lang}")
        page.goto(f"{address}/identity?lang={lang}&standing=all")
        page.get_by_test_id("stMetric").first.wait_for()
        settled(page)
        shot(page, f"identity-{lang}")
        main = page.get_by_test_id("stMain")
        assert main.evaluate("m => m.scrollWidth <= m.clientWidth")
        note = main.get_by_test_id("stTextInput").locator("input")
        note.click()
        note.press_sequentially("sunz")
        page.wait_for_timeout(500)
        assert held(made) == before  # typed into the note, no key decided
        note.fill("")
        note.press("Enter")
        note.evaluate("n => n.blur()")
        settled(page)
        first = page.url
        page.keyboard.press("ArrowDown")
        settled(page)
        assert page.url != first
        page.keyboard.press("ArrowUp")
        settled(page)
        for number, key in enumerate(("n", "u"), 1):
            decide(page, made, key, before + number)
        shot(page, f"identity-{lang}-judged")
        for number in (3, 4):
            decide(page, made, "z", before + number)
        page.keyboard.down("s")
        for _ in range(8):
            page.wait_for_timeout(40)
            page.keyboard.down("s")  # what a key does that is held down
        page.keyboard.up("s")
        settled(page)
        assert held(made) == before + 5
        decide(page, made, "z", before + 6)
