"""The page of the ledger: head, check, entries by rights and regions, proofs."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.schema import writing
from cases.store import CaseStore
from claims.audit import Act, Audit
from claims.ledger import Head, Inclusion, Kind, Leaf, append
from claims.ledger.errors import LedgerError
from claims.workspace import Workspace
from tests.ui.app.conftest import Visitor, context_of, said
from tests.ui.app.world import PASSWORD, copy_of
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.errors import NoRightError
from ui.auth.roles import Role
from ui.config.settings import from_environment
from ui.service.house import House, house_of
from ui.service.ledger import LedgerQuery, LedgerService

Visit = Callable[[House, str], Visitor]


@pytest.fixture
def kept(county: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A copy of the detected county, with a lead of another region and an act on one of its rings."""
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(copy_of(county, tmp_path / "workspace").root))
    house_of.cache_clear()
    found = house_of(from_environment())
    book = Accounts(found.engine)
    far = NewAccount("far", "远方", frozenset({Role.LEAD}), frozenset({"99"}), password=PASSWORD, must_change=False)
    book.add(far, by="test")
    Audit(found.settings.workspace.audit).append(
        Act.REVEAL, ring_of(found), reason="talk on Monday", details={"field": "name"}, user="wang"
    )
    yield found
    found.engine.dispose()
    house_of.cache_clear()


def ring_of(house: House) -> str:
    return CaseStore.open(house.settings.workspace.cases).rings()[0].id


def service(house: House, visit: Visit, name: str) -> LedgerService:
    return context_of(house, visit, name).ledger


