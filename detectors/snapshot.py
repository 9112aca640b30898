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
from datetime import date, datetime, timedelta
from functools import cached_property, wraps
from typing import Self, TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from claims.duck import quoted
from claims.net import hold_items
from claims.reader import Claims
from detectors.coding import coded
from detectors.visits import NUMBERS, Visits, by_code, of_codes
from detectors.visits import Flags as Flags
from detectors.visits import Ints as Ints

T = TypeVar("T")
Value = str | int | float | bool | date | datetime | None


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
        self._turn = ""
        self._others: frozenset[str] = frozenset()
        for _ in coded(db, until):
            pass

    @classmethod
    def open(cls, claims: Claims, *, until: date | None = None, memory_limit: str = "2000MB") -> Self:
        """Code the rows of a data version; with `until`, as if nothing had been settled from that day on."""
        connection = claims.connect(memory_limit=memory_limit)
        hold_items(connection)
        return cls(connection, claims.version.id, until)

    def turn(self, detector: object) -> None:
        """Begin the turn of a detector's package: what the package before computed and coded is let go of.

        Findings are the same without it; memory is not.
        """
        package = type(detector).__module__.rpartition(".")[0]
        if package == self._turn:
            return
        if self._turn:
            self.kept = {key: made for key, made in self.kept.items() if not _made_in(key, self._turn)}
            for name in sorted(self._temporary() - self._others):
                self.db.execute(f"DROP TABLE {quoted(name)}")
        self._turn, self._others = package, self._temporary()

    def _temporary(self) -> frozenset[str]:
        rows = self.db.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
        return frozenset(name for (name,) in rows)

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
        numbers = {name: self.each(of).astype(np.int64) for name, of in NUMBERS.items()}
        return Visits(**numbers, timed=self.each("timed").astype(np.bool_))

    def each(self, expression: str) -> npt.NDArray[np.generic]:
        """One value for every visit, in the order of `v`: an expression of our own over the columns of `visit`."""
        # A table keeps the order it was filled in: no sort, and room for one column at a time.
        return self.columns(f"SELECT {expression} FROM packed.sorted_visit")[0]  # noqa: S608 - an expression of our own

    def numbered(self, expression: str) -> Ints:
        """Number of each visit's text in the order of the texts, from 0; -1 where it has none (NULL)."""
        # Texts are few and visits many: only the texts are sorted.
        texts = f"SELECT DISTINCT {expression} AS text FROM packed.sorted_visit"  # noqa: S608 - an expression of our own
        query = f"""
            WITH coded AS MATERIALIZED (SELECT text, row_number() OVER (ORDER BY text) - 1 AS code FROM ({texts}))
            SELECT v, code FROM visit JOIN coded ON text = {expression}
        """  # noqa: S608 - an expression of our own
        visits, codes = (column.astype(np.int64) for column in self.columns(query))
        found = np.full(len(self.visits.person), -1, np.int64)
        found[visits] = codes
        return found

    @cached_property
    def _person_ids(self) -> pa.Array:
        return self.sql("SELECT psn_no FROM person ORDER BY p").column(0).combine_chunks()

    @cached_property
    def _place_ids(self) -> pa.Array:
        return self.sql("SELECT fixmedins_code FROM place ORDER BY i").column(0).combine_chunks()

    @cached_property
    def _records(self) -> pa.Array:
        return self.sql("SELECT setl_id FROM packed.sorted_visit").column(0).combine_chunks()

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
        return by_code(self.visits.person, self.persons)

    @cached_property
    def visits_at(self) -> tuple[Ints, Ints]:
        """Visits by place: those at place i are `rows[start[i]:start[i + 1]]`, in order of time."""
        return by_code(self.visits.place, self.places)

    def rows_of(self, persons: Sequence[int] | Ints) -> Ints:
        """Visits of some persons, in order of time."""
        return of_codes(self.visits_of, persons)

    def rows_at(self, places: Sequence[int] | Ints) -> Ints:
        """Visits at some places, in order of time."""
        return of_codes(self.visits_at, places)


def _made_in(key: object, package: str) -> bool:
    """Whether what is kept under `key` (a function, or a tuple that begins with one) was made by a package."""
    made = key[0] if isinstance(key, tuple) else key
    return str(getattr(made, "__module__", "")).startswith(f"{package}.")


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
