"""The settlements a case rests on, with everybody they name, and where a ring lies; read from one data version."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pyarrow as pa

from cases.model import Fact, Ring
from claims.errors import NotFoundError
from claims.reader import Claims
from claims.workspace import Workspace
from graph.building.keys import CARD, TERMINAL, filled

_RECORDS = f"""
    SELECT setl_id, setl_time, begntime, endtime, psn_no, {CARD}, {TERMINAL}, fixmedins_code, {filled("chfpdr_code")},
           {filled("prsc_dr_code")}, coalesce(fund_pay_sumamt, 0),
           coalesce(acct_pay, 0) + coalesce(acct_mulaid_pay, 0)
    FROM net_settlements SEMI JOIN wanted ON wanted.id = setl_id ORDER BY setl_time, setl_id
"""  # noqa: S608 - expressions of our own
_REGIONS = """
    SELECT fixmedins_code, coalesce(min(admdvs), '')
    FROM institutions SEMI JOIN wanted ON wanted.id = fixmedins_code GROUP BY fixmedins_code
"""
_NEWEST = "SELECT max(setl_time) FROM settlements"


@dataclass(frozen=True)
class CaseRecord:
    """One net settlement with its real keys, '' where not known; `begins` and `ends` bound the visit or stay."""

    id: str
    time: datetime
    begins: datetime
    ends: datetime
    person: str
    card: str
    terminal: str
    place: str
    doctor: str
    prescriber: str
    fund: Decimal
    account: Decimal

    @property
    def fact(self) -> Fact:
        """What rings are scored with."""
        return Fact(self.person, self.place, self.time, self.fund, self.account)


@dataclass(frozen=True)
class Records:
    """Settlements by id, and the newest moment of their data."""

    by_id: Mapping[str, CaseRecord]
    newest: datetime | None


def read_case_records(workspace: Workspace, ids: Iterable[str], version: int | None = None) -> Records:
    """Read net settlements by id; those refunded since are absent. A version that is gone: the newest."""
    claims = _claims(workspace, version)
    with claims.connect(threads=1) as connection:
        connection.register("wanted", _wanted(ids))
        rows = connection.execute(_RECORDS).fetchall()
        newest = connection.execute(_NEWEST).fetchone()
    return Records({row[0]: _record(row) for row in rows}, newest[0] if newest else None)


def seat_of(places: Iterable[str]) -> str:
    """Return the institution whose division a ring belongs to, of those of its settlements: the most frequent one."""
    counts = Counter(places)
    return min(counts, key=lambda code: (-counts[code], code), default="")


def region_of(workspace: Workspace, ring: Ring) -> str:
    """Return the division of the institution at which most of a ring's settlements were made, '' if unknown."""
    records = read_case_records(workspace, ring.picture.records, ring.picture.data_version).by_id.values()
    place = seat_of(record.place for record in records)
    if not place:
        return ""
    with _claims(workspace, ring.picture.data_version).connect(threads=1) as connection:
        connection.register("wanted", _wanted([place]))
        found = connection.execute(_REGIONS).fetchall()
    return str(found[0][1]) if found else ""


def _claims(workspace: Workspace, version: int | None) -> Claims:
    try:
        return Claims.open(workspace, version)
    except NotFoundError:
        return Claims.open(workspace)


def _wanted(ids: Iterable[str]) -> pa.Table:
    return pa.table({"id": pa.array(sorted(set(ids)), pa.string())})


def _record(row: tuple[object, ...]) -> CaseRecord:
    id_, time, begins, ends, *rest = row
    assert isinstance(time, datetime)  # noqa: S101 - the table declares it and requires it
    person, card, terminal, place, doctor, prescriber = (str(text or "") for text in rest[:6])
    fund, account = (Decimal(str(amount)) for amount in rest[6:])
    start = begins if isinstance(begins, datetime) else time
    end = max(start, ends) if isinstance(ends, datetime) else max(start, time)
    return CaseRecord(str(id_), time, start, end, person, card, terminal, place, doctor, prescriber, fund, account)
