"""Quota stripping: a drug drawn at shop after shop, far beyond what anybody can take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import chi2

from claims.language import N_
from detectors.collusion.chance import benjamini_hochberg, corrected, log_choose
from detectors.collusion.parting import parted
from detectors.collusion.quota_finding import quota_finding, users_of
from detectors.collusion.supply import Supplies, supplies
from detectors.contract import Need
from detectors.finding import Finding
from detectors.snapshot import Flags, Ints, Snapshot


@dataclass(frozen=True)
class QuotaStripping:
    """Buyers whose supply of a drug, over all institutions, lies far beyond the calendar."""

    fewest: int = 5  # early purchases elsewhere: two long prescriptions and a journey make no more than three
    places: int = 4  # institutions: a user of one or two shops is known there, and they answer for the sale
    times: float = 2.0  # supply over days passed: a couple on one account has two
    hand: float = 100.0  # days in hand at the peak: a long prescription of twelve weeks, and a holiday
    level: float = 0.01  # q-value for a buyer to be named at all

    name: str = "quota_stripping"
    version: str = "1"
    title: str = N_("Drug quotas stripped at many shops")
    kinds: Sequence[str] = ("collusion/quota_stripping",)
    needs: Sequence[Need] = (
        Need("settlements", ("setl_time",)),
        Need("fee_items", ("med_list_codg",)),
        Need("fee_items", ("prd_days",), vital=False),
        Need("relations", (), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per buyer, or per buyers of one drug at the same shops."""
        found = supplies(snapshot)
        q_value = benjamini_hochberg(found.chance, len(found.person))
        rows = np.flatnonzero(self._beyond(found) & (q_value <= self.level))
        users = users_of(snapshot, found, rows)
        for group in _groups(snapshot, found, rows):
            p_value = _joint(found, group)
            yield quota_finding(snapshot, found, group, users, p_value, self.name, self.version, self.kinds[0])

    def _beyond(self, found: Supplies) -> Flags:
        enough: Flags = (found.early >= self.fewest) & (found.places >= self.places) & (found.peak >= self.hand)
        return enough & (found.supply >= self.times * np.maximum(found.span, 1))


def _joint(found: Supplies, rows: Ints) -> float:
    """Chance of the group's best drug: its buyers' cautious tails (Fisher), for all such groups of any drug."""
    drugs = np.unique(found.drug)
    chances = []
    for drug in np.unique(found.drug[rows]):
        tails = found.cautious[rows[found.drug[rows] == drug]]
        together = max(float(chi2.sf(-2.0 * np.log(tails).sum(), 2 * len(tails))), 1e-300)
        users = int((found.drug == drug).sum())
        chances.append(corrected(together, log_choose(users, len(tails)) + log(len(drugs))))
    return min(chances)


def _groups(snapshot: Snapshot, found: Supplies, rows: Ints) -> list[Ints]:
    """Rows of buyers who strip the same drug at the same shops in the same amounts."""
    if not len(rows):
        return []
    persons, p = np.unique(found.person[rows], return_inverse=True)
    drugs, d = np.unique(found.drug[rows], return_inverse=True)
    graph = coo_matrix((np.ones(len(rows)), (p, d + len(persons))), shape=(len(persons) + len(drugs),) * 2)
    component = connected_components(graph, directed=False)[1][p]
    parts = []
    for number in np.unique(component):
        part = rows[component == number]
        group = _parted(snapshot, found, part)
        parts += [part[group == g] for g in np.unique(group)]
    return sorted(parts, key=lambda part: (float(found.chance[part].min()), int(found.person[part[0]])))


def _parted(snapshot: Snapshot, found: Supplies, rows: Ints) -> Ints:
    persons, p = np.unique(found.person[rows], return_inverse=True)
    values = [persons.tolist(), np.unique(found.drug[rows]).tolist()]
    fills = snapshot.sql(
        "SELECT p, i, CAST(packs AS INTEGER) AS packs, day // 30 AS moon FROM drug_hand"
        " WHERE p IN (SELECT unnest($1)) AND d IN (SELECT unnest($2)) ORDER BY p, v",
        values,
    ).to_pylist()
    bags = {
        kind: [[int(fill[kind]) for fill in fills if fill["p"] == person] for person in persons]
        for kind in ("i", "packs")
    }
    return parted(bags, len(persons))[p]
