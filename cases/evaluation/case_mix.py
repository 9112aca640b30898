"""Who came to each institution in each quarter and for what, counted from the net settlements by DuckDB.

A cell is one institution, quarter, kind of care, age band and chapter of ICD-10; refunds are taken off.
Levels are read from the national code of grades: 01–04 tertiary, 05–07 secondary, 08–10 primary.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cases.evaluation.model import Tier
from cases.evaluation.quarter import Quarter
from claims.reader import Claims

Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]

UNKNOWN = "?"
AGES = ("0-17", "18-44", "45-64", "65-79", "80+")  # completed years at settlement
FACETS = ("tier", "care", "age", "chapter")

# Blocks of ICD-10 by letter; D and H are divided between two chapters each.
_CHAPTERS = {
    **dict.fromkeys("AB", "I"), "C": "II", "E": "IV", "F": "V", "G": "VI", "I": "IX", "J": "X", "K": "XI",
    "L": "XII", "M": "XIII", "N": "XIV", "O": "XV", "P": "XVI", "Q": "XVII", "R": "XVIII",
    **dict.fromkeys("ST", "XIX"), **dict.fromkeys("VWXY", "XX"), "Z": "XXI", "U": "XXII",
}  # fmt: skip
CHAPTERS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
            "XVII", "XVIII", "XIX", "XX", "XXI", "XXII", UNKNOWN)  # fmt: skip

_BIRTHS = "CREATE TEMP TABLE births AS SELECT psn_no, min(brdy) AS brdy FROM insured GROUP BY psn_no"
# `letters` is a table of ours; a code that is not of ICD-10 shape falls under no chapter.
_FACETS = """
    CREATE TEMP VIEW faced AS
    SELECT s.setl_id, s.fixmedins_code AS place, s.psn_no AS person, coalesce(s.fund_pay_sumamt, 0) AS fund,
           4 * year(s.setl_time) + quarter(s.setl_time) - 1 AS quarter, coalesce(s.med_type, '?') AS care,
           CASE WHEN b.brdy IS NULL OR b.brdy > s.setl_time THEN '?'
                WHEN date_sub('year', b.brdy, s.setl_time::DATE) < 18 THEN '0-17'
                WHEN date_sub('year', b.brdy, s.setl_time::DATE) < 45 THEN '18-44'
                WHEN date_sub('year', b.brdy, s.setl_time::DATE) < 65 THEN '45-64'
                WHEN date_sub('year', b.brdy, s.setl_time::DATE) < 80 THEN '65-79' ELSE '80+' END AS age,
           CASE WHEN NOT regexp_matches(s.diag_code, '^[A-Z][0-9]{2}') OR s.diag_code IS NULL THEN '?'
                WHEN left(s.diag_code, 1) = 'D' THEN CASE WHEN left(s.diag_code, 3) < 'D50' THEN 'II' ELSE 'III' END
                WHEN left(s.diag_code, 1) = 'H' THEN CASE WHEN left(s.diag_code, 3) < 'H60' THEN 'VII' ELSE 'VIII' END
                ELSE coalesce(l.chapter, '?') END AS chapter
    FROM net_settlements s
    LEFT JOIN births b ON b.psn_no = s.psn_no LEFT JOIN letters l ON l.letter = left(s.diag_code, 1)
"""
_CELLS = """
    SELECT place, quarter, care, age, chapter, count(*) AS n, sum(fund) AS fund FROM faced
    WHERE quarter IS NOT NULL GROUP BY ALL ORDER BY ALL
"""
_PEOPLE = "SELECT place, quarter, count(DISTINCT person) FROM faced WHERE quarter IS NOT NULL GROUP BY ALL"
_PLACES = """
    SELECT fixmedins_code, coalesce(min(fixmedins_name), ''), coalesce(min(admdvs), ''),
           coalesce(min(fixmedins_type), ''), coalesce(min(hosp_lv), '')
    FROM institutions GROUP BY fixmedins_code
"""
_NEWEST = "SELECT max(setl_time) FROM net_settlements"
_RECORDS = """
    SELECT setl_id, place, quarter, care, age, chapter, fund, person FROM faced SEMI JOIN wanted USING (setl_id)
    WHERE quarter IS NOT NULL
"""


@dataclass(frozen=True)
class Place:
    """An institution as the register has it."""

    code: str
    name: str
    region: str
    tier: Tier


@dataclass(frozen=True, eq=False)
class CaseMix:
    """Cells as columns of one length (`n` settlements, `fund` fen), and what is known of the institutions."""

    data_version: int
    newest: datetime | None
    places: Mapping[str, Place]
    place: Texts
    quarter: Ints
    care: Texts
    age: Texts
    chapter: Texts
    n: Ints
    fund: Ints
    persons: Mapping[tuple[str, int], int]

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Quarters with a settlement, oldest first."""
        return tuple(Quarter.at(int(place)) for place in np.unique(self.quarter))


@dataclass(frozen=True)
class Record:
    """One net settlement and the cell it belongs to; `quarter` as `Quarter.place`."""

    id: str
    place: str
    quarter: int
    care: str
    age: str
    chapter: str
    fund: Decimal
    person: str


def read_case_mix(claims: Claims) -> CaseMix:
    """Count one data version."""
    with claims.connect() as connection:
        _prepare(connection)
        cells = connection.execute(_CELLS).fetchall()
        people = {(place, quarter): count for place, quarter, count in connection.execute(_PEOPLE).fetchall()}
        places = {row[0]: _place(*row) for row in connection.execute(_PLACES).fetchall()}
        newest = connection.execute(_NEWEST).fetchall()[0][0]
    columns = list(zip(*cells, strict=True)) or [()] * 7
    texts = {name: np.array(columns[at], dtype=object) for name, at in {"place": 0, "care": 2, "age": 3}.items()}
    return CaseMix(
        data_version=claims.version.id, newest=newest, places=places, persons=people,
        quarter=np.array(columns[1], dtype=np.int64), chapter=np.array(columns[4], dtype=object),
        n=np.array(columns[5], dtype=np.int64), fund=np.array([int(100 * f) for f in columns[6]], dtype=np.int64),
        **texts,
    )  # fmt: skip


def read_records(claims: Claims, ids: Iterable[str]) -> Mapping[str, Record]:
    """Return the net settlements among `ids`; those refunded since are absent."""
    wanted = pa.table({"setl_id": pa.array(sorted(set(ids)), pa.string())})
    with claims.connect() as connection:
        _prepare(connection)
        connection.register("wanted", wanted)
        return {row[0]: Record(*row) for row in connection.execute(_RECORDS).fetchall()}


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    letters = pa.table({"letter": list(_CHAPTERS), "chapter": list(_CHAPTERS.values())})
    connection.register("letters", letters)
    connection.execute(_BIRTHS)
    connection.execute(_FACETS)


def _place(code: str, name: str, region: str, kind: str, level: str) -> Place:
    return Place(code, name or code, region, tier_of(kind, level))


def tier_of(kind: str, level: str) -> Tier:
    """Return the level an institution is compared at, from its kind (2: pharmacy) and national grade."""
    if kind == "2":
        return Tier.PHARMACY
    for tier, codes in ((Tier.TERTIARY, "01 02 03 04"), (Tier.SECONDARY, "05 06 07"), (Tier.PRIMARY, "08 09 10")):
        if level in codes.split():
            return tier
    return Tier.OTHER
