"""The records of a package, read from the run's snapshot: settlements, their lines, registers, checks.

Amounts are texts with two decimals, times local ISO 8601, days ISO; empty where not recorded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa

from cases.exports.package.pseudonyms import CERTIFICATE, CLERK, Pseudonyms
from detectors.lawful.units import units
from detectors.snapshot import Snapshot
from graph.model import NodeType

Cell = str | int | float | bool | None
Row = dict[str, Cell]
Tables = Mapping[str, list[Row]]

RING, CONTEXT = "ring", "context"

_SETTLEMENTS = """
    SELECT visit.setl_id AS settlement, person.psn_no AS person, visit.card_no AS card, place.fixmedins_code AS place,
           till.id AS till, treated.id AS doctor, ordered.id AS prescriber, visit.med_type, visit.begntime AS "begin",
           visit.endtime AS "end", visit.time, CAST(visit.fund AS BIGINT) AS fund,
           CAST(visit.account AS BIGINT) AS account, CAST(visit.total AS BIGINT) AS total, visit.agent, visit.agent_tel,
           visit.clerk, coalesce(visit.diag_code, '') AS diagnosis, nullif(trim(settlements.adm_bed), '') AS bed,
           CAST(floor(date_diff('day', brdy, CAST(visit.time AS DATE)) / 365.25) AS INTEGER) AS age
    FROM package_record JOIN visit USING (setl_id) JOIN person ON person.p = visit.p JOIN place ON place.i = visit.i
    LEFT JOIN till ON till.code = visit.till LEFT JOIN doctor AS treated ON treated.code = visit.doctor
    LEFT JOIN doctor AS ordered ON ordered.code = visit.prescriber
    LEFT JOIN settlements ON settlements.setl_id = visit.setl_id
    ORDER BY visit.time, visit.setl_id
"""
_ITEMS = """
    SELECT setl_id AS settlement, bkkp_sn AS line, coalesce(med_list_codg, '') AS code,
           coalesce(med_list_name, '') AS name, cnt AS count, det_item_fee_sumamt AS amount,
           coalesce(drug_trac_codg, '') AS trace, coalesce(trdn_flag, '') AS opened, prd_days AS days
    FROM net_fee_items SEMI JOIN package_record USING (setl_id) ORDER BY setl_id, bkkp_sn, code
"""
_DIAGNOSES = """
    SELECT DISTINCT setl_id AS settlement, diag_code AS code, coalesce(diag_name, '') AS name
    FROM diagnoses SEMI JOIN package_record USING (setl_id) WHERE diag_code IS NOT NULL ORDER BY ALL
"""
_PEOPLE = """
    SELECT p, psn_no AS person, psn_name AS name,
           coalesce(
               gend,
               CASE TRY_CAST(substr(certno, CASE length(certno) WHEN 18 THEN 17 ELSE 15 END, 1) AS INTEGER) % 2
                   WHEN 1 THEN '1' WHEN 0 THEN '2' END
           ) AS sex,
           year(brdy) AS birth_year, CAST(die_date AS DATE) AS died, certno AS certificate, tel AS telephone,
           regexp_replace(addr, '\\s', '', 'g') AS address, bankacct AS account, emp_no AS employer, insutype AS scheme,
           insu_admdvs AS district
    FROM person SEMI JOIN package_person USING (psn_no) ORDER BY psn_no
"""
_PLACES = """
    SELECT fixmedins_code AS place, coalesce(fixmedins_name, '') AS name, pharmacy, coalesce(hosp_lv, '') AS level,
           coalesce(admdvs, '') AS district, CASE WHEN likely THEN lnt END AS lnt, CASE WHEN likely THEN lat END AS lat,
           bed_cnt AS beds, coalesce(timed, false) AS timed
    FROM (SELECT *, lnt > 73 AND lnt < 136 AND lat > 3 AND lat < 54 AS likely FROM place) AS place
    LEFT JOIN clock USING (fixmedins_code) SEMI JOIN package_place USING (fixmedins_code)
    ORDER BY fixmedins_code
"""
_CARDS = """
    SELECT card_no AS card, psn_no AS holder, coalesce(card_type, '') AS type, CAST(iss_date AS DATE) AS issued,
           CAST(loss_date AS DATE) AS lost, CAST(stop_date AS DATE) AS stopped
    FROM cards SEMI JOIN package_card USING (card_no)
    QUALIFY row_number() OVER (
        PARTITION BY card_no
        ORDER BY card_type IS NOT DISTINCT FROM '01', least(loss_date, stop_date) NULLS LAST, psn_no
    ) = 1 ORDER BY card_no
"""
_CHECKS = """
    SELECT psn_no AS person, fixmedins_code AS place, check_time AS time, method, result,
           EXISTS (
               SELECT 1 FROM visit
               WHERE visit.p = person.p AND med_type = '21' AND check_time BETWEEN begntime AND endtime
           ) AS ward
    FROM bio_checks JOIN person USING (psn_no) JOIN place USING (fixmedins_code)
    SEMI JOIN package_checked USING (psn_no)
    ORDER BY psn_no, check_time, check_id
"""
_MOVES = """
    SELECT drug_trac_codg AS trace, fixmedins_code AS place, inv_chg_type AS kind, cnt AS count, inv_chg_time AS time
    FROM stock_moves SEMI JOIN package_trace USING (drug_trac_codg) ORDER BY ALL
