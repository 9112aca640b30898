"""Audit entries: leaves of the ledger, committed before what they speak of happens."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from claims.audit import Act, Audit, AuditError, ReasonError, checked_reason, system_user
from claims.database import engine_of, reading, writing
from claims.ledger import Kind, append
from claims.ledger.verify import verify

APPENDER = """
import sys
from pathlib import Path
from claims.audit import Act, Audit
for number in range(10):
    Audit(Path(sys.argv[1])).append(Act.REVEAL, f"person:{sys.argv[2]}-{number}", reason="a reason")
"""


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    audit = Audit(tmp_path / "cases.db")
    for number in range(5):
        audit.append(Act.REVEAL, f"person:P{number}", reason="复核 case 7", details={"data_version": 3})
    return audit


def problems(path: Path) -> list[str]:
    with reading(engine_of(path)) as connection:
        return [str(problem) for problem in verify(connection).problems]


def test_an_entry_says_who_what_and_why(audit: Audit, tmp_path: Path) -> None:
    entry = audit.entries()[0]
    assert (entry.id, entry.act, entry.subject, entry.reason) == (2, "reveal", "person:P0", "复核 case 7")
    assert entry.user == system_user()
    assert entry.at.endswith("+00:00")
    assert json.loads(entry.details) == {"data_version": 3}
    assert problems(tmp_path / "cases.db") == []


def test_entries_are_paged(audit: Audit) -> None:
    assert [entry.id for entry in audit.entries(after=3, limit=2)] == [4, 5]


def test_only_reveals_views_and_exports_are_audit_entries(audit: Audit, tmp_path: Path) -> None:
    with writing(engine_of(tmp_path / "cases.db")) as connection:
        append(connection, Kind.CASE, "case", actor="li")
    audit.append(Act.VIEW, "ring:1")
    audit.append(Act.EXPORT, "ring:1", user="wang")
    assert [(entry.id, entry.act, entry.user) for entry in audit.entries(after=6)] == [
        (8, "view", system_user()),
        (9, "export", "wang"),
    ]


def test_the_environment_does_not_choose_the_user(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert audit.append(Act.EXPORT, "x").user == system_user() != "somebody-else"


def test_several_processes_append_one_ledger(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    processes = [subprocess.Popen([sys.executable, "-c", APPENDER, str(path), str(n)]) for n in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    entries = Audit(path).entries()
    assert len({entry.subject for entry in entries}) == len(entries) == 40
    assert problems(path) == []


def test_no_entry_no_answer(tmp_path: Path) -> None:
    (tmp_path / "cases.db").mkdir()
    with pytest.raises(AuditError, match=r"cases\.db"):
        Audit(tmp_path / "cases.db").append(Act.REVEAL, "person:P1", reason="a reason")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(AuditError):
        Audit(path).append(Act.REVEAL, "person:P1")
    assert path.read_bytes().startswith(b"something else")


def test_without_the_key_nothing_is_shown(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "ledger.key").unlink()
    with pytest.raises(AuditError, match=r"ledger\.key"):
        audit.append(Act.REVEAL, "person:P1")
    assert len(audit.entries()) == 5


def test_nothing_written_nothing_to_read(tmp_path: Path) -> None:
    assert Audit(tmp_path / "cases.db").entries() == ()
    assert not (tmp_path / "cases.db").exists()


def test_undecodable_text_is_kept_readable(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "cases.db")
    audit.append(Act.REVEAL, "person:\udcff", reason="四个字符\udcfe'); DROP TABLE ledger_leaves; --")
    assert audit.entries()[0].subject == "person:?"
    assert problems(tmp_path / "cases.db") == []


def test_the_file_refuses_changes(audit: Audit, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "cases.db")
    with pytest.raises(sqlite3.IntegrityError, match="the ledger is never changed"):
        database.execute("UPDATE ledger_leaves SET reason = 'other' WHERE number = 2")
    database.close()
    assert audit.entries()[0].reason == "复核 case 7"


@pytest.mark.parametrize("text", ["", "   ", "abc", " a b ", "x" * 501])
def test_a_reason_must_say_something(text: str) -> None:
    with pytest.raises(ReasonError, match="4 to 500"):
        checked_reason(text)


def test_a_reason_is_one_line() -> None:
    assert checked_reason("  复核\n case\t7 ") == "复核 case 7"
