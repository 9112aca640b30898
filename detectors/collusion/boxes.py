"""Boxes that come back: trace codes settled again elsewhere, after every lawful reason is taken out.

A *return* is a pair (first sale, next sale or arrival in stock) of one code, by different persons at
different institutions. Left out are: split packs (`trdn_flag` 1, fractional counts), codes of outer
packs (a stock move of more than one, or one institution selling the code to several persons), codes
that are none (too short, too few different characters, standing on several drugs), the same person
scanned or uploaded twice, refunds (net view) and boxes the first seller sent back (`stock_moves` 103).
"""

from dataclasses import dataclass

import numpy as np

from detectors.collusion.chance import Floats, leave_out_rate
from detectors.snapshot import Ints, Snapshot, kept

SHORTEST = 8  # characters of a code: maker-defined codes are longer (GB/T 45313 allows 20 to 100)
FEWEST_SIGNS = 4  # different characters: 0000…, 1111… and 1212… are placeholders
MOST_SALES = 5  # a code settled more often is a label, not a box

# Hashes first: nearly every code stands in one settlement and is never looked at again. Gross rows, which are
# quick to read: what stands in one row there stands in no more of the net view.
_HASHES = "SELECT hash(drug_trac_codg) AS h FROM fee_items WHERE drug_trac_codg <> ''"
_STEPS = {
    "box_stocked": """
        SELECT h FROM (
            SELECT hash(drug_trac_codg) AS h, min(hash(fixmedins_code)) AS a, max(hash(fixmedins_code)) AS b
            FROM stock_moves WHERE drug_trac_codg <> '' AND inv_chg_type = '101' GROUP BY h
        ) WHERE a <> b
    """,
    "box_net": """
        SELECT drug_trac_codg AS code, setl_id, min(med_list_codg) AS item,
               min(coalesce(nullif(trim(med_list_name), ''), med_list_codg)) AS name,
               count(DISTINCT med_list_codg) AS items, bool_or(trdn_flag = '1' OR cnt <> floor(cnt)) AS split,
               CAST(sum(det_item_fee_sumamt) AS DOUBLE) AS charge
        FROM net_fee_items
        WHERE hash(drug_trac_codg) IN (SELECT h FROM box_again UNION SELECT h FROM box_stocked) AND drug_trac_codg <> ''
        GROUP BY ALL
    """,
    "box_line": """
        SELECT * FROM box_net WHERE hash(code) IN (
            SELECT hash(code) AS h FROM box_net GROUP BY h HAVING min(setl_id) <> max(setl_id)
            UNION SELECT h FROM box_stocked
        )
    """,
    "box_sale": "SELECT code, v, p, i, minute, day, time, item, name, items, split, charge"
    " FROM box_line JOIN visit USING (setl_id)",
    "box_move": """
        SELECT drug_trac_codg AS code, i, inv_chg_type AS kind, cnt, inv_chg_time AS time
        FROM stock_moves JOIN place USING (fixmedins_code)
        WHERE inv_chg_type IN ('101', '103') AND (getvariable('until') IS NULL OR inv_chg_time < getvariable('until'))
          AND drug_trac_codg IN (SELECT code FROM box_sale)
    """,
    # The characters of a code are looked at last: taking a text apart costs more than all the rest.
    "box_whole": """
        WITH sold_whole AS MATERIALIZED (
            SELECT code FROM box_sale
            GROUP BY code
            HAVING length(code) >= $shortest
               AND NOT bool_or(coalesce(split, false)) AND max(items) = 1 AND count(DISTINCT item) = 1
               AND count(DISTINCT v) <= $most
               AND count(DISTINCT (i, p)) = count(DISTINCT i)
        )
        SELECT code FROM sold_whole WHERE len(list_distinct(string_split(code, ''))) >= $signs
        EXCEPT SELECT code FROM box_move WHERE kind = '101' AND cnt > 1
    """,
    "box_step": """
        SELECT code, v, p, i, day, minute, time, name, charge, lead(v) OVER path AS v2, lead(p) OVER path AS p2,
               lead(i) OVER path AS i2, lead(day) OVER path AS day2, lead(time) OVER path AS time2
        FROM box_sale SEMI JOIN box_whole USING (code)
        WINDOW path AS (PARTITION BY code ORDER BY v)
    """,
    # A box in the next shop's books as bought, though nobody settled it there (yet).
    "box_arrival": """
        SELECT step.code, v, p, step.i, day, minute, step.time, name, charge, CAST(NULL AS INTEGER) AS v2,
               CAST(NULL AS INTEGER) AS p2, move.i AS i2,
               CAST(date_diff('day', origin, move.time) AS INTEGER) AS day2, move.time AS time2
        FROM box_step AS step CROSS JOIN calendar
        JOIN box_move AS move ON move.code = step.code AND move.kind = '101' AND move.i <> step.i
        WHERE v2 IS NULL AND move.time > step.time + INTERVAL 1 DAY
        QUALIFY row_number() OVER (PARTITION BY step.code ORDER BY move.time, move.i) = 1
    """,
    "box_return": """
        SELECT * FROM (
            SELECT * FROM box_step WHERE v2 IS NOT NULL AND p2 <> p AND i2 <> i
            UNION ALL SELECT * FROM box_arrival
        ) AS pair
        WHERE NOT EXISTS (
            SELECT 1 FROM box_move AS move
            WHERE move.code = pair.code AND move.i = pair.i AND kind = '103'
              AND move.time >= CAST(pair.time AS DATE) AND move.time <= pair.time2
        )
    """,
}


