"""Days of supply: who obtains a drug again and again elsewhere while plenty is still in hand.

`prd_days` is what a line is to last; where a county leaves it empty, a pack lasts as long as it
lasts the drug's regular buyers. What is in hand before a purchase is the inventory of all
institutions together: it never falls below zero, so a pause in treatment saves nothing up.
"""

from dataclasses import dataclass

import numpy as np

from detectors.collusion.chance import Floats
from detectors.snapshot import Ints, Snapshot, kept

SPARE = 15  # days in hand that make a purchase early: half a monthly refill
_FEWEST_USERS = 10  # regular buyers a drug needs before their rhythm says how long a pack lasts
_TAIL = (0.10, 0.02)  # shares of all buyers above the two quantiles between which the tail is fitted
_FEW = (20, 10)  # and at least so many: a few strippers in a small county are more than its highest fiftieth
_LEAST_SCALE = 1.0  # purchases; a shorter tail than this would be an accident of rounding
_FEWEST_OWN = 30  # users before a drug has a quantile of its own

_STEPS = {
    "drug": """
        SELECT med_list_codg AS item, coalesce(nullif(trim(any_value(med_list_name)), ''), med_list_codg) AS name
        FROM fee_items
        -- National codes: X western, Z Chinese patent medicine; charge types 09 and 11 are the same two.
        WHERE prd_days > 0 OR regexp_matches(med_list_codg, '^[XZ]') OR med_chrgitm_type IN ('09', '11')
        GROUP BY item
    """,
    "drug_code": "SELECT name, CAST(row_number() OVER (ORDER BY name) - 1 AS INTEGER) AS d FROM"
    " (SELECT DISTINCT name FROM drug)",
    "drug_line": """
        SELECT visit.v, p, i, day, d, CAST(sum(cnt) AS DOUBLE) AS packs,
               CAST(sum(prd_days) FILTER (prd_days > 0) AS DOUBLE) AS days,
               CAST(sum(det_item_fee_sumamt) AS DOUBLE) AS charge
        FROM net_fee_items JOIN drug ON item = med_list_codg JOIN drug_code USING (name) JOIN visit USING (setl_id)
        WHERE med_type <> '21' AND cnt > 0 AND coalesce(trdn_flag, '0') <> '1'
        GROUP BY visit.v, p, i, day, d
    """,
    "drug_fill": "SELECT * FROM drug_line SEMI JOIN"
    " (SELECT p, d FROM drug_line GROUP BY p, d HAVING count(*) >= 3) USING (p, d)",
    "drug_pack": """
        WITH rhythm AS (
            SELECT p, d, (max(day) - min(day)) / nullif(sum(packs) - arg_max(packs, v), 0) AS lasts
            FROM drug_fill GROUP BY p, d
        )
        SELECT d, median(lasts) AS lasts FROM rhythm GROUP BY d HAVING count(lasts) >= $fewest
    """,
    "drug_hand": """
        WITH supplied AS (
            SELECT fill.*, coalesce(days, packs * lasts) AS supply
            FROM drug_fill AS fill LEFT JOIN drug_pack USING (d)
        ), balance AS (
            SELECT *, coalesce(sum(supply) OVER before, 0) - day AS level, lag(i) OVER path AS last_place
            FROM supplied WHERE supply IS NOT NULL
            WINDOW path AS (PARTITION BY p, d ORDER BY v),
                   before AS (PARTITION BY p, d ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        )
        SELECT *, level - min(level) OVER path AS hand, last_place IS NOT NULL AND last_place <> i AS elsewhere
        FROM balance WINDOW path AS (PARTITION BY p, d ORDER BY v)
    """,
}


@dataclass(frozen=True)
class Supplies:
    """One entry per person and drug with three fills or more.

    `early` counts fills elsewhere with `SPARE` days in hand, `span` days from first to last fill,
    `supply` days supplied before the last, `peak` the most in hand. `surplus` is the smaller of
    `early` and the typical purchases in hand at the peak; `chance` its tail among all buyers,
    `cautious` the tail that falls off more slowly for a drug whose users run ahead, `usual` what
    nine in ten stay below.
    """

    person: Ints
    drug: Ints
    fills: Ints
    span: Ints
    places: Ints
    early: Ints
    supply: Floats
    peak: Floats
    surplus: Floats
    chance: Floats
    cautious: Floats
    usual: Floats
    names: tuple[str, ...]


