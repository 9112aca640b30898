"""The history of judgements on both databases, uses that lie closest in time, and the address of a queue."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.identities import IdentityBook, Word
from cases.store import CaseStore
from claims.ledger import Kind, entries
from detectors.identity_reuse.judgements import Ruling
from tests.loaders.postgres import postgres_server
from ui.service.identity_facts import Facts, Use, meetings, same_days
from ui.service.identity_query import PairQuery, Standing, from_url, to_url

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
MAN = ("D1", "D2")


def _use(person: str, place: str, hours: float, km: float = 0.0, *, stay: float = 0.0) -> Use:
    first = datetime(2026, 3, 1, 8) + timedelta(hours=hours)
    last = first + timedelta(hours=stay)
    spot = (100.0, 25.0 + km / 111.2)
    care = "21" if stay else "11"
    return Use(f"{person}{hours}", person, last, first, last, care, place, place, False, spot, Decimal(1), "")


def test_what_lies_closest_in_time_stands_first() -> None:
    mine = _use("A", "H1", 0, stay=100), _use("A", "H3", 200)
    uses = (*mine, _use("B", "H2", 50, 40.0), _use("B", "H1", 60), _use("B", "H4", 201))
    found = meetings(Facts({}, {}, uses, {}, ()), "A")
    assert [(m.one.place, m.other.place, m.minutes) for m in found[:2]] == [("H1", "H2", 0), ("H3", "H4", 60)]
    assert found[0].km == pytest.approx(40.0, abs=0.1)
    assert len(same_days(uses)) == 1


def test_the_address_holds_the_question() -> None:
    query = PairQuery(Standing.MINE, "same_face", -5, 20, "abc")
    assert from_url(to_url(query)) == query
    assert from_url({"least": "x", "most": "-99", "standing": "?"}) == PairQuery(most=-15)
    assert to_url(PairQuery()) == {}


def _book_rules(book: IdentityBook) -> None:
    """What holds whatever the database."""
    first = book.judge(Word(MAN, Ruling.SAME, "wang", AT))
    second = book.judge(Word(MAN, Ruling.UNSURE, "wang", AT + timedelta(hours=1), seen=first.id))
    assert {pair: j.ruling for pair, j in book.in_force(AT + timedelta(minutes=1)).items()} == {MAN: Ruling.SAME}
    assert not book.in_force(AT)
    book.take_back(second.id, "wang", AT + timedelta(hours=2))
    assert book.histories()[MAN][-1].ruling is Ruling.SAME
    for statement in ("UPDATE identity_judgements SET owner = 'x'", "DELETE FROM identity_judgements"):
        with pytest.raises(sa.exc.DBAPIError), book.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    with book.engine.connect() as connection:
        leaves = [entry for entry in entries(connection) if entry.leaf.kind == Kind.REVIEW]
    assert [entry.leaf.actor for entry in leaves] == ["wang"] * 3


def test_the_history_on_sqlite(tmp_path: Path) -> None:
    _book_rules(IdentityBook(CaseStore.open(tmp_path / "cases.db").engine))


def test_the_history_on_postgresql() -> None:
    with postgres_server() as server:
        _book_rules(IdentityBook(CaseStore.open(server.full_url).engine))
