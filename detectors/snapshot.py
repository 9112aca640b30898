"""What detectors see of one data version: SQL views and integer-coded arrays, made once and shared.

Beside the views of `Claims.connect` (canonical tables, `net_settlements`, `net_fee_items`), the
connection holds three tables of net, integer-coded rows:

- `person`: p, psn_no, psn_name, certno, gend ('1' male, '2' female), brdy, tel, addr, emp_no, bankacct, insutype,
  psn_type, insu_admdvs, die_date, known (is in `insured`)
- `place`: i, fixmedins_code, fixmedins_name, pharmacy (bool), hosp_lv, admdvs, bed_cnt, lnt, lat, known
- `visit`: v, setl_id, p, i, till (-1: unknown), card_no (NULL where no card was shown), doctor, prescriber, med_type,
  begntime, endtime, time (settlement), minute (of `time`, since `origin`), day (of `time`, since `origin`), fund,
  account, total (fen), agent (certificate), agent_tel, clerk, diag_code, timed (the place's clock tells hours)

`decided` holds the rows of `verdicts` of before `until`.

`v` counts visits in the order of (time, setl_id); `p` persons by psn_no, `i` places by code. Ids are
the same for any order of the input rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, wraps
from typing import Self, TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from claims.duck import quoted
from claims.reader import Claims
from detectors.coding import STEPS

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
T = TypeVar("T")
Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Visits:
    """Columns of `visit` as arrays, one entry per net settlement, in the order of `v`.

    `minute` and `day` count from `Snapshot.origin`; `fund`, `account` and `total` are fen; `kind` is
    the number of med_type (11 outpatient, 13, 14, 21 stay, 41 pharmacy); -1 stands for unknown.
    """

    person: Ints
    place: Ints
    till: Ints
    doctor: Ints
    prescriber: Ints
    kind: Ints
    minute: Ints
    day: Ints
    fund: Ints
    account: Ints
    total: Ints
    timed: Flags


class Snapshot:
    """One data version as detectors see it; whatever was computed once is kept.

    Not safe for several threads: one process, one snapshot.
    """

    def __init__(self, db: duckdb.DuckDBPyConnection, data_version: int, until: date | None = None) -> None:
        """Code the rows behind `db` (a `Claims.connect` connection); only visits settled before `until`."""
        self.db = db
        self.data_version = data_version
        self._filled: dict[tuple[str, str], bool] = {}
        self._rows: dict[str, int] = {}
        self.kept: dict[object, object] = {}
        db.execute("SET VARIABLE until = CAST(? AS TIMESTAMP)", [until])
        for name, (kind, statement) in STEPS.items():
            db.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS {statement}")

    @classmethod
    def open(cls, claims: Claims, *, until: date | None = None, memory_limit: str = "2500MB") -> Self:
        """Code the rows of a data version; with `until`, as if nothing had been settled from that day on."""
        return cls(claims.connect(memory_limit=memory_limit), claims.version.id, until)

    def rows(self, table: str) -> int:
        """Count the gross rows of a canonical table."""
        if table not in self._rows:
            self._rows[table] = int(self.scalar(f"SELECT count(*) FROM {quoted(table)}"))  # noqa: S608 - quoted
        return self._rows[table]

    def filled(self, table: str, column: str) -> bool:
        """Say whether any row of a canonical table holds a value in `column`."""
        key = table, column
        if key not in self._filled:
            name = quoted(column)
            test = f"{name} IS NOT NULL AND trim(CAST({name} AS VARCHAR)) <> ''"
            query = f"SELECT count(*) FROM (SELECT 1 FROM {quoted(table)} WHERE {test} LIMIT 1)"  # noqa: S608 - quoted
            self._filled[key] = bool(self.scalar(query))
        return self._filled[key]

    def sql(self, query: str, values: Sequence[Value] | Mapping[str, Value] | None = None) -> pa.Table:
        """Run a query over the views and coded tables; values are bound, never pasted in."""
        return self.db.sql(query, params=values).to_arrow_table()

    def columns(self, query: str, values: Sequence[Value] | None = None) -> tuple[npt.NDArray[np.generic], ...]:
        """Run a query and return its columns as arrays (whole numbers without gaps as they are)."""
        table = self.sql(query, values)
        return tuple(column.to_numpy() for column in table.columns)

    def scalar(self, query: str, values: Sequence[Value] | None = None) -> float:
        """Return the one number a query yields (0 for NULL)."""
        rows = self.db.execute(query, values).fetchall()
        return float(rows[0][0] or 0) if rows else 0.0

    def code(self, name: str, values: Mapping[str, pa.Array | npt.NDArray[np.generic]]) -> None:
        """Make or replace the temporary table `name` from arrays, for joins with the coded tables."""
        table = pa.table({column: pa.array(array) for column, array in values.items()})
        self.db.register("given", table)
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT * FROM given")  # noqa: S608 - quoted
        self.db.unregister("given")

    @cached_property
    def origin(self) -> datetime:
        """Midnight before the first visit: where `minute` and `day` begin."""
        found = self.db.execute("SELECT origin FROM calendar").fetchall()[0][0]
        return found if isinstance(found, datetime) else datetime(2000, 1, 1)

    @cached_property
    def days(self) -> int:
        """Days from the first visit to the last, both counted."""
        return int(self.scalar("SELECT max(day) + 1 FROM visit"))

    def moment(self, minute: int) -> datetime:
        """Return the local time of a `minute`."""
        return self.origin + timedelta(minutes=int(minute))

    def date_of(self, day: int) -> date:
        """Return the date of a `day`."""
        return (self.origin + timedelta(days=int(day))).date()

    @cached_property
    def visits(self) -> Visits:
        """All net settlements as arrays."""
        query = """
            SELECT p, i, till, doctor, prescriber, coalesce(TRY_CAST(med_type AS BIGINT), -1) AS kind, minute, day,
                   fund, account, total, timed
            FROM visit ORDER BY v
        """
        *columns, timed = self.columns(query)
        person, place, till, doctor, prescriber, kind, minute, day, fund, account, total = (
            column.astype(np.int64) for column in columns
        )
        clock = timed.astype(np.bool_)
        return Visits(person, place, till, doctor, prescriber, kind, minute, day, fund, account, total, clock)

    @cached_property
    def _person_ids(self) -> pa.Array:
        return self.sql("SELECT psn_no FROM person ORDER BY p").column(0).combine_chunks()

    @cached_property
    def _place_ids(self) -> pa.Array:
        return self.sql("SELECT fixmedins_code FROM place ORDER BY i").column(0).combine_chunks()

    @cached_property
    def _records(self) -> pa.Array:
        return self.sql("SELECT setl_id FROM visit ORDER BY v").column(0).combine_chunks()

    @property
    def persons(self) -> int:
        """Count of persons, those only seen in settlements included."""
        return len(self._person_ids)

    @property
    def places(self) -> int:
        """Count of institutions, those only seen in settlements included."""
        return len(self._place_ids)

    def psn_no(self, persons: Sequence[int] | Ints) -> list[str]:
        """Business keys of persons `p`."""
        return _taken(self._person_ids, persons)

    def fixmedins_code(self, places: Sequence[int] | Ints) -> list[str]:
        """Business keys of places `i`."""
        return _taken(self._place_ids, places)

    def setl_id(self, visits: Sequence[int] | Ints) -> list[str]:
        """Business keys of visits `v`."""
        return _taken(self._records, visits)

    @cached_property
    def place_names(self) -> tuple[str, ...]:
        """Name of each place in the order of `i`; its code where it has none."""
        rows = self.db.execute("SELECT coalesce(fixmedins_name, fixmedins_code) FROM place ORDER BY i").fetchall()
        return tuple(row[0] for row in rows)

    @cached_property
    def pharmacies(self) -> Flags:
        """Which places are pharmacies, in the order of `i`."""
        return self.columns("SELECT pharmacy FROM place ORDER BY i")[0].astype(np.bool_)

    @cached_property
    def visits_of(self) -> tuple[Ints, Ints]:
        """Visits by person: those of person p are `rows[start[p]:start[p + 1]]`, in order of time."""
        rows = np.argsort(self.visits.person, kind="stable")
        start = np.searchsorted(self.visits.person[rows], np.arange(self.persons + 1))
        return rows.astype(np.int64), start.astype(np.int64)

    def rows_of(self, persons: Sequence[int] | Ints) -> Ints:
        """Visits of some persons, in order of time."""
        rows, start = self.visits_of
        parts = [rows[start[p] : start[p + 1]] for p in persons]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def _taken(values: pa.Array, indices: Sequence[int] | Ints) -> list[str]:
    taken: list[str] = values.take(pa.array(np.asarray(indices, np.int64))).to_pylist()
    return taken


def kept(make: Callable[[Snapshot], T]) -> Callable[[Snapshot], T]:
    """Make what `make` computes once per snapshot, and let it go with the snapshot."""

    @wraps(make)
    def once(snapshot: Snapshot) -> T:
        if make not in snapshot.kept:
            snapshot.kept[make] = make(snapshot)
        found: T = snapshot.kept[make]  # type: ignore[assignment]
        return found

    return once