_PAIRS = """
    SELECT p, d, count(*) AS fills, max(day) - min(day) AS span, count(DISTINCT i) AS places,
           count(*) FILTER (elsewhere AND hand >= $spare) AS early,
           sum(supply) - arg_max(supply, v) AS supply, max(hand) AS peak
    FROM drug_hand GROUP BY p, d ORDER BY p, d
"""


@kept
def supplies(snapshot: Snapshot) -> Supplies:
    """Sum up every person's supply of every drug, and how unlikely it is among the drug's users."""
    for name, query in _STEPS.items():
        values = {"fewest": _FEWEST_USERS} if "$fewest" in query else None
        snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}", values)
    table = snapshot.sql(_PAIRS, {"spare": SPARE})
    person, drug, fills, span, places, early, supply, peak = (column.to_numpy() for column in table.columns)
    names = tuple(snapshot.sql("SELECT name FROM drug_code ORDER BY d").column(0).to_pylist())
    person, drug, fills, span, places, early = (
        column.astype(np.int64) for column in (person, drug, fills, span, places, early)
    )
    surplus = _surplus(early, fills, supply.astype(np.float64), peak.astype(np.float64))
    chance, cautious, usual = _chances(surplus, drug, len(names))
    return Supplies(person, drug, fills, span, places, early, supply, peak, surplus, chance, cautious, usual, names)


def _surplus(found_early: Ints, fills: Ints, supply: Floats, peak: Floats) -> Floats:
    """Early purchases elsewhere, but no more than the typical purchases in hand at the peak."""
    typical = np.maximum(supply / np.maximum(fills - 1, 1), 1.0)
    surplus: Floats = np.minimum(found_early.astype(np.float64), peak / typical)
    return surplus


def _chances(surplus: Floats, drug: Ints, drugs: int) -> tuple[Floats, Floats, Floats]:
    """Tail of each surplus and what is usual: exponential beyond the 90 % quantile (Pickands 1975).

    The scale is fitted on what lies between two quantiles, censored at the upper one, so the few
    strippers among all buyers cannot widen it. A drug whose users all run ahead (a pack that lasts
    longer than thought) starts its tail where its own nine in ten end; its cautious tail falls off more slowly too.
    """
    if not len(surplus):
        return np.empty(0), np.empty(0), np.empty(0)
    above = [max(share, few / len(surplus)) for share, few in zip(_TAIL, _FEW, strict=True)]
    low, high = np.quantile(surplus, [max(0.0, 1.0 - share) for share in above])
    within = (surplus > low) & (surplus <= high)
    over = np.minimum(surplus[surplus > low], high) - low
    scale = max(_LEAST_SCALE, float(over.sum()) / max(1, int(within.sum())))
    usual = _usual(surplus, drug, drugs, float(low))[drug]
    wider = np.sqrt(usual / max(float(low), 1.0)).clip(1.0)  # a spread grows as the root of a count does
    beyond = np.maximum(surplus - usual, 0.0)
    tails = [np.where(beyond > 0, min(1.0, above[0]) * np.exp(-beyond / (scale * by)), 1.0) for by in (1.0, wider)]
    return np.maximum(tails[0], 1e-300), np.maximum(tails[1], 1e-300), usual


def _usual(surplus: Floats, drug: Ints, drugs: int, low: float) -> Floats:
    """What nine in ten of a drug's own users stay below, and never less than nine in ten of all buyers do."""
    found = np.full(drugs, low)
    order = np.argsort(drug, kind="stable")
    starts = np.searchsorted(drug[order], np.arange(drugs + 1))
    for d in range(drugs):
        users = surplus[order[starts[d] : starts[d + 1]]]
        if len(users) >= _FEWEST_OWN:
            found[d] = max(low, float(np.quantile(users, 1.0 - _TAIL[0])))
    return found
