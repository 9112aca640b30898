"""Makers of hostile files: each writes one source into a folder, from a seeded random generator."""

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tests.loaders.kit import many
from tests.scenarios import village, write_csv

Maker = Callable[[Path, random.Random], None]
ROWS = many(village()["settlements"][0], "setl_id", 60)


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


# ---- text


def _text(data: bytes) -> Maker:
    return lambda folder, rng: (folder / "settlements.csv").write_bytes(data) and None


def nul(folder: Path, rng: random.Random) -> None:
    data = bytearray(csv_bytes())
    data[rng.randrange(len(data))] = 0
    (folder / "settlements.csv").write_bytes(data)


def mixed(folder: Path, rng: random.Random) -> None:
    names = "人员编号,卡号,卡类型,发卡日期\n".encode(rng.choice(["utf-8", "gb18030"]))
    lines = [f"P{n},王小明{n},03,2019-05-01\n".encode(rng.choice(["utf-8", "gb18030"])) for n in range(40)]
    both = ["P,李秀英,03,\n".encode(), "P,李秀英,03,\n".encode("gb18030")]
    (folder / "cards.csv").write_bytes(names + b"".join(lines + both))


def quotes(folder: Path, rng: random.Random) -> None:
    data = bytearray(csv_bytes())
    for _ in range(rng.choice([1, 2, 5])):
        data.insert(rng.randrange(data.index(b"\n"), len(data)), ord('"'))
    (folder / "settlements.csv").write_bytes(data)


def cells(folder: Path, rng: random.Random) -> None:
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


def spoiled(folder: Path, rng: random.Random) -> None:
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
