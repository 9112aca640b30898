"""Readers: any table of text, written in any dialect the standard allows, reads back the same."""

import csv
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.errors import LoadRefusedError, NotFoundError
from loaders.base import LINE, RawFile
from loaders.readers.limits import Limits
from loaders.readers.lines import Broken, Scan
from loaders.source import prepare, scan
from tests.scenarios import Row, village, write_csv, write_world

# Lone surrogates cannot be written, NUL bytes are refused on purpose, a bare CR belongs to the line end.
CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=12)
HANZI = st.text(st.sampled_from('王李张赵医保结算药品①Ⅱ·〇𠮷a1, "\n\t'), max_size=10)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(CELLS | HANZI, min_size=width, max_size=width), max_size=12)
)


def read(path: Path, scratch: Path, encoding: str | None = None) -> tuple[RawFile, pl.DataFrame]:
    file = prepare(path, scratch, encoding=encoding).files[0]
    return file, scan(file).collect(engine="streaming").sort(LINE)


@settings(deadline=None, max_examples=150)
@given(
    rows=TABLES,
    delimiter=st.sampled_from(",\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    last=st.booleans(),
)
def test_any_dialect_reads_back(
    rows: list[list[str]], delimiter: str, quoting: int, ending: str, encoding: str, last: bool
) -> None:
    width = len(rows[0]) if rows else 2
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    writer.writerows([[f"c{n}" for n in range(width)], *rows])
    text = out.getvalue() if last or not rows else out.getvalue().removesuffix(ending)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.csv")
        path.write_bytes(text.encode(encoding))
        file, found = read(path, Path(folder, "scratch"), "gb18030" if encoding == "gb18030" else None)
    assert file.broken is None
    assert [[cell or "" for cell in row[:-1]] for row in found.rows()] == rows
    assert not file.tidy or all(cell == cell.strip() for row in rows for cell in row)
    assert not file.plain or not any(sign in cell for row in rows for cell in row for sign in "=@+")


@settings(deadline=None, max_examples=100)
@given(st.text(st.sampled_from('ab,"\n\r'), max_size=60), st.integers(1, 3), st.integers(1, 20))
def test_the_fast_and_the_slow_walk_agree(text: str, fields: int, cut: int) -> None:
    """Feeding the text whole, or in pieces of any size, finds the same records and broken lines."""
    results = []
    for size in (len(text) + 1, cut):
        broken: list[Broken] = []
        walk = Scan(fields, b",", broken.append, 0, 1)
        carried = b""
        pieces = [text[at : at + size].encode() for at in range(0, len(text), size)] or [b""]
        for number, piece in enumerate(pieces, 1):
            carried = walk.feed(carried + piece, number == len(pieces))
        assert carried == b""
        results.append((walk.rows, walk.line, walk.removed, walk.gap_rows, walk.gap_lines, broken))
    assert results[0] == results[1]


def test_line_numbers_stay_right_past_broken_blank_and_long_records(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,x\n\n2,"two\nlines"\n3,x,y\n4,x\n5,"st"ray\n6\n7,x\n')
    file, found = read(path, tmp_path / "scratch")
    assert dict(zip(found["a"], found[LINE], strict=True)) == {"1": 2, "2": 4, "4": 7, "7": 10}
    assert found["b"].to_list() == ["x", "two\nlines", "x", "x"]
    assert file.broken is not None
    broken = pl.read_parquet(file.broken)
    assert broken.select(LINE, "fields", "raw").rows() == [(6, 3, "3,x,y"), (8, -1, '5,"st"ray'), (9, 1, "6")]


def test_an_unclosed_quote_breaks_one_line_only(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + '1,"open\n' + "".join(f"{n},x\n" for n in range(2, 5000)))
    file, found = read(path, tmp_path / "scratch")
    assert found.height == 4998
    assert found[LINE][0] == 3
    assert file.broken is not None
    assert pl.read_parquet(file.broken)[LINE].to_list() == [2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_recognised(tmp_path: Path, encoding: str) -> None:
    rows = [
        {"姓名": name, "地址": "平安县新河镇一村8号“东”"} for name in ("王小明", "李秀英", "联通", "\U00020bb7野家")
    ]
    path = write_csv(tmp_path / "t.csv", rows, encoding)
    _, found = read(path, tmp_path / "scratch")
    assert found["姓名"].to_list() == [row["姓名"] for row in rows]


def damaged_utf8() -> bytes:
    text = "姓名,地址\n" + "王小明,平安县新河镇\n" * 400
    data = bytearray(text.encode())
    data[5000] = 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        damaged_utf8(),
        "姓名,地址\n".encode() + "王小明,平安县\n".encode("gb18030") * 50,
        "姓名,地址\n".encode("gb18030") + "王小明,平安\n".encode("gb18030") * 50 + "王小,平安\n".encode() * 50,
        b"a,b\n1,\xff\xfe\n",
    ],
)
def test_mixed_or_damaged_encodings_are_refused_with_their_place(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(LoadRefusedError, match=r"byte \d+ \(line \d+\)"):
        read(path, tmp_path / "scratch")


def test_the_place_of_a_bad_byte_is_right(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(damaged_utf8())
    line = damaged_utf8()[:5000].count(b"\n") + 1
    with pytest.raises(LoadRefusedError, match=rf"byte (4998|4999|5000) \(line {line}\)"):
        read(path, tmp_path / "scratch")


class WindowsName(zipfile.ZipInfo):
    """A member as Chinese Windows packs it: the name in GB18030, the flag for UTF-8 not set."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def test_a_zip_made_on_chinese_windows(tmp_path: Path) -> None:
    archive = tmp_path / "data.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(WindowsName("参保人.csv"), write_csv(tmp_path / "x.csv", village()["insured"]).read_bytes())
    assert [file.name for file in prepare(archive, tmp_path / "scratch").files] == ["参保人.csv"]


def test_the_same_table_in_every_container(tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "plain" / "cards.csv", village()["cards"])
    packed = tmp_path / "gz" / "cards.csv.gz"
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    archive = tmp_path / "cards.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(plain, "export/cards.csv")
        out.writestr("__MACOSX/._cards.csv", b"\0\0")
    found = [read(path, tmp_path / f"s{n}") for n, path in enumerate((plain, packed.parent, archive))]
    assert found[0][1].equals(found[1][1])
    assert found[0][1].equals(found[2][1])
    assert len({file.sha256 for file, _ in found}) == 1  # the content is what a file is known by


def test_nothing_at_the_path(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file or folder"):
        prepare(tmp_path / "absent", tmp_path / "scratch")


def test_files_that_are_no_tables_are_named(tmp_path: Path) -> None:
    write_world(tmp_path / "source", village())
    (tmp_path / "source" / "readme.txt").write_text("A note. Nothing else.\n")
    (tmp_path / "source" / "truth.jsonl").write_text("{}\n")
    assert prepare(tmp_path / "source", tmp_path / "scratch").unread == ("readme.txt", "truth.jsonl")


def test_limits_are_parameters(tmp_path: Path) -> None:
    archive = tmp_path / "t.zip"
    rows: list[Row] = [{"a": "0" * 50, "b": "0" * 50}] * 2000
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.write(write_csv(tmp_path / "cards.csv", rows), "cards.csv")
    prepare(archive, tmp_path / "fine")
    for number, limits in enumerate([Limits(unpacked=1000), Limits(ratio=10, ratio_from=1000), Limits(members=0)]):
        with pytest.raises(LoadRefusedError, match="bomb"):
            prepare(archive, tmp_path / f"s{number}", limits=limits)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a,b\n1,2\n", True),
        ("a,b\n1 1,2 2\n", True),
        ("a,b\r\n1,2\r\n", True),
        ('a,b\n"1",""\n', True),
        ("a,b\n 1,2\n", False),
        ("a,b\n0,0\n 1,2\n", False),
        ("a,b\n1 ,2\n", False),
        ("a,b\n1, 2\n", False),
        ("a,b\n1,2 \n", False),
        ("a,b\r\n1,2 \r\n", False),
        ('a,b\n" 1",2\n', False),
        ('a,b\n"1 ",2\n', False),
        ("a,b\n1,2\u3000\n", False),
        ("a,b\n1,\u00a02\n", False),
        ("a,b\n1,\t2\n", False),
    ],
)
def test_only_text_without_white_space_around_cells_is_tidy(tmp_path: Path, text: str, tidy: bool) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    assert prepare(path, tmp_path / "scratch").files[0].tidy == tidy
