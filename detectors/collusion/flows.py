"""Prescriptions filled outside: which doctor's went to which pharmacy, and what an ordinary doctor's would do.

Expected shares are a mixture of what draws anybody to a pharmacy: where colleagues' prescriptions
go, where the persons buy otherwise, which pharmacies sell these drugs, how near and how large they
are (Huff 1964: attraction times a decay with distance, at three scales). All of it is counted
without the doctor's own prescriptions, and colleagues without those under suspicion themselves.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from detectors.collusion.chance import Floats
from detectors.snapshot import Flags, Ints, Snapshot, kept
from detectors.visits import by_code, of_codes

SCALES = (1.0, 3.0, 10.0)  # kilometres: a walk, a ride, the next town
PULLS = ("colleagues", "custom", "stock", *(f"distance_{scale:g}" for scale in SCALES), "size")
_SMOOTH = 5.0  # prescriptions of a colleague nobody has: towards the sizes of the pharmacies
_KM = 111.2  # per degree of latitude

_FILLS = """
    SELECT v, p, i, prescriber AS doctor FROM visit JOIN place USING (i) WHERE pharmacy AND prescriber >= 0 ORDER BY v
"""
# The doctor's institution is where the doctor sees people; the register is asked where that says nothing.
_HOMES = """
    WITH seen AS (
        SELECT doctor, i, count(*) AS n FROM visit JOIN place USING (i) WHERE NOT pharmacy AND doctor >= 0 GROUP BY ALL
        UNION ALL
        SELECT code, i, 0 FROM practitioners JOIN doctor ON id = dr_code JOIN place USING (fixmedins_code)
        WHERE NOT pharmacy
    )
    SELECT doctor, i FROM seen QUALIFY row_number() OVER (PARTITION BY doctor ORDER BY n DESC, i) = 1 ORDER BY doctor
"""
_SOLD = """
    SELECT i, med_list_codg, prescriber, count(*) AS n
    FROM net_fee_items JOIN visit USING (setl_id) JOIN place USING (i) WHERE pharmacy GROUP BY ALL
"""
_SALES = """
    SELECT i, dense_rank() OVER (ORDER BY med_list_codg) - 1 AS item, prescriber AS doctor, n
    FROM pharmacy_sale ORDER BY ALL
