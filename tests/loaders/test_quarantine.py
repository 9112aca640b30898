"""The quarantine: kept whole, exported safely, tried again as they are or corrected."""

import csv
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.errors import LoadRefusedError, NotFoundError
from loaders.correction import export, safe, unsafe
from loaders.options import Options
from loaders.quarantine import entries
from loaders.retry import retry
from tests.loaders.kit import NOW, load_path, load_world, many, stored, workspace
from tests.scenarios import World, village, write_csv

LATER = datetime(2027, 1, 1)


def world_with_bad_rows() -> World:
    """Five unusable settlements among a hundred: a time, a code, the future, and two with one key."""
    rows = many(village()["settlements"][0], "setl_id", 100)
    rows[3]["setl_time"] = "2026-13-05 09:00:00"
    rows[4]["med_type"] = "9101"
    rows[5]["setl_time"] = "2026-12-05 09:00:00"
    rows[7] = {**rows[6], "term_id": "T9"}
    return {"settlements": rows}


def loaded(tmp_path: Path) -> None:
    load_world(tmp_path, world_with_bad_rows())


def test_rows_are_kept_whole_with_their_place_and_reason(tmp_path: Path) -> None:
    loaded(tmp_path)
    kept = list(entries(workspace(tmp_path)))
    assert [(e.line, e.reason, e.field, e.value) for e in kept] == [
        (5, "not_a_time", "setl_time", "2026-13-05 09:00:00"),
        (6, "not_in_list", "med_type", "9101"),
        (7, "future", "setl_time", "2026-12-05 09:00:00"),
        (8, "conflict", "setl_id", "S1-0006"),
        (9, "conflict", "setl_id", "S1-0006"),
    ]
    assert {e.file for e in kept} == {"settlements.csv"}
    sent = world_with_bad_rows()["settlements"][3]
    assert {name: text for name, text in (kept[0].row or {}).items() if text} == {k: v for k, v in sent.items() if v}
    assert kept[0].sentence == "setl_time is not a time: 2026-13-05 09:00:00"


def test_broken_lines_are_kept_as_they_are(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "source" / "cards.csv", many(village()["cards"][0], "card_no", 100))
    lines = path.read_text().splitlines()
    lines[10] += ",more"
    path.write_text("\n".join(lines) + "\n")
    load_path(tmp_path, tmp_path / "source")
    (entry,) = entries(workspace(tmp_path))
    assert (entry.line, entry.source, entry.row) == (11, lines[10], None)
    assert entry.sentence == "the line has 5 fields instead of 4"


def test_filters(tmp_path: Path) -> None:
    loaded(tmp_path)
    assert len(list(entries(workspace(tmp_path), load=1, table="settlements"))) == 5
    assert list(entries(workspace(tmp_path), load=2)) == []
    assert list(entries(workspace(tmp_path), table="cards")) == []


def test_retry_takes_in_what_passes_now_and_only_once(tmp_path: Path) -> None:
    loaded(tmp_path)
    done = retry(workspace(tmp_path), options=Options(now=LATER))
    assert (done.resolved, done.staying) == (1, 4)
    assert [e.line for e in entries(workspace(tmp_path))] == [5, 6, 8, 9]
    row = stored(tmp_path, "settlements").filter(setl_id="S1-0005").row(0, named=True)
    assert (row["source_file"], row["source_line"]) == (1, 7)  # still the file and line it came from
    assert retry(workspace(tmp_path), options=Options(now=LATER)).resolved == 0


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_corrected_export_comes_back(tmp_path: Path, suffix: str) -> None:
    loaded(tmp_path)
    out = tmp_path / f"out.{suffix}"
    assert export(out, entries(workspace(tmp_path))) == 5
    correct(out, {"9101": "11", "2026-13-05 09:00:00": "2026-01-05 09:00:00"})
    done = retry(workspace(tmp_path), file=out, options=Options(now=NOW))
    assert (done.resolved, done.staying) == (2, 3)
    assert {e.reason for e in entries(workspace(tmp_path))} == {"future", "conflict"}
    found = stored(tmp_path, "settlements").filter(setl_id="S1-0004")
    assert (found["med_type"][0], found["source_file"][0]) == ("11", 2)


def correct(path: Path, texts: dict[str, str]) -> None:
    """Replace cell contents, as the sender does in a spreadsheet program."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        for row in book["settlements"].iter_rows():
            for cell in row:
                cell.value = texts.get(str(cell.value), cell.value)
        book.save(path)
        book.close()
        return
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [[texts.get(cell, cell) for cell in row] for row in csv.reader(stream)]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    loaded(tmp_path)
    path = write_csv(tmp_path / "cards.csv", village()["cards"])
    with pytest.raises(LoadRefusedError, match="no column _id"):
        retry(workspace(tmp_path), file=path)
    path = write_csv(tmp_path / "out.csv", [{"_id": "9/settlements/1", "setl_id": "S"}])
    with pytest.raises(LoadRefusedError, match="line 2: 9/settlements/1 is no quarantined row"):
        retry(workspace(tmp_path), file=path)


def test_nothing_left_to_try(tmp_path: Path) -> None:
    load_world(tmp_path, village())
    with pytest.raises(NotFoundError, match="No quarantined row"):
        retry(workspace(tmp_path))


@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    assert unsafe(safe(text)) == text


@given(st.text(min_size=1))
def test_an_escaped_cell_is_never_live(text: str) -> None:
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_exported_cells_are_never_live(tmp_path: Path, suffix: str) -> None:
    rows = many(village()["insured"][0], "psn_no", 100)
    rows[0] |= {"psn_name": '=HYPERLINK("http://x","y")', "gend": "9", "addr": "@x"}
    load_world(tmp_path, {"insured": rows})
    out = tmp_path / f"out.{suffix}"
    export(out, entries(workspace(tmp_path)))
    if suffix == "csv":
        cells = [cell for row in csv.reader(out.read_text("utf-8-sig").splitlines()) for cell in row]
    else:
        book = openpyxl.load_workbook(out)
        found = [cell for row in book["insured"].iter_rows() for cell in row]
        assert {cell.data_type for cell in found} <= {"s", "n"}
        cells = [str(cell.value or "") for cell in found]
        book.close()
    assert '\'=HYPERLINK("http://x","y")' in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadRefusedError, match="neither"):
        export(tmp_path / "out.pdf", [])
