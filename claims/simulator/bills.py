"""Who pays what: amounts of each settlement by scheme, place and kind of care, in fen."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from claims.simulator.county import County
from claims.simulator.dice import Floats, Ints
from claims.simulator.lines import Lines, Rows
from claims.simulator.visits import Kind

# Share of the fund by kind of place (county hospital, township hospital, community centre,
# village clinic, pharmacy), for residents (390) and employees (310).
_OUTPATIENT: Final = np.array([[0.42, 0.55, 0.6, 0.65, 0.45], [0.52, 0.66, 0.7, 0.7, 0.5]])
_STAY: Final = np.array([[0.68, 0.8, 0.7, 0.7, 0.0], [0.82, 0.9, 0.85, 0.8, 0.0]])
_DEDUCTIBLE: Final = np.array([60_000, 20_000, 20_000, 0, 0])  # of a stay


@dataclass(frozen=True)
class Bill:
    """Amounts in fen; refunds are negative. Parts add up to the total."""

    total: Ints
    fund: Ints
    account: Ints
    family: Ints
    cash: Ints


def _share(county: County, rows: Rows) -> Floats:
    """Share of the eligible charge that the fund pays."""
    people, kind = county.people, rows.kind
    scheme = people.employed[rows.person].astype(np.int64)
    place = county.places.kind[rows.place]
    share = _OUTPATIENT[scheme, place]
    share = np.where(kind == Kind.STAY, _STAY[scheme, place], share)
    share = np.where((kind == Kind.CHRONIC) | (kind == Kind.REFILL), share + 0.12, share)
    share = np.where(kind == Kind.DIALYSIS, 0.85 + 0.07 * scheme, share)
    # Plain purchases are pooled at some pharmacies only; a prescription makes them so anywhere.
    pooled = county.places.pooled[rows.place] | (rows.prescriber >= 0)
    share = np.where((kind == Kind.PHARMACY) & ~pooled, 0.0, share)
    return np.where((kind == Kind.CHECKUP) | (kind == Kind.VACCINATION), 0.0, share)


def bills_of(county: County, rows: Rows, lines: Lines) -> Bill:
    """Split the charge of every visit between fund, accounts and cash."""
    count = len(rows)
    total = np.bincount(lines.visit, lines.amount, count).astype(np.int64)
    covered = np.array([1.0, 0.9, 0.9, 0.8, 0.5])[county.dice.below("class of item", lines.item, 5)]
    eligible = np.bincount(lines.visit, lines.amount * covered, count)
    above = np.maximum(eligible - np.where(rows.kind == Kind.STAY, _DEDUCTIBLE[county.places.kind[rows.place]], 0), 0)
    fund = np.floor(above * _share(county, rows) + 1e-6).astype(np.int64)
    rest = total - fund
    has_account = county.people.employed[rows.person]
    covers = county.dice.uniform("account covers", rows.key)
    account = np.where(has_account, np.where(covers < 0.8, rest, (rest * covers * 0.5).astype(np.int64)), 0)
    family = np.where((rows.payer >= 0) & ~has_account, rest, 0)
    sign = np.where(rows.refund > 0, -1, 1)
    return Bill(total * sign, fund * sign, account * sign, family * sign, (rest - account - family) * sign)
