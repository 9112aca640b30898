"""Audit entries: written first, never changed, and a change shows."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from claims.audit import (
    PROBLEM_CONTENT,
    PROBLEM_END,
    PROBLEM_GAP,
    PROBLEM_LINK,
    Act,
    Audit,
    AuditError,
    ReasonError,
    checked_reason,
    system_user,
)

APPENDER = """
import sys
from pathlib import Path
from claims.audit import Act, Audit
for number in range(20):
    Audit(Path(sys.argv[1])).append(Act.REVEAL, f"person:{sys.argv[2]}-{number}", reason="a reason")
"""


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    audit = Audit(tmp_path / "audit.db")
    for number in range(5):
        audit.append(Act.REVEAL, f"person:P{number}", reason="复核 case 7", details={"data_version": 3})
    return audit


def tamper(audit: Audit, statement: str) -> None:
    """Change the file as somebody with a database tool would, triggers taken away."""
    with sqlite3.connect(audit.path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
    database.close()


def test_an_entry_says_who_what_and_why(audit: Audit) -> None:
    entry = audit.entries()[0]
    assert (entry.id, entry.act, entry.subject, entry.reason) == (1, "reveal", "person:P0", "复核 case 7")
    assert entry.user == system_user()
    assert entry.at.endswith("+00:00")
    assert json.loads(entry.details) == {"data_version": 3}
    assert audit.verify() == ()


def test_entries_are_paged(audit: Audit) -> None:
    assert [entry.id for entry in audit.entries(after=2, limit=2)] == [3, 4]


def test_the_environment_does_not_choose_the_user(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert audit.append(Act.EXPORT, "x").user == system_user() != "somebody-else"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET reason = 'other' WHERE id = 2",
        "DELETE FROM entries WHERE id = 2",
        "INSERT OR REPLACE INTO entries SELECT id, at, user, act, subject, 'x', details, previous, hash "
        "FROM entries WHERE id = 2",
    ],
)
def test_the_file_refuses_changes(audit: Audit, statement: str) -> None:
    database = sqlite3.connect(audit.path)
    with pytest.raises(sqlite3.IntegrityError, match="audit entries are never"):
        database.execute(statement)
    database.close()
    assert audit.verify() == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE entries SET reason = 'other' WHERE id = 2", [(2, PROBLEM_CONTENT)]),
        ("UPDATE entries SET at = '2026-01-01' WHERE id = 5", [(5, PROBLEM_CONTENT)]),
        ("UPDATE entries SET details = '{}' WHERE id = 1", [(1, PROBLEM_CONTENT)]),
        ("DELETE FROM entries WHERE id = 2", [(3, PROBLEM_GAP), (3, PROBLEM_LINK)]),
        ("DELETE FROM entries WHERE id = 1", [(2, PROBLEM_GAP), (2, PROBLEM_LINK)]),
        ("DELETE FROM entries WHERE id = 5", [(5, PROBLEM_END)]),
        ("DELETE FROM entries", [(1, PROBLEM_END)]),
        ("UPDATE entries SET previous = hash WHERE id = 3", [(3, PROBLEM_LINK), (3, PROBLEM_CONTENT)]),
    ],
)
def test_a_change_around_the_triggers_is_found(audit: Audit, statement: str, found: list[tuple[int, str]]) -> None:
    tamper(audit, statement)
    assert [(place.entry, place.problem) for place in audit.verify()] == found


def test_several_processes_append_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    processes = [subprocess.Popen([sys.executable, "-c", APPENDER, str(path), str(n)]) for n in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    entries = Audit(path).entries()
    assert len({entry.subject for entry in entries}) == len(entries) == 80
    assert Audit(path).verify() == ()


def test_no_entry_no_answer(tmp_path: Path) -> None:
    (tmp_path / "audit.db").mkdir()
    with pytest.raises(AuditError, match=r"audit\.db"):
        Audit(tmp_path / "audit.db").append(Act.REVEAL, "person:P1", reason="a reason")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(AuditError):
        Audit(path).append(Act.REVEAL, "person:P1")
    assert path.read_bytes().startswith(b"something else")


def test_nothing_written_nothing_to_verify(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.db")
    assert audit.entries() == audit.verify() == ()
    assert not audit.path.exists()


def test_undecodable_text_is_kept_readable(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.db")
    audit.append(Act.REVEAL, "person:\udcff", reason="四个字符\udcfe'); DROP TABLE entries; --")
    assert audit.entries()[0].subject == "person:?"
    assert audit.verify() == ()


@pytest.mark.parametrize("text", ["", "   ", "abc", " a b ", "x" * 501])
def test_a_reason_must_say_something(text: str) -> None:
    with pytest.raises(ReasonError, match="4 to 500"):
        checked_reason(text)


def test_a_reason_is_one_line() -> None:
    assert checked_reason("  复核\n case\t7 ") == "复核 case 7"
