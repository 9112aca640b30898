"""How much a reader takes in before it refuses, and why."""

from dataclasses import dataclass

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30

BLOCK = MIB  # bytes read at a time: fits the processor's cache, so the structure check runs at memory speed
MAX_LINE = 2 * MIB  # one record; the longest lawful text is a medical record before and after a change
MAX_COLUMNS = 1_000  # the widest national template has fewer than 200
MAX_RECORD_LINES_BYTES = 256 * KIB  # how far a quoted line break may reach before the quote counts as stray
HOPELESS_LINES = 20_000  # from here on, a file with more than HOPELESS_SHARE of broken lines is given up
HOPELESS_SHARE = 0.5


@dataclass(frozen=True)
class Limits:
    """Bounds on what is unpacked: defaults are a county's half-year many times over."""

    members: int = 10_000  # a warehouse export has hundreds of parts
    unpacked: int = 64 * GIB  # all members together
    ratio: int = 200  # text packs 5 to 30 to one; a bomb packs 1,000 to one
    ratio_from: int = 16 * MIB  # small files of one repeated value may pack better than any bound
    sheet_cells: int = 40_000_000  # a full sheet of 38 columns; the reader holds it in memory
    sheet_xml: int = 8 * GIB
    parquet_rows: int = 2_000_000_000


LIMITS = Limits()