def overwrite(source: Path, target: Path) -> None:
    """Put one database in the place of another, as whoever owns the files could."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def proof_of(content: bytes) -> Inclusion:
    given = json.loads(content)
    return Inclusion(given["index"], Leaf(**given["leaf"]), tuple(given["path"]), Head.of_json(given["head"]))


def test_the_page_shows_head_keys_and_entries(kept: House, visit: Visit) -> None:
    app = visit(kept, "sun").run("ledger")
    text = said(app)
    assert "Evidence ledger" in text
    assert "Newest signed head" in text
    assert app.dataframe[0].value["index"].is_monotonic_decreasing
    app.button(key="ledger.verify").click().run()
    assert not app.exception
    assert "The ledger is whole." in said(app)
    assert "See to a witness" in said(app)


def test_a_changed_entry_is_named(kept: House, visit: Visit) -> None:
    with closing(sqlite3.connect(kept.settings.workspace.cases)) as database:
        database.execute("DROP TRIGGER ledger_leaves_keep")
        database.execute("UPDATE ledger_leaves SET reason = 'another' WHERE reason = 'talk on Monday'")
        database.commit()
    app = visit(kept, "sun").run("ledger")
    app.button(key="ledger.verify").click().run()
    text = said(app)
    assert "The ledger is whole." not in text
    assert "was changed: it does not fit its hash" in text
    assert "wang" in text


def test_a_witness_shows_what_was_cut_off(kept: House, visit: Visit, tmp_path: Path) -> None:
    current, older_copy = kept.settings.workspace.cases, tmp_path / "older.db"
    overwrite(current, older_copy)
    Audit(kept.settings.workspace.audit).append(Act.EXPORT, "later", user="wang")
    found = service(kept, visit, "sun")
    head = found.overview().file.encode()
    assert found.verify("head.json", head).problems == ()
    assert found.verify("head.json", head).witnesses == 1
    with pytest.raises(LedgerError):
        found.verify("head.exe", head)
    with pytest.raises(LedgerError):
        found.verify("head.json", b"{}")
    kept.engine.dispose()
    overwrite(older_copy, current)
    older = service(kept, visit, "sun")
    assert older.verify().problems == ()
    assert "A witness saw" in str(older.verify("head.json", head).problems[0])


def test_filters_are_the_address_and_pages_turn(kept: House, visit: Visit) -> None:
    app = visit(kept, "sun").run("ledger", kind="reveal")
    assert list(app.dataframe[0].value["reason"]) == ["talk on Monday"]
    app.text_input(key="ledger.subject").input("nothing like it").run()
    assert app.query_params["subject"] == "nothing like it"
    assert "No entry is like this." in said(app)
    found = service(kept, visit, "sun")
    every = found.page(LedgerQuery(size=1_000))
    first, second = (found.page(LedgerQuery(page=page, size=3)) for page in (1, 2))
    assert [line.index for line in (*first.lines, *second.lines)] == [line.index for line in every.lines[:6]]
    assert first.total == every.total == len(every.lines)


def test_what_does_not_read_in_an_address_filters_nothing(kept: House, visit: Visit) -> None:
    app = visit(kept, "sun").run("ledger", kind="none", page="x", since="2026-99-99")
    assert len(app.dataframe[0].value)


def test_another_region_sees_that_entries_are_there_not_of_what(kept: House, visit: Visit) -> None:
    ring = ring_of(kept)
    far = service(kept, visit, "far")
    line = next(line for line in far.page(LedgerQuery(size=1_000)).lines if line.kind is Kind.REVEAL)
    assert (line.open, line.subject, line.actor, line.reason, line.body) == (False, "", "", "", "")
    assert line.hash
    assert far.page(LedgerQuery(subject=ring)).total == 0
    assert far.page(LedgerQuery(actor="wang")).total == 0
    with pytest.raises(NoRightError):
        far.proof(line.index)
    own = service(kept, visit, "li")
    assert own.page(LedgerQuery(subject=ring)).lines[0].reason == "talk on Monday"
    text = said(visit(kept, "far").run("ledger", kind="reveal"))
    assert "talk on Monday" not in text


def test_the_administrator_sees_rights_and_no_case_work(kept: House, visit: Visit) -> None:
    admin = service(kept, visit, "admin").page(LedgerQuery(size=1_000)).lines
    assert all(line.open for line in admin if line.kind is Kind.RIGHTS)
    assert not any(line.open for line in admin if line.kind is Kind.REVEAL)
    lead = service(kept, visit, "li").page(LedgerQuery(size=1_000)).lines
    assert not any(line.open for line in lead if line.kind is Kind.RIGHTS)


def test_a_proof_holds_and_taking_it_is_entered(kept: House, visit: Visit) -> None:
    found = service(kept, visit, "li")
    line = found.page(LedgerQuery(kind=Kind.REVEAL)).lines[0]
    content = found.proof(line.index)
    assert proof_of(content).holds()
    forged = content.replace(b"talk on Monday", b"talk on Friday")
    assert not proof_of(forged).holds()
    newest = service(kept, visit, "sun").page(LedgerQuery(size=1)).lines[0]
    assert (newest.kind, newest.subject, newest.actor) == (Kind.EXPORT, f"entry:{line.index}", "li")


def test_personal_numbers_in_subjects_become_aliases(kept: House, visit: Visit) -> None:
    telephone = "13900000000"
    with writing(sa.create_engine(f"sqlite:///{kept.settings.workspace.cases}")) as connection:
        append(connection, Kind.REVEAL, f"phone:{telephone}", actor="wang", reason="call back")
    line = service(kept, visit, "sun").page(LedgerQuery(size=1)).lines[0]
    assert line.open
    assert line.subject.startswith("phone:")
    assert telephone not in line.subject


@pytest.mark.parametrize("name", ["wang", "zhao"])
def test_without_the_right_there_is_nothing(kept: House, visit: Visit, name: str) -> None:
    assert "Your roles do not allow this" in said(visit(kept, name).run("ledger"))
    found = service(kept, visit, name)
    asked: Sequence[Callable[[], object]] = (
        found.overview,
        lambda: found.page(LedgerQuery()),
        found.verify,
        lambda: found.proof(0),
    )
    for ask in asked:
        with pytest.raises(NoRightError):
            ask()
