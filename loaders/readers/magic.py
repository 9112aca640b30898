"""What a file's first bytes say it is, whatever its name says."""

from pathlib import Path

from claims.errors import LoadRefusedError
from claims.language import N_
from loaders.readers.containers import PARQUET_SUFFIXES, SHEET_SUFFIXES

SIGNATURES = (
    (b"PK\x03\x04", "ZIP/XLSX"),
    (b"PK\x05\x06", "ZIP/XLSX"),
    (b"\x1f\x8b", "GZIP"),
    (b"PAR1", "Parquet"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"\x28\xb5\x2f\xfd", "ZSTD"),
    (b"SQLite format 3", "SQLite"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
)


def expect(name: str, path: Path, suffix: str) -> None:
    """Refuse a file whose first bytes are not of its suffix."""
    with path.open("rb") as stream:
        head = stream.read(16)
    real = next((kind for signature, kind in SIGNATURES if head.startswith(signature)), "")
    wanted = "Parquet" if suffix in PARQUET_SUFFIXES else "ZIP/XLSX" if suffix in SHEET_SUFFIXES else ""
    if real != wanted and not (real == "ORC" and not wanted and head[3:4] in (b"_", b",", b"\t")):
        raise LoadRefusedError(
            N_("{file} is not what its name says: its content is {real}."), file=name, real=real or "?"
        )
