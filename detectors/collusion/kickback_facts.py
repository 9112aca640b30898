"""Facts beside the flow: delay after the visit, prescriptions without one, and price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detectors.collusion.chance import Floats
from detectors.collusion.flows import fills
from detectors.collusion.steering import Steering
from detectors.snapshot import Ints, Snapshot


@dataclass(frozen=True)
class Facts:
    """Of one doctor at one pharmacy: visits of fills after seeing the doctor and without, delays, price.

    Delays are medians in minutes (NaN: none); `ratio` is the median price over the usual price of the
    same drug elsewhere (NaN: cannot be compared), from `lines` lines.
    """

    seen: Ints
    unseen: Ints
    delay: float
    delay_elsewhere: float
    ratio: float
    lines: int


# Minutes between seeing the doctor and the purchase, within three days; NULL where nobody was seen.
_DELAYS = """
    WITH fill AS (
        SELECT v, p, i, minute, prescriber FROM visit WHERE prescriber IN (SELECT doctor FROM steered)
    ), seen AS (
        SELECT p, doctor, minute FROM visit WHERE doctor IN (SELECT doctor FROM steered)
    )
    SELECT fill.v, fill.prescriber AS doctor, fill.i, CAST(fill.minute - max(seen.minute) AS DOUBLE) AS delay
    FROM fill LEFT JOIN seen ON seen.p = fill.p AND seen.doctor = fill.prescriber
        AND seen.minute <= fill.minute AND seen.minute > fill.minute - 3 * 1440
    GROUP BY fill.v, fill.prescriber, fill.i, fill.minute ORDER BY fill.v
"""
# The claims are read once, for the drugs that were sold on the prescriptions in question (`flows` knows which).
_SOLD = """
    SELECT med_list_codg AS item, CAST(pric AS DOUBLE) AS price, prescriber AS doctor, i
    FROM net_fee_items JOIN visit USING (setl_id)
    WHERE pric > 0 AND coalesce(trdn_flag, '0') <> '1' AND med_list_codg IN (
        SELECT med_list_codg FROM pharmacy_sale JOIN steered ON doctor = prescriber AND steered.i = pharmacy_sale.i
    )
"""
_PRICES = """
    WITH mine AS (
        SELECT doctor, i, item, price FROM steered_drug SEMI JOIN steered USING (doctor, i)
    ), usual AS (
        SELECT mine.i, mine.item, median(sold.price) AS usual FROM (SELECT DISTINCT i, item FROM mine) AS mine
        JOIN steered_drug AS sold ON sold.item = mine.item AND sold.i <> mine.i GROUP BY ALL
    )
    SELECT doctor, i, median(price / usual) AS ratio, count(*) AS n FROM mine JOIN usual USING (i, item)
    GROUP BY ALL ORDER BY ALL
"""


def facts(snapshot: Snapshot, steered: Sequence[Steering]) -> Mapping[tuple[int, int], Facts]:
    """Facts of every (doctor, place) among `steered`."""
    fills(snapshot)  # makes `pharmacy_sale`
    snapshot.code(
        "steered",
        {
            "doctor": np.array([one.doctor for one in steered], np.int32),
            "i": np.array([one.place for one in steered], np.int32),
        },
    )
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE steered_drug AS {_SOLD}")
    prices = {(row["doctor"], row["i"]): row for row in snapshot.sql(_PRICES).to_pylist()}
    table = snapshot.sql(_DELAYS)
    visit, doctor, place = (table.column(name).to_numpy().astype(np.int64) for name in ("v", "doctor", "i"))
    delay = table.column("delay").to_numpy().astype(np.float64)
    found = {}
    for one in steered:
        price = prices.get((one.doctor, one.place), {"ratio": float("nan"), "n": 0})
        own, there = doctor == one.doctor, place == one.place
        known = ~np.isnan(delay)
        found[one.doctor, one.place] = Facts(
            visit[own & there & known],
            visit[own & there & ~known],
            _median(delay[own & there & known]),
            _median(delay[own & ~there & known]),
            float(price["ratio"]),
            int(price["n"]),
        )
    return found


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else float("nan")