"""


@dataclass(frozen=True)
class Fills:
    """Prescriptions filled at pharmacies, in order of `visit`; places and doctors by their codes.

    `home` is the institution of every doctor (-1: unknown); `custom` counts the purchases of persons
    (rows) at places (columns); `sales` rows of (place, item, doctor, lines) at pharmacies.
    """

    visit: Ints
    person: Ints
    place: Ints
    doctor: Ints
    home: Ints
    pharmacies: Ints
    custom: csr_matrix
    sales: Ints
    where: Floats

    @cached_property
    def bought(self) -> Floats:
        """Purchases at each of `pharmacies`."""
        found: Floats = np.asarray(self.custom.sum(axis=0)).ravel()[self.pharmacies]
        return found

    @cached_property
    def column(self) -> Ints:
        """Where in `pharmacies` each prescription was filled."""
        return np.searchsorted(self.pharmacies, self.place)

    @cached_property
    def customers(self) -> csr_matrix:
        """Purchases of persons (rows) at each of `pharmacies`."""
        return self.custom[:, self.pharmacies]

    @cached_property
    def stock(self) -> csr_matrix:
        """Lines sold by item (rows) and pharmacy (columns, as in `pharmacies`)."""
        place, item, _, lines = self.sales.T
        at = np.searchsorted(self.pharmacies, place)
        shape = (int(item.max(initial=-1)) + 1, len(self.pharmacies))
        return csr_matrix((lines.astype(np.float64), (item, at)), shape=shape)

    @cached_property
    def _sales_by_doctor(self) -> tuple[Ints, Ints]:
        return by_code(self.sales[:, 2] + 1, len(self.home) + 1)

    @cached_property
    def _by_doctor(self) -> tuple[Ints, Ints]:
        return by_code(self.doctor, len(self.home))

    @cached_property
    def _by_home(self) -> tuple[Ints, Ints]:
        return by_code(self.home[self.doctor] + 1, len(self.where) + 1)

    def sales_of(self, doctor: int) -> Ints:
        """Rows of `sales` that one doctor prescribed."""
        return self.sales[of_codes(self._sales_by_doctor, [doctor + 1])]

    def fills_of(self, doctor: int) -> Ints:
        """Prescriptions (indices) of one doctor."""
        return of_codes(self._by_doctor, [doctor])

    def fills_from(self, home: int) -> Ints:
        """Prescriptions (indices) of the doctors of one institution."""
        return of_codes(self._by_home, [home + 1])


@kept
def fills(snapshot: Snapshot) -> Fills:
    """Collect prescriptions, pharmacies and what surrounds them; makes the table `pharmacy_sale` of what they sold."""
    visit, person, place, doctor = (column.astype(np.int64) for column in snapshot.columns(_FILLS))
    doctors = int(snapshot.scalar("SELECT count(*) FROM doctor"))
    home = np.full(doctors, -1, np.int64)
    known, where = (column.astype(np.int64) for column in snapshot.columns(_HOMES))
    home[known] = where
    rows = np.flatnonzero(snapshot.pharmacies[snapshot.visits.place])
    visits = snapshot.visits
    custom = csr_matrix(
        (np.ones(len(rows)), (visits.person[rows], visits.place[rows])), shape=(snapshot.persons, snapshot.places)
    )
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE pharmacy_sale AS {_SOLD}")
    sales = np.column_stack([column.astype(np.int64) for column in snapshot.columns(_SALES)])
    query = "SELECT coalesce(lnt, 'nan'::DOUBLE) AS lnt, coalesce(lat, 'nan'::DOUBLE) AS lat FROM place ORDER BY i"
    points = np.column_stack(snapshot.columns(query)).astype(np.float64)
    return Fills(visit, person, place, doctor, home, np.flatnonzero(snapshot.pharmacies), custom, sales, points)


def pulls(found: Fills, doctor: int, suspect: Flags) -> Floats:
    """Shares of every pharmacy (columns of `pharmacies`) under each of `PULLS`; `suspect` marks fills left out."""
    own = found.fills_of(doctor)
    size = _sizes(found, own)
    home = int(found.home[doctor])
    return np.vstack(
        [
            colleagues(found, doctor, suspect, size),
            _custom(found, own, size),
            _stock(found, doctor, size),
            *_near(found, home, size),
            size,
        ]
    )


def _at(found: Fills, rows: Ints) -> Floats:
    """Count of some prescriptions at each of `pharmacies`."""
    return np.bincount(found.column[rows], minlength=len(found.pharmacies)).astype(np.float64)


def _sizes(found: Fills, own: Ints) -> Floats:
    total = np.maximum(found.bought - _at(found, own), 0.0) + 0.5
    shares: Floats = total / total.sum()
    return shares


def colleagues(found: Fills, doctor: int, suspect: Flags, size: Floats) -> Floats:
    """Where the prescriptions of the house's other doctors go, those marked `suspect` left out."""
    home = int(found.home[doctor])
    house = found.fills_from(home) if home >= 0 else np.empty(0, np.int64)
    same = house[(found.doctor[house] != doctor) & ~suspect[house]]
    counts = _at(found, same) + _SMOOTH * size
    shares: Floats = counts / counts.sum()
    return shares


def _custom(found: Fills, own: Ints, size: Floats) -> Floats:
    """Where these persons buy otherwise; a person counts once per prescription."""
    persons, row = np.unique(found.person[own], return_inverse=True)
    bought = found.customers[persons].toarray()
    np.subtract.at(bought, (row, found.column[own]), 1.0)
    bought = np.maximum(bought, 0.0) + size
    weight = np.bincount(row, minlength=len(persons))
    shares: Floats = (bought / bought.sum(axis=1, keepdims=True) * weight[:, None]).sum(axis=0) / max(1, weight.sum())
    return shares


def _stock(found: Fills, doctor: int, size: Floats) -> Floats:
    """Where the drugs this doctor prescribes are sold to others."""
    mine = found.sales_of(doctor)
    items, number = np.unique(mine[:, 1], return_inverse=True)
    weight = np.bincount(number, weights=mine[:, 3], minlength=len(items))
    table = found.stock[items].toarray()
    np.subtract.at(table, (number, np.searchsorted(found.pharmacies, mine[:, 0])), mine[:, 3])
    table += size
    shares: Floats = (table / table.sum(axis=1, keepdims=True) * weight[:, None]).sum(axis=0)
    return shares / shares.sum() if len(items) else size


def _near(found: Fills, home: int, size: Floats) -> list[Floats]:
    """Attraction times decay with distance from the doctor's institution; sizes alone where no place is known."""
    if home < 0 or np.isnan(found.where[home]).any():
        return [size] * len(SCALES)
    there = found.where[found.pharmacies]
    flat = np.cos(np.radians(found.where[home, 1]))
    east, north = (there[:, 0] - found.where[home, 0]) * flat, there[:, 1] - found.where[home, 1]
    distance = np.hypot(east, north) * _KM
    distance = np.where(np.isnan(distance), np.nanmedian(distance), distance)
    shares = [size * np.exp(-distance / scale) + 1e-12 for scale in SCALES]
    return [share / share.sum() for share in shares]
