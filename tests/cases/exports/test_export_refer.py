"""Referring: a folder that is whole or absent, entered in audit and ledger first; receipt and answer recorded."""

import hashlib
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.exports import refer as refer_module
from cases.exports.clocks import FactName, State
from cases.exports.refer import Wish, refer
from cases.exports.referrals import Recorded, ReferralBook, ReferralError
from cases.exports.schema import referral_facts, referrals
from cases.handout.deliver import DeliveryError
from cases.migrations import upgrade
from cases.schema import engine_of, reading, writing
from cases.settings import SettingsError
from claims.audit import Audit, ReasonError
from claims.errors import NotFoundError
from claims.ledger import Kind, entries
from claims.workspace import Workspace
from tests.cases.exports.worlds import RING

WISH = Wish(RING, "summary", "呈报领导审阅", user="张三")


@pytest.fixture
def own(tmp_path: Path, ring_workspace: Workspace) -> Workspace:
    return Workspace(Path(shutil.copytree(ring_workspace.root, tmp_path / "workspace")))


def book(workspace: Workspace) -> ReferralBook:
    return ReferralBook(engine_of(workspace.cases))


def leaves(workspace: Workspace) -> list[str]:
    with reading(book(workspace).engine) as connection:
        return [entry.leaf.subject for entry in entries(connection) if entry.leaf.kind == Kind.REFERRAL.value]


def test_a_referral_is_a_folder_and_an_entry_in_audit_book_and_ledger(own: Workspace, tmp_path: Path) -> None:
    made = refer(own, WISH, tmp_path / "out")
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made.folder.iterdir()}
    assert made.folder.name == f"{RING}-summary" and dict(made.referral.files) == digests
    (known,) = book(own).of(RING)
    assert known == made.referral
    last = Audit(own.audit).entries()[-1]
    assert (last.user, last.reason, last.subject) == ("张三", "呈报领导审阅", RING)
    assert all(digest in last.details for digest in digests.values())
    assert leaves(own) == [RING]


def test_without_a_reason_nothing_leaves(own: Workspace, tmp_path: Path) -> None:
    with pytest.raises(ReasonError):
        refer(own, Wish(RING, "summary", " "), tmp_path / "out")
    assert not (tmp_path / "out").exists() and book(own).of(RING) == ()


def test_a_folder_that_is_there_is_left_alone(own: Workspace, tmp_path: Path) -> None:
    kept = tmp_path / f"{RING}-summary"
    kept.mkdir()
    (kept / "mine").write_text("x")
    with pytest.raises(DeliveryError):
        refer(own, WISH, tmp_path)
    assert [path.name for path in kept.iterdir()] == ["mine"] and book(own).of(RING) == ()


def test_an_entry_that_fails_leaves_no_folder(own: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr(refer_module, "_enter", fail)
    with pytest.raises(RuntimeError):
        refer(own, WISH, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_receipt_and_answer_are_recorded_once_and_run_the_clocks(own: Workspace, tmp_path: Path) -> None:
    number = refer(own, WISH, tmp_path / "out").referral.id
    received = Recorded(FactName.RECEIVED, datetime(2026, 11, 20, 9), "张三", "公受〔2026〕1号")
    book(own).add(number, received)
    now = datetime(2026, 11, 24)
    assert {c.limit.id: c.state for c in book(own).clocks(number, now)}["answer"] is State.PASSED
    book(own).add(number, Recorded(FactName.ANSWERED, datetime(2026, 11, 23, 9), "张三", "立案"))
    assert {c.limit.id: c.state for c in book(own).clocks(number, now)}["answer"] is State.MET
    with pytest.raises(ReferralError):
        book(own).add(number, received)
    with pytest.raises(NotFoundError):
        book(own).add(99, received)
    assert [fact.name for fact in book(own).facts(number)] == [FactName.RECEIVED, FactName.ANSWERED]
    assert leaves(own) == [RING] * 3


def test_letters_settings_that_do_not_read_are_named(own: Workspace, tmp_path: Path) -> None:
    own.settings.write_text("letters: {seal: x}\n", "utf-8")
    with pytest.raises(SettingsError, match="seal"):
        refer(own, WISH, tmp_path / "out")


def test_the_tables_are_what_the_migration_makes(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "cases.db")
    with writing(engine) as connection:
        upgrade(connection)
        for table in (referrals, referral_facts):
            made = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
            assert made == {column.name for column in table.columns}
