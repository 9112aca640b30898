"""How long it takes from one institution to another, from coordinates; where unknown, from districts."""

from dataclasses import dataclass

import numpy as np

from detectors.shared_card.evidence import Floats
from detectors.snapshot import Ints, Snapshot, kept

_EARTH = 6371.0  # mean radius in km


@dataclass(frozen=True)
class Places:
    """Position of every place `i` (degrees, NaN where unknown) and its district (-1 where unknown)."""

    lnt: Floats
    lat: Floats
    district: Ints


_PLACES = """
    SELECT lnt, lat, coalesce(dense_rank() OVER (ORDER BY admdvs) - 1, -1) AS district, admdvs IS NOT NULL AS known
    FROM place ORDER BY i
"""


@kept
def places(snapshot: Snapshot) -> Places:
    """Read where every place is; coordinates outside China are slips of the pen and unknown."""
    lnt, lat, district, known = snapshot.columns(_PLACES)
    x, y = lnt.astype(np.float64), lat.astype(np.float64)
    right = (x > 73) & (x < 136) & (y > 3) & (y < 54)
    return Places(
        np.where(right, x, np.nan),
        np.where(right, y, np.nan),
        np.where(known.astype(np.bool_), district.astype(np.int64), -1),
    )


def kilometres(snapshot: Snapshot, a: Ints, b: Ints, across: float) -> Floats:
    """Great-circle distance between places; `across` km between two districts where it is unknown, else 0."""
    where = places(snapshot)
    lnt_a, lat_a, lnt_b, lat_b = (np.radians(x) for x in (where.lnt[a], where.lat[a], where.lnt[b], where.lat[b]))
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lnt_b - lnt_a) / 2) ** 2
    known = 2 * _EARTH * np.arcsin(np.sqrt(h))
    apart = (where.district[a] != where.district[b]) & (where.district[a] >= 0) & (where.district[b] >= 0)
    return np.where(np.isnan(known), np.where(apart, across, 0.0), known)
