"""The settlements rings rest on, read from one data version in one query however many rings there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from claims.errors import NotFoundError
from claims.reader import Claims
from claims.workspace import Workspace
from graph.building.keys import CARD, TERMINAL, filled
from graph.model import NodeType

_RECORDS = f"""
    SELECT setl_id, setl_time, psn_no, {CARD}, {TERMINAL}, fixmedins_code, {filled("chfpdr_code")},
           {filled("prsc_dr_code")}, med_type, medfee_sumamt, fund_pay_sumamt, acct_pay
    FROM net_settlements SEMI JOIN wanted ON wanted.id = setl_id
    ORDER BY setl_time, setl_id
"""  # noqa: S608 - expressions of our own
_PLACES = """
    SELECT fixmedins_code, coalesce(min(fixmedins_name), ''), coalesce(min(admdvs), '')
    FROM institutions SEMI JOIN wanted ON wanted.id = fixmedins_code GROUP BY fixmedins_code
"""
_NEWEST = "SELECT max(setl_time) FROM settlements"
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class RingRecord:
    """One net settlement with its real keys; amounts are yuan. `card` to `prescriber` are empty where not known."""

    id: str
    time: datetime
    person: str
    card: str
    terminal: str
    place: str
    doctor: str
    prescriber: str
    med_type: str
    total: Decimal
    fund: Decimal
    account: Decimal

    @property
    def keys(self) -> tuple[tuple[NodeType, str], ...]:
        """Everybody and everything the settlement names, the insured person first."""
        named = (
            (NodeType.PERSON, self.person),
            (NodeType.CARD, self.card),
            (NodeType.TERMINAL, self.terminal),
            (NodeType.INSTITUTION, self.place),
            (NodeType.DOCTOR, self.doctor),
            (NodeType.DOCTOR, self.prescriber),
        )
        return tuple(dict.fromkeys(key for key in named if key[1]))


@dataclass(frozen=True)
class Institution:
    """Name and administrative division of an institution."""

    name: str
    region: str


@dataclass(frozen=True)
class Read:
    """What was read: records by number in order of time, their institutions, the newest moment of the data."""

    records: Mapping[str, RingRecord]
    places: Mapping[str, Institution]
    newest: datetime | None


def read_records(workspace: Workspace, version: int, ids: Iterable[str]) -> Read:
    """Read net settlements by number; those that were refunded since are absent."""
    claims = claims_of(workspace, version)
    with claims.connect(threads=2) as connection:
        connection.register("wanted", _wanted(ids))
        rows = connection.execute(_RECORDS).fetchall()
        records = {row[0]: _record(row) for row in rows}
        connection.unregister("wanted")
        connection.register("wanted", _wanted({record.place for record in records.values()}))
        places = {code: Institution(name, region) for code, name, region in connection.execute(_PLACES).fetchall()}
        newest = connection.execute(_NEWEST).fetchone()
    return Read(records, places, newest[0] if newest else None)


def claims_of(workspace: Workspace, version: int) -> Claims:
    """Open a data version; where a vacuum took it, the newest one."""
    try:
        return _opened(workspace, version)
    except NotFoundError:
        return Claims.open(workspace)


# Kept because a data version never changes, and resolving its refunds reads all settlements.
@lru_cache(maxsize=4)
def _opened(workspace: Workspace, version: int) -> Claims:
    return Claims.open(workspace, version)


def _wanted(ids: Iterable[str]) -> pa.Table:
    return pa.table({"id": pa.array(sorted(set(ids)), pa.string())})


def _record(row: tuple[object, ...]) -> RingRecord:
    id_, time, *texts = row[:9]
    assert isinstance(time, datetime)  # noqa: S101 - the table declares it and requires it
    total, fund, account = (value if isinstance(value, Decimal) else ZERO for value in row[9:])
    person, card, terminal, place, doctor, prescriber, med_type = (str(text or "") for text in texts)
    return RingRecord(str(id_), time, person, card, terminal, place, doctor, prescriber, med_type, total, fund, account)
