"""The tables of referrals go and come back on a database with content; rings, cases and the ledger stay."""

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cases.exports.clocks import FactName
from cases.exports.referrals import Recorded, Referral, ReferralBook
from cases.schema import REVISIONS, metadata, revision
from cases.store import CaseStore
from claims.ledger.verify import verify
from tests.cases.work.casework import ANNA, WHY, Bureau
from tests.cases.work.test_case_migration import content, move

KEPT = ("runs", "rings", "ring_members", "ring_events", "decisions", "ledger_leaves", "cases", "case_events")
AT = datetime(2026, 7, 2, 9, 30)


@pytest.fixture
def bureau(address: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv("RINGHOUND_LEDGER_KEY", str(tmp_path / "ledger.key"))
    return Bureau.at(address)


def referred(bureau: Bureau, ring: str, case: str) -> int:
    """A referral that was sent."""
    book = ReferralBook(bureau.store.engine)
    number = book.enter(Referral(ring, case, "police", "clara", WHY, False, AT, {"letter.pdf": "0" * 64}))
    book.add(number, Recorded(FactName.SENT, AT, "clara", "no. 7"))
    return number


def test_referrals_go_and_come_back(bureau: Bureau, address: str | Path) -> None:
    ring = bureau.rings(1)[0].id
    case = bureau.book.open_ring(ANNA, ring, WHY).id
    number, engine = referred(bureau, ring, case), bureau.store.engine
    before = content(engine, *KEPT)
    move(engine, "0002", back=True)
    with engine.connect() as connection:
        assert revision(connection) == "0002"
        assert not {"referrals", "referral_facts"} & set(sa.inspect(connection).get_table_names())
    assert content(engine, *KEPT) == before
    engine = CaseStore.open(address).engine
    with engine.connect() as connection:
        assert revision(connection) == REVISIONS[-1]
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        assert [change for change in differences if "ledger" not in repr(change)] == []
        assert verify(connection).problems == ()
    assert content(engine, *KEPT) == before, "the ledger keeps what the tables recorded"
    assert content(engine, "referrals", "referral_facts") == {"referrals": [], "referral_facts": []}
    assert referred(bureau, ring, case) >= number
    assert [one.case for one in ReferralBook(engine).of(ring)] == [case]
