"""Hostile files: each is refused with one sentence and nothing changed, or its bad rows are quarantined.

Every case is made by a seeded maker; the seed is part of the test's name.
"""

import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from claims.errors import LoadRefusedError
from claims.reader import Claims
from claims.workspace import Workspace
from loaders.load import load
from loaders.options import Options
from tests.loaders.kit import NOW, fingerprint, many
from tests.scenarios import village, write_csv, write_world

Maker = Callable[[Path, random.Random], None]
ROWS = many(village()["settlements"][0], "setl_id", 60)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with a village in it, shared: what is refused must not touch it."""
    folder = tmp_path_factory.mktemp("hostile")
    place = Workspace(folder / "workspace")
    load(place, write_world(folder / "village", village()), Options(now=NOW))
    yield place


def settle(place: Workspace, path: Path) -> str:
    """Load a hostile source; return what became of it. Anything but a refusal or a report fails the test."""
    before, version = fingerprint(place.root), Claims.open(place).version.id
    try:
        report = load(place, path, Options(now=NOW))
    except LoadRefusedError as refusal:
        assert str(refusal)
        assert fingerprint(place.root) == before
        assert Claims.open(place).version.id == version
        return "refused"
    assert all(t.read == t.loaded + t.superseded + t.unchanged + t.repeated + t.quarantined for t in report.tables)
    return "quarantined" if report.quarantined else "loaded"


# ---- valid files of every kind, to be spoiled


def csv_bytes() -> bytes:
    head = ",".join(ROWS[0])
    return "\n".join([head, *(",".join(row.values()) for row in ROWS), ""]).encode()


def gz_bytes() -> bytes:
    return gzip.compress(csv_bytes(), mtime=0)


def parquet_bytes() -> bytes:
    out = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(out)
    return out.getvalue()


def xlsx_bytes() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for at, row in enumerate([list(ROWS[0]), *(list(row.values()) for row in ROWS)]):
            page.write_row(at, 0, row)
    return out.getvalue()


def zip_bytes(name: str = "settlements.csv", data: bytes | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, csv_bytes() if data is None else data)
    return out.getvalue()


KINDS = {
    "settlements.csv": csv_bytes,
    "settlements.csv.gz": gz_bytes,
    "settlements.parquet": parquet_bytes,
    "settlements.xlsx": xlsx_bytes,
    "export.zip": zip_bytes,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_cut_short(ground: Workspace, tmp_path: Path, kind: str, seed: int) -> None:
    data = KINDS[kind]()
    cut = random.Random(seed).randrange(1, len(data))
    path = tmp_path / kind
    path.write_bytes(data[:cut])
    outcome = settle(ground, path)
    assert outcome == "refused" or kind == "settlements.csv"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(16))
def test_flipped_bits(ground: Workspace, tmp_path: Path, kind: str, seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(KINDS[kind]())
    for _ in range(rng.choice([1, 1, 3, 30])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path = tmp_path / kind
    path.write_bytes(data)
    settle(ground, path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_random_bytes(ground: Workspace, tmp_path: Path, kind: str, seed: int) -> None:
    path = tmp_path / kind
    path.write_bytes(random.Random(seed).randbytes(5000))
    assert settle(ground, path) == "refused"


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".xlsx", ".parquet", ".zip"])
@pytest.mark.parametrize("content", ["csv", "gz", "xlsx", "parquet", "pdf", "utf16", "empty", "xls"])
def test_wrong_magic(ground: Workspace, tmp_path: Path, suffix: str, content: str) -> None:
    data = {
        "csv": csv_bytes(),
        "gz": gz_bytes(),
        "xlsx": xlsx_bytes(),
        "parquet": parquet_bytes(),
        "pdf": b"%PDF-1.7\n" + csv_bytes(),
        "utf16": csv_bytes().decode().encode("utf-16"),
        "empty": b"",
        "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }[content]
    path = tmp_path / f"settlements{suffix}"
    path.write_bytes(data)
    right = {".csv": "csv", ".csv.gz": "gz", ".xlsx": "xlsx", ".parquet": "parquet"}.get(suffix) == content
    assert (settle(ground, path) == "refused") == (not right)


# ---- text


def _text(data: bytes) -> Maker:
    return lambda folder, rng: (folder / "settlements.csv").write_bytes(data) and None


def _nul(folder: Path, rng: random.Random) -> None:
    data = bytearray(csv_bytes())
    data[rng.randrange(len(data))] = 0
    (folder / "settlements.csv").write_bytes(data)


def _mixed(folder: Path, rng: random.Random) -> None:
    names = "人员编号,卡号,卡类型,发卡日期\n".encode(rng.choice(["utf-8", "gb18030"]))
    lines = [f"P{n},王小明{n},03,2019-05-01\n".encode(rng.choice(["utf-8", "gb18030"])) for n in range(40)]
    both = ["P,李秀英,03,\n".encode(), "P,李秀英,03,\n".encode("gb18030")]
    (folder / "cards.csv").write_bytes(names + b"".join(lines + both))


def _quotes(folder: Path, rng: random.Random) -> None:
    data = bytearray(csv_bytes())
    for _ in range(rng.choice([1, 2, 5])):
        data.insert(rng.randrange(data.index(b"\n"), len(data)), ord('"'))
    (folder / "settlements.csv").write_bytes(data)


def _cells(folder: Path, rng: random.Random) -> None:
    odd = [
        "9" * 400,
        "1e999",
        "-0",
        "NaN",
        "￥1",
        "0001-01-01",
        "9999-12-31",
        "2026-02-29",
        "\u202e",
        "𝟙",
        "1_000",
        "0x1F",
        "%s%n",
        "';--",
        "\x7f",
        "🀄",
    ]
    rows = [dict(row) for row in ROWS]
    for row in rng.sample(rows, 3):
        row[rng.choice(list(row))] = rng.choice(odd)
    write_csv(folder / "settlements.csv", rows)


def _spoiled(folder: Path, rng: random.Random) -> None:
    rows = [dict(row) for row in ROWS]
    rng.choice(rows)[rng.choice(["setl_id", "psn_no", "term_id", "card_no"])] = rng.choice(
        ["1.23E+17", "4.5E+5", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", '="001"']
    )
    write_csv(folder / "settlements.csv", rows)


def _wide(folder: Path, rng: random.Random) -> None:
    (folder / "settlements.csv").write_bytes(b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n")


def _huge_field(folder: Path, rng: random.Random) -> None:
    data = csv_bytes()
    (folder / "settlements.csv").write_bytes(data + b"S" * 30_000_000 + b",\n" + data)


def _huge_quoted(folder: Path, rng: random.Random) -> None:
    (folder / "settlements.csv").write_bytes(csv_bytes() + b'"' + b"S\n" * 3_000_000)


def _same_columns(folder: Path, rng: random.Random) -> None:
    (folder / "settlements.csv").write_bytes(b"setl_id,setl_id\n1,2\n")


REFUSED_TEXT: dict[str, Maker] = {
    "a million columns": _wide,
    "a huge field": _huge_field,
    "a column twice": _same_columns,
    "one newline": _text(b"\n"),
    "only a mark": _text(b"\xef\xbb\xbf"),
    "no newline at all": _text(b"x" * 5_000_000),
    "the header cut": _text(csv_bytes()[:40]),
    "commas": _text(b"," * 3000),
    "quotes": _text(b'"' * 3000),
    "an open header": _text(b'"setl_id,psn_no\nS1,P1\n'),
    "old line ends": _text(csv_bytes().replace(b"\n", b"\r")),
    "html": _text(b"<!doctype html><html><body>Login</body></html>\n"),
    "an open quote to the end": _huge_quoted,
    "utf-7": _text(csv_bytes().decode().encode("utf-7").replace(b",", b"+ACw-")),
}


@pytest.mark.parametrize("case", REFUSED_TEXT)
def test_text_that_is_no_table(ground: Workspace, tmp_path: Path, case: str) -> None:
    REFUSED_TEXT[case](tmp_path, random.Random(0))
    assert settle(ground, tmp_path) == "refused"


@pytest.mark.parametrize("maker", [_nul, _mixed, _spoiled], ids=["nul", "mixed", "spoiled"])
@pytest.mark.parametrize("seed", range(8))
def test_text_that_is_spoiled(ground: Workspace, tmp_path: Path, maker: Maker, seed: int) -> None:
    maker(tmp_path, random.Random(seed))
    assert settle(ground, tmp_path) == "refused"


@pytest.mark.parametrize("maker", [_quotes, _cells], ids=["quotes", "cells"])
@pytest.mark.parametrize("seed", range(12))
def test_text_with_odd_rows(ground: Workspace, tmp_path: Path, maker: Maker, seed: int) -> None:
    maker(tmp_path, random.Random(seed))
    settle(ground, tmp_path)


# ---- archives


def _zip(entries: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> Maker:
    def make(folder: Path, rng: random.Random) -> None:
        with zipfile.ZipFile(folder / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in entries.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                change(info)
                archive.writestr(info, data)

    return make


def _link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def _method(folder: Path, rng: random.Random) -> None:
    data = bytearray(zip_bytes())
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 99
    (folder / "x.zip").write_bytes(data)


def _encrypted(folder: Path, rng: random.Random) -> None:
    data = bytearray(zip_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (folder / "x.zip").write_bytes(data)


def _lying(folder: Path, rng: random.Random) -> None:
    data = bytearray(zip_bytes(data=b"0" * 40_000_000))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (100).to_bytes(4, "little")
    (folder / "x.zip").write_bytes(data)


def _twice(folder: Path, rng: random.Random) -> None:
    with pytest.warns(UserWarning), zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr("cards.csv", b"a\n")
        archive.writestr("cards.csv", b"b\n")


def _crowd(folder: Path, rng: random.Random) -> None:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for number in range(10_001):
            archive.writestr(f"cards_{number}.csv", b"")


ARCHIVES: dict[str, Maker] = {
    "bomb": _zip({"settlements.csv": b"0" * 60_000_000}),
    "bomb of gzip": _zip({"settlements.csv.gz": gzip.compress(b"0" * 60_000_000, mtime=0)}),
    "nested zip": _zip({"inner.zip": zip_bytes()}),
    "nested tar": _zip({"inner.tar": b"x"}),
    "nested 7z": _zip({"settlements.csv": csv_bytes(), "more/inner.7z": b"7z\xbc\xaf"}),
    "up": _zip({"../settlements.csv": csv_bytes()}),
    "up inside": _zip({"a/../../settlements.csv": csv_bytes()}),
    "absolute": _zip({"/etc/settlements.csv": csv_bytes()}),
    "drive": _zip({"C:/settlements.csv": csv_bytes()}),
    "backslashes": _zip({"..\\..\\settlements.csv": csv_bytes()}),
    "link": _zip({"settlements.csv": b"/etc/passwd"}, _link),
    "encrypted": _encrypted,
    "lying about its size": _lying,
    "a name twice": _twice,
    "a crowd": _crowd,
    "an unknown method": _method,
    "nothing inside": _zip({}),
    "only folders": _zip({"a/": b""}),
    "a zip named as a table": _zip({"settlements.csv": zip_bytes()}),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_archives(ground: Workspace, tmp_path: Path, case: str) -> None:
    ARCHIVES[case](tmp_path, random.Random(0))
    assert settle(ground, tmp_path / "x.zip") == "refused"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.zip"]  # nothing was unpacked beside it


def test_gzip_bomb(ground: Workspace, tmp_path: Path) -> None:
    (tmp_path / "settlements.csv.gz").write_bytes(gzip.compress(b"0" * 60_000_000))
    assert settle(ground, tmp_path) == "refused"


def test_links_out_of_the_folder_and_pipes(ground: Workspace, tmp_path: Path) -> None:
    outside = write_csv(tmp_path / "outside" / "secret.csv", ROWS)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "settlements.csv").symlink_to(outside)
    assert settle(ground, tmp_path / "a") == "refused"
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / "settlements.csv")
    assert settle(ground, tmp_path / "b") == "refused"


# ---- workbooks


SHEET = "xl/worksheets/sheet1.xml"


def _workbook(part: str, old: bytes, new: bytes) -> Maker:
    def make(folder: Path, rng: random.Random) -> None:
        with (
            zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as source,
            zipfile.ZipFile(folder / "settlements.xlsx", "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for name in source.namelist():
                data = source.read(name)
                target.writestr(name, data.replace(old, new, 1) if name == part else data)

    return make


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
WORKBOOKS: dict[str, Maker] = {
    "entity bomb in a sheet": _workbook(SHEET, b"<worksheet", LAUGHS + b"<worksheet"),
    "entity bomb in the texts": _workbook("xl/sharedStrings.xml", b"<sst", LAUGHS + b"<sst"),
    "a cell far away": _workbook(
        SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "a formula in a code": _workbook(SHEET, b'<c r="A2" t="s"><v>', b'<c r="A2" t="s"><f>A3</f><v>'),
    "a formula with a prefix": _workbook(SHEET, b'<c r="A2" t="s"><v>', b'<c r="A2" t="s"><x:f>A3</x:f><v>'),
    "an error value": _workbook(SHEET, b'<c r="A2" t="s"><v>', b'<c r="B2" t="e"><v>#N/A</v></c><c r="A2" t="s"><v>'),
    "a number that lost digits": _workbook(
        SHEET, b'<c r="A2" t="s"><v>', b'<c r="A2"><v>4.5010219600307E+17</v></c><c r="ZZ2" t="s"><v>'
    ),
    "no sheet": _workbook("xl/workbook.xml", b"<sheet ", b"<sheex "),
    "a sheet of text": _workbook(SHEET, b"<sheetData>", b""),
    "a megabyte of texts": _workbook("xl/sharedStrings.xml", b"<sst", b"<sst " + b" " * 40_000_000),
}


@pytest.mark.parametrize("case", WORKBOOKS)
def test_workbooks(ground: Workspace, tmp_path: Path, case: str) -> None:
    WORKBOOKS[case](tmp_path, random.Random(0))
    assert settle(ground, tmp_path) == "refused"


def test_there_are_enough() -> None:
    """Two hundred hostile files, as promised."""
    seeded = len(KINDS) * (12 + 16 + 3) + 8 * 5 + 3 * 8 + 2 * 12
    assert seeded + len(REFUSED_TEXT) + len(ARCHIVES) + len(WORKBOOKS) + 3 >= 200
