"""Reading what a ring's dossier needs from one data version: settlements, their items, registers, source files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from cases.exports.facts import Item, Place, Record
from cases.model import Key
from claims.catalog import Catalog
from claims.errors import NotFoundError
from claims.reader import Claims
from claims.versions import SourceFile
from claims.workspace import Workspace
from detectors.finding import Grade
from graph.building.keys import CARD, TERMINAL, filled
from graph.model import NodeType

_RECORDS = f"""
    SELECT setl_id, coalesce(mdtrt_id, ''), setl_time, psn_no, {CARD}, {TERMINAL}, fixmedins_code,
           {filled("chfpdr_code")}, {filled("prsc_dr_code")}, med_type, diag_code, medfee_sumamt, fund_pay_sumamt,
           coalesce(acct_pay, 0) + coalesce(acct_mulaid_pay, 0), source_file, source_line
    FROM net_settlements SEMI JOIN wanted ON wanted.id = setl_id
    ORDER BY setl_time, setl_id
"""  # noqa: S608 - expressions of our own
_ITEMS = """
    SELECT setl_id, bkkp_sn, med_list_codg, coalesce(med_list_name, ''), coalesce(cnt, 0),
           coalesce(det_item_fee_sumamt, 0), coalesce(drug_trac_codg, '')
    FROM net_fee_items SEMI JOIN wanted ON wanted.id = setl_id ORDER BY setl_id, bkkp_sn
"""
_PLACES = """
    SELECT fixmedins_code, coalesce(min(fixmedins_name), ''), coalesce(min(fixmedins_type), ''),
           coalesce(min(admdvs), ''), coalesce(min(addr), ''), coalesce(min(legrep_name), '')
    FROM institutions SEMI JOIN wanted ON wanted.id = fixmedins_code GROUP BY fixmedins_code
"""
# One row a person, chosen whole: parts of two enrolments must not make up a third one.
_PEOPLE = """
    SELECT psn_no, psn_name, certno, tel, addr, emp_name FROM insured SEMI JOIN wanted ON wanted.id = psn_no
    QUALIFY row_number() OVER (PARTITION BY psn_no ORDER BY source_file, source_line) = 1
"""
_STAFF = """
    SELECT dr_code, dr_name, certno, tel, '', fixmedins_code FROM practitioners SEMI JOIN wanted ON wanted.id = dr_code
    QUALIFY row_number() OVER (PARTITION BY dr_code ORDER BY source_file, source_line) = 1
"""
ZERO = Decimal("0.00")
_REGISTERS: Mapping[NodeType, str] = {NodeType.PERSON: _PEOPLE, NodeType.DOCTOR: _STAFF}


@dataclass(frozen=True)
class Entry:
    """What a register says of somebody; `unit` is the employer, or the institution staff work for."""

    name: str
    certificate: str
    telephone: str
    address: str
    unit: str


@dataclass(frozen=True)
class Read:
    """What was read: `version` is the data version it was read from, `newest` its latest settlement."""

    version: int
    newest: datetime | None
    records: tuple[Record, ...]
    items: tuple[Item, ...]
    places: Mapping[str, Place]
    files: tuple[SourceFile, ...]


def read_ring(workspace: Workspace, version: int, grades: Mapping[str, Grade], keys: Iterable[str]) -> Read:
    """Read a ring's records with all that hangs on them; refunded ones are absent.

    Where a vacuum took `version` the newest is read, and `Read.version` says so.
    """
    claims = _opened(workspace, version)
    with claims.connect(threads=2) as connection:
        marked = frozenset(keys)
        records = tuple(_record(row, grades, marked) for row in _rows(connection, _RECORDS, grades))
        items = tuple(map(_item, _rows(connection, _ITEMS, grades)))
        places = _places(connection, records)
        newest = connection.execute("SELECT max(setl_time) FROM settlements").fetchone()
    return Read(claims.version.id, newest[0] if newest else None, records, items, places, _files(workspace, records))


def read_registers(workspace: Workspace, version: int, keys: Iterable[Key]) -> dict[Key, Entry]:
    """Read what the registers say of insured persons and staff."""
    wanted: dict[NodeType, list[str]] = {}
    for type_, id_ in sorted(set(keys)):
        wanted.setdefault(type_, []).append(id_)
    found: dict[Key, Entry] = {}
    with _opened(workspace, version).connect(threads=2) as connection:
        for type_, query in _REGISTERS.items():
            for id_, *texts in _rows(connection, query, wanted.get(type_, [])):
                found[type_, str(id_)] = Entry(*map(_text, texts))
    return found


def _opened(workspace: Workspace, version: int) -> Claims:
    try:
        return Claims.open(workspace, version)
    except NotFoundError:
        return Claims.open(workspace)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, ids: Iterable[str]) -> Sequence[tuple[Any, ...]]:
    connection.register("wanted", pa.table({"id": pa.array(sorted(set(ids)), pa.string())}))
    rows = connection.execute(query).fetchall()
    connection.unregister("wanted")
    return rows


def _places(connection: duckdb.DuckDBPyConnection, records: Sequence[Record]) -> dict[str, Place]:
    counts: dict[str, tuple[int, Decimal]] = {}
    for record in records:
        count, fund = counts.get(record.place, (0, ZERO))
        counts[record.place] = count + 1, fund + record.fund
    known = {row[0]: row[1:] for row in _rows(connection, _PLACES, counts)}
    return {code: _place(code, known.get(code, ("",) * 5), *counts[code]) for code in sorted(counts)}


def _place(code: str, texts: tuple[str, ...], records: int, fund: Decimal) -> Place:
    name, type_, region, address, legal = texts
    return Place(code, name, type_, region, address, legal, records, fund)


def _item(row: tuple[Any, ...]) -> Item:
    settlement, serial, code, name, count, amount, trace = row
    return Item(settlement, _text(serial), _text(code), name, count, amount, trace)


def _files(workspace: Workspace, records: Sequence[Record]) -> tuple[SourceFile, ...]:
    catalog = Catalog.open(workspace.catalog)
    return tuple(catalog.file(number) for number in sorted({record.file for record in records if record.file}))


def _record(row: tuple[Any, ...], grades: Mapping[str, Grade], marked: frozenset[str]) -> Record:
    number, visit, time, person, card, terminal, place, doctor, prescriber, med_type, diagnosis = row[:11]
    total, fund, account, file, line = row[11:]
    return Record(
        id=number,
        visit=visit,
        time=time,
        person=_text(person),
        card=_text(card),
        terminal=_text(terminal),
        place=_text(place),
        doctor=_text(doctor),
        prescriber=_text(prescriber),
        med_type=_text(med_type),
        diagnosis=_text(diagnosis),
        total=total or ZERO,
        fund=fund or ZERO,
        account=account or ZERO,
        grade=grades[number],
        key_record=number in marked,
        file=file or 0,
        line=line or 0,
    )


def _text(value: object) -> str:
    return str(value) if value is not None else ""