@dataclass(frozen=True)
class Returns:
    """Boxes that came back, one entry per return, in order of (first visit, code).

    `visit`, `person`, `source`, `day` are the first sale; `again` (-1: only into stock), `receiver`,
    `again_day` the next (`next_person` -1: nobody yet); `charge` is what was charged for the box the
    first time (yuan). `rate` is the stray rate per scanned box, `boxes` how many whole boxes each
    returning person was sold, `scanned` how many each place `i` sold; `buyers` counts all persons.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    visit: Ints
    person: Ints
    source: Ints
    day: Ints
    again: Ints
    receiver: Ints
    again_day: Ints
    next_person: Ints
    charge: Floats
    rate: float
    boxes: dict[int, int]
    scanned: Ints
    buyers: int


@kept
def returns(snapshot: Snapshot) -> Returns:
    """Find every box that came back."""
    hashes = np.sort(snapshot.columns(_HASHES)[0])
    snapshot.code("box_again", {"h": np.unique(hashes[1:][hashes[1:] == hashes[:-1]])})
    values = {"shortest": SHORTEST, "signs": FEWEST_SIGNS, "most": MOST_SALES}
    for step, query in _STEPS.items():
        given = {key: value for key, value in values.items() if f"${key}" in query}
        snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE {step} AS {query}", given or None)
    code, name, *columns, charge = snapshot.columns(_RETURNS)
    visit, person, source, day, again, receiver, again_day, next_person = (
        column.astype(np.int64) for column in columns
    )
    visits = snapshot.columns(_SCANNED)[0].astype(np.int64)
    scanned = np.bincount(snapshot.visits.place[visits], minlength=snapshot.places)
    boxes = np.bincount(snapshot.visits.person[visits], minlength=snapshot.persons)
    return Returns(
        tuple(str(c) for c in code),
        tuple(str(n) for n in name),
        visit,
        person,
        source,
        day,
        again,
        receiver,
        again_day,
        next_person,
        charge.astype(np.float64),
        _stray_rate(receiver, visit, scanned),
        {int(p): int(boxes[p]) for p in np.unique(person)},
        scanned,
        snapshot.persons,
    )


_RETURNS = """
    SELECT code, name, v, p, i, day, coalesce(v2, -1) AS v2, i2, day2, coalesce(p2, -1) AS p2,
           coalesce(charge, 0) AS charge
    FROM box_return ORDER BY v, code
"""
_SCANNED = """
    SELECT v FROM net_fee_items JOIN visit USING (setl_id)
    WHERE drug_trac_codg <> '' AND coalesce(trdn_flag, '0') <> '1'
"""


def _stray_rate(receiver: Ints, visit: Ints, scanned: Ints) -> float:
    """Strays per scanned box: the highest that leaving any one place out yields (a median, with a floor)."""
    pairs = np.unique(np.column_stack([receiver, visit]), axis=0)
    received = np.bincount(pairs[:, 0], minlength=len(scanned))[scanned > 0]
    rates = leave_out_rate(received.astype(np.float64), scanned[scanned > 0].astype(np.float64), _FLOOR)
    return float(rates.max(initial=_FLOOR))


_FLOOR = 2e-4  # wrong code keyed or scanned from a neighbour's label: two in ten thousand boxes
