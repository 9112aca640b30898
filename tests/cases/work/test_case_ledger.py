"""Whatever makes up a case is vouched for: a row changed, taken away or put in around the program is named."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.work import journal
from cases.work.files import CaseFiles
from cases.work.model import Outcome
from cases.work.notes import CaseNotes
from cases.work.recoveries import Flow, Recoveries
from cases.work.rereads import Rereads
from cases.work.stages import StepName
from claims.database import writing
from claims.ledger import log
from claims.ledger.bundles import BUNDLES, CASES, DRAWINGS, Bundle, Part
from claims.ledger.leaves import size_of
from claims.ledger.rows import FIRST
from claims.ledger.verify import verify
from tests.cases.work.casework import ANNA, BEN, CLARA, ERIC, WHY, Bureau, everything


def busy(bureau: Bureau, folder: Path) -> str:
    """A case with something in every table, and a drawing; returns the case."""
    first, second, third = bureau.rings(3)
    case = bureau.book.open_ring(ANNA, first.id, WHY).id
    CaseNotes(bureau.book).comment(ANNA, case, "seen, @ben")
    file = CaseFiles(bureau.book, folder).add(ANNA, case, "note.txt", b"a note\n", WHY).id
    CaseNotes(bureau.book).add_task(ANNA, case, "ask them", date(2026, 8, 1))
    bureau.book.step(ANNA, case, StepName.PASS_ON, WHY)
    bureau.book.step(BEN, case, StepName.UPHOLD, WHY)
    answered(bureau, case, file)
    for name in (StepName.ANSWERED, StepName.VERIFIED):
        bureau.book.step(ANNA, case, name, WHY)
    bureau.book.decide(CLARA, case, everything(first, Outcome.CONFIRMED), WHY)
    Recoveries(bureau.book).enter(ANNA, case, Flow.ORDERED, "120.50", date(2026, 6, 30), WHY)
    other = bureau.book.open_ring(ANNA, second.id, WHY).id
    bureau.book.merge(BEN, other, bureau.book.open_ring(ANNA, third.id, WHY).id, WHY)
    rereads = Rereads(bureau.book)
    rereads.draw(CLARA, 1, 1, WHY)
    taken = rereads.take(ERIC, WHY)
    assert taken is not None
    rereads.answer(ERIC, taken.id, Outcome.CLEARED, WHY)
    return case


def answered(bureau: Bureau, case: str, file: int) -> None:
    """A fact an institution stated."""
    with writing(bureau.store.engine) as connection:
        desk = journal.Desk(connection, ANNA, bureau.clock(), bureau.book.limits)
        values = {
            "case_id": case, "institution": "H1", "kind": "roster", "subject_type": "doctor", "subject_id": "D1",
            "begins": "2026-01-01", "ends": "2026-01-02", "file_id": file, "words": "on leave", "at": "2026-07-01",
            "entered_by": "anna", "state": "given", "judged_by": "",
        }  # fmt: skip
        connection.execute(sa.text(INSERT.format(", ".join(values), ", ".join(f":{name}" for name in values))), values)
        desk.note(case, "answer", WHY)


INSERT = "INSERT INTO case_answers ({}) VALUES ({})"


def found(connection: sa.Connection) -> list[str]:
    return [str(problem) for problem in verify(connection).problems]


def test_every_table_of_every_case_is_vouched_for(bureau: Bureau, tmp_path: Path) -> None:
    busy(bureau, tmp_path / "case_files")
    engine = bureau.store.engine
    with engine.connect() as connection:
        assert found(connection) == []
        for bundle in BUNDLES:
            for part in bundle.parts:
                assert connection.scalar(sa.text(f"SELECT count(*) FROM {part.table}")), part.table
    for bundle in BUNDLES:
        for part in bundle.parts:
            for column in (column for column in part.columns if column not in BOUND):
                told(engine, bundle, part, changed(part, column))
    for part in CASES.parts[1:]:
        told(engine, CASES, part, f"DELETE FROM {part.table} WHERE {part.key} = :key", gone=True)
    with engine.connect() as connection:
        assert found(connection) == []


FLAGS = frozenset({"active", "escalated", "in_force"})
NUMBERS = frozenset({"priority", "version", "size", "seed", "fund", "amount"})
BOUND = frozenset({"id", "file_id", "case_id", "ring_id"})  # other rows point there: the database itself refuses


def changed(part: Part, column: str) -> str:
    """SQL that gives a column of one thing another value, whatever its type."""
    text = f"coalesce({column}, '') || '1'"
    value = f"NOT {column}" if column in FLAGS else f"{column} + 1" if column in NUMBERS else text
    return f"UPDATE {part.table} SET {column} = {value} WHERE {part.key} = :key"


def told(engine: sa.Engine, bundle: Bundle, part: Part, statement: str, *, gone: bool = False) -> None:
    """Do something to the rows of one thing and see it named; nothing of it stays."""
    with engine.connect() as connection:
        key = connection.scalar(sa.text(f"SELECT min({part.key}) FROM {part.table}"))
        if gone and part.table in ("case_files", "case_comments"):
            connection.execute(sa.text("DELETE FROM case_mentions"))
            connection.execute(sa.text("DELETE FROM case_answers"))
        assert connection.execute(sa.text(statement), {"key": key}).rowcount, statement
        message = f"Row {key} of {bundle.table} was changed after the ledger recorded it."
        assert message in found(connection), statement
        connection.rollback()


def test_a_case_put_in_or_taken_out_is_named(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.book.open_ring(ANNA, ring.id, WHY).id
    with bureau.store.engine.connect() as connection:
        columns = [name for name in CASES.parts[0].columns if name != "title"]
        names = ", ".join(columns)
        copy = f"INSERT INTO cases (id, number, title, {names}) SELECT 'C-1', 77, 'mine', {names} FROM cases"
        connection.execute(sa.text(copy))
        assert "Row C-1 of cases is not in the ledger: it was put in around it." in found(connection)
        connection.rollback()
        for part in (part for part in CASES.parts[1:] if part.table != "case_outcomes"):
            connection.execute(sa.text(f"DELETE FROM {part.table}"))
        connection.execute(sa.text("DELETE FROM case_watchers"))
        connection.execute(sa.text("DELETE FROM cases"))
        assert found(connection) == [f"Row {case} of cases, which the ledger records, was removed."]


def test_a_ledger_of_before_begins_to_vouch(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(log, "MIRRORS", FIRST)
        older.setattr(journal, "_marks", lambda *_given: [])
        case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    with writing(bureau.store.engine) as connection:
        assert found(connection) == []
        log.vouch(connection)
        size = size_of(connection)
        log.vouch(connection)
        assert size_of(connection) == size, "once"
    with bureau.store.engine.connect() as connection:
        assert found(connection) == []
        connection.execute(sa.text("UPDATE cases SET owner = 'somebody'"))
        assert found(connection) == [f"Row {case} of cases was changed after the ledger recorded it."]
    assert DRAWINGS.table == "case_drawings"
