"""Hostile files: each is refused with one sentence and nothing changed, or its bad rows are quarantined.

Every case is made by a seeded maker (`tests/loaders/hostile.py`); the seed is part of the test's name.
"""

import gzip
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.errors import LoadRefusedError
from claims.reader import Claims
from claims.workspace import Workspace
from loaders.load import load
from loaders.options import Options
from tests.loaders.hostile import (
    ARCHIVES,
    KINDS,
    REFUSED_TEXT,
    ROWS,
    WORKBOOKS,
    Maker,
    cells,
    csv_bytes,
    gz_bytes,
    mixed,
    nul,
    parquet_bytes,
    quotes,
    spoiled,
    xlsx_bytes,
)
from tests.loaders.kit import NOW, fingerprint
from tests.scenarios import village, write_csv, write_world


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


@pytest.mark.parametrize("case", REFUSED_TEXT)
def test_text_that_is_no_table(ground: Workspace, tmp_path: Path, case: str) -> None:
    REFUSED_TEXT[case](tmp_path, random.Random(0))
    assert settle(ground, tmp_path) == "refused"


@pytest.mark.parametrize("maker", [nul, mixed, spoiled], ids=["nul", "mixed", "spoiled"])
@pytest.mark.parametrize("seed", range(8))
def test_text_that_is_spoiled(ground: Workspace, tmp_path: Path, maker: Maker, seed: int) -> None:
    maker(tmp_path, random.Random(seed))
    assert settle(ground, tmp_path) == "refused"


@pytest.mark.parametrize("maker", [quotes, cells], ids=["quotes", "cells"])
@pytest.mark.parametrize("seed", range(12))
def test_text_with_odd_rows(ground: Workspace, tmp_path: Path, maker: Maker, seed: int) -> None:
    maker(tmp_path, random.Random(seed))
    settle(ground, tmp_path)


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


@pytest.mark.parametrize("case", WORKBOOKS)
def test_workbooks(ground: Workspace, tmp_path: Path, case: str) -> None:
    WORKBOOKS[case](tmp_path, random.Random(0))
    assert settle(ground, tmp_path) == "refused"


@pytest.mark.parametrize("case", [case for case in WORKBOOKS if case.startswith("entity")])
def test_entities_are_refused_before_anything_parses_them(ground: Workspace, tmp_path: Path, case: str) -> None:
    WORKBOOKS[case](tmp_path, random.Random(0))
    with pytest.raises(LoadRefusedError, match="XML entities"):
        load(ground, tmp_path, Options(now=NOW))


def test_there_are_enough() -> None:
    """Two hundred hostile files, as promised."""
    seeded = len(KINDS) * (12 + 16 + 3) + 8 * 5 + 3 * 8 + 2 * 12
    assert seeded + len(REFUSED_TEXT) + len(ARCHIVES) + len(WORKBOOKS) + 3 >= 200