"""
# What kind of name replaces each column; other columns stay as they are.
_KINDS: Mapping[str, str] = {
    "person": NodeType.PERSON, "holder": NodeType.PERSON, "card": NodeType.CARD, "doctor": NodeType.DOCTOR,
    "prescriber": NodeType.DOCTOR, "telephone": NodeType.PHONE, "agent_tel": NodeType.PHONE,
    "address": NodeType.ADDRESS, "employer": NodeType.EMPLOYER, "clerk": CLERK,
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What is to be read: the ring's records and those of the context, persons and cards named otherwise."""

    ring: frozenset[str]
    context: frozenset[str]
    persons: frozenset[str]
    places: frozenset[str]
    cards: frozenset[str]
    checked: frozenset[str]
    traces: frozenset[str]


@dataclass(frozen=True)
class Extract:
    """Tables as they leave the house, and the register rows the key table is made of."""

    tables: Tables
    people: list[Row]


def extract(snapshot: Snapshot, wanted: Wanted, names: Pseudonyms) -> Extract:
    """Read the tables of a package and put keyed names for everybody in them."""
    _code(snapshot, "package_record", "setl_id", wanted.ring | wanted.context)
    settled = _rows(snapshot, _SETTLEMENTS)
    people_named = wanted.persons | {str(row["person"]) for row in settled}
    for table, column, values in (
        ("package_person", "psn_no", people_named),
        ("package_place", "fixmedins_code", wanted.places | {str(row["place"]) for row in settled}),
        ("package_card", "card_no", wanted.cards | {str(row["card"]) for row in settled if row["card"]}),
        ("package_checked", "psn_no", wanted.checked),
        ("package_trace", "drug_trac_codg", wanted.traces),
    ):
        _code(snapshot, table, column, values)
    people = _rows(snapshot, _PEOPLE)
    tables: dict[str, list[Row]] = {"settlements": settled}
    for name, query in (("items", _ITEMS), ("diagnoses", _DIAGNOSES), ("places", _PLACES), ("cards", _CARDS),
                        ("checks", _CHECKS), ("moves", _MOVES)):  # fmt: skip
        tables[name] = _rows(snapshot, query)
    unit = units(snapshot)
    families = {int(n): f"F{k}" for k, n in enumerate(sorted({int(unit[int(str(r["p"]))]) for r in people}), start=1)}
    tables["people"] = [_person(row, families[int(unit[int(str(row["p"]))])]) for row in people]
    _register(settled, people, names)
    return Extract({name: _named(name, rows, wanted, names) for name, rows in tables.items()}, people)


def body_of(number: str | None) -> str:
    """A certificate number in the spelling that 15 and 18 digits share; others as they are."""
    text = (number or "").strip().upper()
    if len(text) == 18 and text[:17].isdigit():
        return text[:17]
    return f"{text[:6]}19{text[6:]}" if len(text) == 15 and text.isdigit() else text


def _code(snapshot: Snapshot, table: str, column: str, values: Iterable[str]) -> None:
    snapshot.code(table, {column: pa.array(sorted(values), pa.string())})


def _rows(snapshot: Snapshot, query: str) -> list[Row]:
    return [{name: _cell(name, value) for name, value in row.items()} for row in snapshot.sql(query).to_pylist()]


def _cell(name: str, value: object) -> Cell:
    if name in ("fund", "account", "total") and isinstance(value, int):
        return f"{Decimal(value).scaleb(-2):.2f}"
    if isinstance(value, datetime | date):
        return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str | int | float) or value is None else str(value)


def _person(row: Row, family: str) -> Row:
    kept = {name: value for name, value in row.items() if name not in ("p", "name")}
    return kept | {"family": family}


def _register(settled: list[Row], people: list[Row], names: Pseudonyms) -> None:
    """Give every person a name first, so that numbers and sentences can be searched for what tells of them."""
    for row in people:
        name = names.name(NodeType.PERSON, str(row["person"]))
        names.called(str(row["name"] or ""), name)
        names.name(CERTIFICATE, body_of(_text(row["certificate"])))
    for row in settled:
        speaking = [_text(row[name]) for name in ("person", "card", "agent", "agent_tel")]
        names.settlement(str(row["settlement"]), *speaking)


def _named(table: str, rows: list[Row], wanted: Wanted, names: Pseudonyms) -> list[Row]:
    change: Callable[[str, Cell], Cell] = lambda column, value: _changed(table, column, value, names)  # noqa: E731
    found = [{column: change(column, value) for column, value in row.items()} for row in rows]
    if table == "settlements":
        for real, row in zip(rows, found, strict=True):
            row["part"] = RING if real["settlement"] in wanted.ring else CONTEXT
    return found


def _changed(table: str, column: str, value: Cell, names: Pseudonyms) -> Cell:
    text = _text(value)
    if column == "settlement":
        return names.settlement(str(text))
    if column in ("certificate", "agent"):
        return names.name(CERTIFICATE, body_of(text))
    if column in _KINDS:
        return names.name(_KINDS[column], text)
    if column == "account" and table == "people":
        return names.name(NodeType.ACCOUNT, text)
    return "" if value is None and column in ("till", "bed", "begin", "end", "scheme", "district", "sex") else value


def _text(value: Cell) -> str | None:
    return None if value is None else str(value)
