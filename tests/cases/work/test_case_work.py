"""Files, comments, tasks, second readings, the board, regions of all of them; on both databases."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from cases.people import Actor, NoRightError
from cases.work.agreement import kappa, misses, wilson
from cases.work.board import Board
from cases.work.file_kinds import kind_of
from cases.work.files import CaseFiles
from cases.work.model import CaseError, Outcome
from cases.work.notes import TEMPLATES, CaseNotes
from cases.work.rereads import Pool, Rereads
from cases.work.stages import Stage
from claims.errors import NotFoundError, StoreError
from tests.cases.making import finding
from tests.cases.work.casework import ANNA, AUDIT, BEN, CLARA, DORA, ERIC, FAR, WHY, Bureau

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def office(main: str, *more: str, types: str = "<Types/>") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in {"[Content_Types].xml": types, main: "<x/>", **dict.fromkeys(more, "x")}.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "png"),
        (b"%PDF-1.7\n1 0 obj<</Type/Catalog>>", "pdf"),
        ("床位登记，2026年\n张三 < 5 天".encode("gb18030"), "text"),
        ("\ufeff日期,床号\n".encode(), "text"),
        (office("word/document.xml"), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
    ],
)
def test_files_are_told_by_content(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF\x02",
        b"#!/bin/sh\necho",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"<!DOCTYPE html><p>",
        b"  <svg onload=1>",
        b"<?xml version='1.0'?>",
        b"text <script>alert(1)</script>",
        b"%PDF-1.7 /OpenAction <</S/JavaScript/JS(app.alert(1))>>",
        office("word/document.xml", "word/vbaProject.bin"),
        office("xl/workbook.xml", types="application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        office("word/document.xml", "word/embeddings/oleObject1.bin"),
        office("anything.txt"),
        b"PK\x03\x04 broken",
        b"\x00\x01\x02\x03",
    ],
)
def test_what_could_run_is_refused(content: bytes) -> None:
    with pytest.raises(CaseError):
        kind_of(content)


def test_a_file_is_kept_by_content_and_its_damage_shows(bureau: Bureau, tmp_path: Path) -> None:
    files = CaseFiles(bureau.book, tmp_path / "case_files")
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    line = files.add(ANNA, case, "..\\..\\bed\u202ebook.png", PNG, WHY)
    assert (line.name, line.kind, line.size) == ("bedbook.png", "png", len(PNG))
    assert files.content(BEN, case, line.id, WHY)[1] == PNG
    assert [path.name for path in files.folder.iterdir()] == [line.sha256]
    with pytest.raises(CaseError):
        files.add(ANNA, case, "x.png", b"<html>", WHY)
    with pytest.raises(NotFoundError):
        files.lines(FAR, case)
    with pytest.raises(NotFoundError):
        files.content(FAR, case, line.id, WHY)
    with pytest.raises(NoRightError):
        files.add(AUDIT, case, "a.png", PNG, WHY)
    (files.folder / ("0" * 64)).write_bytes(b"left by a kill")
    files.add(ANNA, case, "b.txt", "第二份".encode(), WHY)
    assert len(list(files.folder.iterdir())) == 2
    (files.folder / line.sha256).write_bytes(b"changed")
    with pytest.raises(StoreError):
        files.content(BEN, case, line.id, WHY)


def test_a_file_that_is_too_large_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    with pytest.raises(CaseError, match="50 MiB"):
        CaseFiles(bureau.book, tmp_path).add(ANNA, case, "x.txt", b"a" * ((50 << 20) + 1), WHY)


def test_mentions_reach_only_whoever_sees_the_case(bureau: Bureau) -> None:
    notes = CaseNotes(bureau.book)
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    notes.comment(ANNA, case, "@ben and @far, please look; not a mail@ben.example")
    assert [said.case for said in notes.mentions(BEN)] == [case]
    assert notes.mentions(FAR) == ()
    assert [file.id for file in notes.watched(BEN)] == [case]
    assert notes.watched(FAR) == ()
    notes.watch(BEN, case, on=False)
    assert notes.watched(BEN) == ()
    with pytest.raises(CaseError):
        notes.comment(ANNA, case, " ")


def test_usual_tasks_come_once_and_are_done_once(bureau: Bureau) -> None:
    notes = CaseNotes(bureau.book)
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    notes.add_template(ANNA, case)
    assert [task.title for task in notes.add_template(ANNA, case)] == list(TEMPLATES["collusion"])
    notes.add_task(ANNA, case, "ring the ward", date(2026, 7, 9))
    last = notes.tasks(BEN, case)[-1]
    notes.finish_task(BEN, case, last.id, WHY)
    assert notes.tasks(BEN, case)[-1].done_by == "ben"
    with pytest.raises(NotFoundError):
        notes.finish_task(BEN, case, last.id, WHY)


def test_a_second_reader_is_blind_until_he_has_answered(bureau: Bureau) -> None:
    rings = bureau.rings(3)
    closed = [bureau.closed(ring.id, Outcome.CLEARED) for ring in rings]
    rereads = Rereads(bureau.book)
    drawing = rereads.draw(CLARA, 3, 7, WHY)
    assert rereads.take(BEN, WHY) is None  # he reviewed all of them
    assert rereads.take(CLARA, WHY) is None
    for outcome in (Outcome.CLEARED, Outcome.CONFIRMED):
        got = rereads.take(ERIC, WHY)
        assert got is not None
        assert bureau.book.get(ERIC, got.case).outcome is None
        assert all(case.outcome is None for case in bureau.book.list(ERIC, closed=True) if case.id == got.case)
        assert bureau.book.history(ERIC, got.case) == ()
        assert bureau.book.get(DORA, got.case).outcome is Outcome.CLEARED
        rereads.answer(ERIC, got.id, outcome, WHY)
        assert bureau.book.get(ERIC, got.case).outcome is Outcome.CLEARED
        with pytest.raises(NotFoundError):
            rereads.answer(ERIC, got.id, outcome, WHY)
    found = rereads.agreement(CLARA, drawing)
    assert (found.agreed.count, found.agreed.of) == (1, 2)
    assert found.misses[Pool.CLOSED].pool == len(closed)
    assert (found.misses[Pool.CLOSED].found, found.misses[Pool.CLOSED].estimate) == (1, 1.5)
    with pytest.raises(NotFoundError):
        rereads.agreement(DORA, drawing)  # it was drawn from regions she does not see


def test_snoozed_cases_and_explained_rings_are_drawn_too(bureau: Bureau) -> None:
    sleeping, explained = bureau.look(finding(range(6)), finding(range(20, 26), score=0.1, explains=0.95)).rings
    case = bureau.reviewed(sleeping.id)
    bureau.book.take(CLARA, case.id, WHY)
    bureau.book.snooze(CLARA, case.id, bureau.clock().date() + timedelta(days=9), WHY)
    rereads = Rereads(bureau.book)
    rereads.draw(CLARA, 5, 1, WHY)
    got = [rereads.take(ERIC, WHY), rereads.take(ERIC, WHY), rereads.take(ERIC, WHY)]
    assert {(item.case, item.ring) for item in got if item} == {(case.id, sleeping.id), ("", explained.id)}
    lone = Actor("farther", ERIC.roles, frozenset({"3301"}))
    rereads.draw(CLARA, 5, 2, WHY)
    assert rereads.take(lone, WHY) is None


def test_the_board_counts_only_what_one_sees(bureau: Bureau) -> None:
    one, two, three = bureau.rings(3)
    bureau.closed(one.id)
    bureau.closed(two.id, Outcome.CLEARED)
    case = bureau.book.open_ring(ANNA, three.id, WHY)
    bureau.book.take(ANNA, case.id, WHY)
    bureau.clock.pass_days(10)
    board = Board(bureau.book)
    assert board.open_by_stage(DORA)[Stage.FIRST_CHECK] == (0, 1, 0, 0)
    share = board.precision(DORA)["lockstep"]
    assert (share.count, share.of) == (1, 2)
    assert [(load.owner, load.open, load.late) for load in board.workload(DORA)] == [("anna", 1, 1)]
    assert board.delay(DORA).cases == 2
    assert not any(sum(counts) for counts in board.open_by_stage(FAR).values())
    assert board.precision(FAR) == {}
    assert list(board.workload(FAR)) == []
    assert board.delay(FAR).cases == 0
    with pytest.raises(NoRightError):
        board.workload(ANNA)


def test_wilson_and_kappa_give_published_values() -> None:
    share = wilson(81, 263)  # Newcombe 1998, table I: .2553 to .3662
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    zero = wilson(0, 20)  # .0000 to .1611
    assert (zero.low, round(zero.high, 4)) == (0.0, 0.1611)
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("y", "y")]) is None
    assert wilson(0, 0).high == 1.0


@pytest.mark.parametrize(("found", "sample", "pool"), [(0, 5, 20), (1, 5, 20), (5, 5, 20), (2, 10, 10), (0, 0, 7)])
def test_intervals_of_misses_are_those_found_by_trying_every_number(found: int, sample: int, pool: int) -> None:
    from math import comb

    def tail(true: int, at_least: bool) -> float:
        range_ = range(found, sample + 1) if at_least else range(found + 1)
        ways = [comb(true, k) * comb(pool - true, sample - k) for k in range_]
        return sum(ways) / comb(pool, sample)

    possible = [m for m in range(pool + 1) if tail(m, True) > 0.025 and tail(m, False) > 0.025]
    got = misses(found, sample, pool)
    assert (got.low, got.high) == ((possible[0], possible[-1]) if sample else (0, pool))
