"""Two enrolments as the registers and settlements of one data version have them, unmasked and read at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import cos, hypot, radians

import duckdb

from claims.workspace import Workspace
from ui.service.ring_records import claims_of

COLUMNS = (
    "psn_no", "psn_name", "certno", "gend", "brdy", "tel", "addr", "bankacct", "emp_no", "emp_name", "insutype",
    "insu_admdvs", "die_date",
)  # fmt: skip
SHARED = ("tel", "addr", "bankacct", "emp_no")
MOST_MEETINGS = 6
_STAY = "21"

_PEOPLE = f"SELECT {', '.join(COLUMNS)} FROM insured WHERE psn_no IN ($one, $other)"  # noqa: S608 - our own names
_USES = """
    SELECT setl_id, psn_no, setl_time, coalesce(begntime, setl_time), coalesce(endtime, setl_time), med_type,
           s.fixmedins_code, coalesce(place.name, s.fixmedins_code), coalesce(place.type, ''), place.lnt, place.lat,
           fund_pay_sumamt, nullif(trim(coalesce(agnter_tel, '')), '')
    FROM net_settlements AS s LEFT JOIN (
        SELECT fixmedins_code, min(fixmedins_name) AS name, min(fixmedins_type) AS type, min(lnt) AS lnt,
               min(lat) AS lat
        FROM institutions GROUP BY fixmedins_code
    ) AS place USING (fixmedins_code)
    WHERE psn_no IN ($one, $other) ORDER BY setl_time, setl_id
"""


@dataclass(frozen=True)
class Use:
    """One net settlement: `first` to `last` is when the body was there (a stay, else the moment); fund in yuan."""

    id: str
    person: str
    time: datetime
    first: datetime
    last: datetime
    med_type: str
    place: str
    place_name: str
    pharmacy: bool
    spot: tuple[float, float] | None
    fund: Decimal
    agent: str

    @property
    def stay(self) -> bool:
        """Whether the body lay in a hospital."""
        return self.med_type == _STAY


@dataclass(frozen=True)
class Meeting:
    """Uses of both enrolments at different places that lie closest in time; `minutes` is 0 where they overlap.

    `km` is None where a place is not on the map.
    """

    one: Use
    other: Use
    minutes: int
    km: float | None

    @property
    def bodies(self) -> bool:
        """Whether both bodies had to be there: at a pharmacy others may fetch, elsewhere not."""
        return not (self.one.pharmacy or self.other.pharmacy)


@dataclass(frozen=True)
class Facts:
    """Values by column of both enrolments, their uses, and how many enrolments hold each value they share."""

    one: Mapping[str, object]
    other: Mapping[str, object]
    uses: tuple[Use, ...]
    holders: Mapping[str, int]
    agents: tuple[str, ...]


@lru_cache(maxsize=128)
def facts_of(workspace: Workspace, version: int, one: str, other: str) -> Facts:
    """Read two enrolments (psn_no); what one data version says never changes."""
    values = {"one": one, "other": other}
    with claims_of(workspace, version).connect(threads=2) as connection:
        cursor = connection.execute(_PEOPLE, values)
        rows = {str(row[0]): dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()}
        uses = tuple(map(_use, connection.execute(_USES, values).fetchall()))
        mine, theirs = rows.get(one, {}), rows.get(other, {})
        holders = _holders(connection, mine, theirs)
    agents = [{use.agent for use in uses if use.person == number and use.agent} for number in (one, other)]
    return Facts(mine, theirs, uses, holders, tuple(sorted(agents[0] & agents[1])))


def meetings(facts: Facts, one: str) -> tuple[Meeting, ...]:
    """Return the uses of both at different places that lie closest in time, farthest apart first among equals."""
    mine = [use for use in facts.uses if use.person == one]
    theirs = [use for use in facts.uses if use.person != one]
    found = [_meeting(a, b) for a in mine for b in theirs if a.place != b.place]
    found.sort(key=lambda m: (m.minutes, -(m.km or 0.0), m.one.id, m.other.id))
    return tuple(found[:MOST_MEETINGS])


def same_days(uses: Sequence[Use]) -> tuple[date, ...]:
    """Return the days on which more than one of the enrolments was used."""
    people: dict[date, set[str]] = {}
    for use in uses:
        people.setdefault(use.time.date(), set()).add(use.person)
    return tuple(sorted(day for day, there in people.items() if len(there) > 1))


def _meeting(one: Use, other: Use) -> Meeting:
    gap = max(one.first - other.last, other.first - one.last)
    return Meeting(one, other, max(0, int(gap.total_seconds() // 60)), _km(one, other))


def _km(one: Use, other: Use) -> float | None:
    if one.spot is None or other.spot is None:
        return None
    (x, y), (u, v) = one.spot, other.spot
    return 111.2 * hypot((x - u) * cos(radians((y + v) / 2)), y - v)


def _use(row: tuple[object, ...]) -> Use:
    id_, person, time, first, last, care, place, name, type_, lnt, lat, fund, agent = row
    assert isinstance(time, datetime)  # noqa: S101 - the table declares it and requires it
    begin = first if isinstance(first, datetime) and care == _STAY else time
    end = last if isinstance(last, datetime) and care == _STAY else time
    spot = (lnt, lat) if isinstance(lnt, float) and isinstance(lat, float) else None
    paid = fund if isinstance(fund, Decimal) else Decimal("0.00")
    return Use(
        str(id_), str(person), time, min(begin, end), max(begin, end), str(care or ""), str(place), str(name),
        type_ == "2", spot, paid, str(agent or ""),
    )  # fmt: skip


def _holders(
    connection: duckdb.DuckDBPyConnection, one: Mapping[str, object], other: Mapping[str, object]
) -> dict[str, int]:
    shared = {name: one[name] for name in SHARED if one.get(name) and one.get(name) == other.get(name)}
    found = {}
    for name, value in shared.items():
        query = f"SELECT count(*) FROM insured WHERE {name} = $value"  # noqa: S608 - one of our own names
        row = connection.execute(query, {"value": value}).fetchone()
        found[name] = int(row[0]) if row else 0
    return found
