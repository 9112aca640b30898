"""A workspace with accounts, and the pages run in it as one of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from playwright.sync_api import Browser
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import ui.service.house as house_module
from cases.model import Ring, Status
from cases.schema import ring_events, writing
from cases.schema import rings as rings_table
from cases.store import CaseStore
from claims.workspace import Workspace
from tests.ui.app.case_world import Bureau
from tests.ui.app.detected import detected_county
from tests.ui.app.two_regions import county_of_two
from tests.ui.app.world import SomeCases, SomeRuns, add_people, copy_of, ring_table
from tests.ui.canvas.chromium import chromium
from ui.auth import passwords
from ui.auth.doorkeeper import COOKIE
from ui.auth.gate import Gate
from ui.config.settings import FOLDER, from_environment
from ui.service.house import Context, House, house_of
from ui.service.ring_sheet import RingPaper

ENTRY = FOLDER / "entry.py"


@dataclass
class Visitor:
    """Somebody's way through the pages; `run` draws the page at an address."""

    house: House
    monkeypatch: pytest.MonkeyPatch
    name: str | None = None
    token: str = ""

    @property
    def gate(self) -> Gate:
        """The visitor's gate."""
        return Gate(self.house.sessions, self.token)

    def sign_in(self, name: str) -> "Visitor":
        """Start a session as `name`."""
        self.token = self.house.sessions.open(name, "127.0.0.1")
        self.monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: self.token}))
        return self

    def run(self, place: str = "desk", **parameters: str) -> AppTest:
        """Draw the page at `place`; the test fails where a page shows an exception."""
        self.house.accounts.set_language(self.gate.signed_in().account.name, "en")
        app = AppTest.from_file(str(ENTRY), default_timeout=60)
        app.query_params.update({"lang": "en"} | parameters)  # for those whom no account tells the language of
        return open_page(app, place)


def open_page(app: AppTest, page: str) -> AppTest:
    """Run the app on a page given by its address."""
    # AppTest switches to files only; pages that are functions are known by the hash of their address.
    app._page_hash = calc_hash("" if page == "desk" else page)
    app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    """Everything a reader sees as text."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    texts = [element.value for kind in kinds for element in getattr(app, kind)]
    texts += [element.label for element in app.main if getattr(element, "type", "") == "page_link"]
    return "\n".join(map(str, texts)).replace("\\", "")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as cheap as it goes: its cost is not what these tests are about."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace with one account per role."""
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(tmp_path))
    for name in ("RINGHOUND_OIDC", "RINGHOUND_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    place = Workspace(tmp_path.resolve())
    add_people(place)
    return place


@pytest.fixture(scope="session")
def detected(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A tiny county in which rings were really detected; nobody writes here."""
    return detected_county(tmp_path_factory.mktemp("detected"))


@pytest.fixture(scope="module")
def county(detected: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The county of one test module: what its tests write, no other module reads."""
    return copy_of(detected, tmp_path_factory.mktemp("county") / "workspace")


@pytest.fixture(scope="session")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A detected county of two divisions; nobody writes here."""
    return county_of_two(tmp_path_factory.mktemp("divided"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that reaches nothing but this machine."""
    with chromium() as started:
        yield started


@pytest.fixture
def bureau(county: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    """A copy of the county with colleagues in every role, for one test."""
    made = Bureau.copied(county, tmp_path / "bureau")
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(made.workspace.root))
    return made


@pytest.fixture
def office(bureau: Bureau) -> Iterator[House]:
    """The house of the bureau's workspace."""
    house_of.cache_clear()
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    house_of.cache_clear()


@pytest.fixture
def house(workspace: Workspace) -> Iterator[House]:
    """The house of the empty workspace: no ring, no run, no load."""
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    house_of.cache_clear()


@pytest.fixture
def full(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The same house with 300 rings, two runs and a case."""
    table = ring_table(workspace.root / "rings.db", 300)
    monkeypatch.setattr(house_module, "open_rings", lambda _: table)
    monkeypatch.setattr(house_module, "open_runs", lambda _: SomeRuns())
    monkeypatch.setattr(house_module, "open_cases", lambda _: SomeCases())
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    table.engine.dispose()
    house_of.cache_clear()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[[House, str], Visitor]:
    """Sign somebody in."""
    return lambda house, name: Visitor(house, monkeypatch).sign_in(name)


@pytest.fixture
def real(county: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(county.root))
    house_of.cache_clear()
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    house_of.cache_clear()


@pytest.fixture
def store(county: Workspace) -> CaseStore:
    return CaseStore.open(county.cases)


@pytest.fixture
def burst(store: CaseStore) -> Ring:
    """A ring of hoarded cards: persons, cards, pharmacies."""
    return next(ring for ring in store.rings() if ring.picture.kind == "shared_card/hoarded_burst")


@pytest.fixture
def merged(store: CaseStore, burst: Ring) -> Iterator[Ring]:
    """Another ring, as if the last run had found it to be part of the first."""
    other = next(ring for ring in store.rings() if ring.id != burst.id and ring.status is Status.NEW)
    words = {"zh": f"并入{burst.id}", "en": f"went into {burst.id}"}
    event = {"ring_id": other.id, "run_id": other.run, "kind": "merged", "alert": False, **words}
    _set(store, other.id, merged_into=burst.id, status=Status.DORMANT.value)
    with writing(store.engine) as connection:
        connection.execute(sa.insert(ring_events).values(event))
    yield other
    _set(store, other.id, merged_into="", status=other.status.value)
    with writing(store.engine) as connection:
        connection.execute(sa.delete(ring_events).where(ring_events.c.kind == "merged"))


def _set(store: CaseStore, ring: str, **values: str) -> None:
    with writing(store.engine) as connection:
        connection.execute(sa.update(rings_table).where(rings_table.c.id == ring).values(values))


def context_of(house: House, visit: Callable[[House, str], Visitor], name: str) -> Context:
    gate = visit(house, name).gate
    return Context(house, gate, gate.signed_in().account, "en")


def paper_of(house: House, visit: Callable[[House, str], Visitor], ring: Ring, name: str = "wang") -> RingPaper:
    found = context_of(house, visit, name).sheets.paper(ring.id)
    assert isinstance(found, RingPaper)
    return found
