"""Phantom stays: batches admitted and discharged together whose people were not in their beds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from claims.language import N_
from detectors.collusion.batches import batches_of, gathered
from detectors.collusion.chance import any_two, corrected
from detectors.collusion.phantom_finding import PhantomGroup, phantom_finding
from detectors.collusion.signs import signs
from detectors.collusion.stays import stays
from detectors.contract import Need
from detectors.finding import Finding
from detectors.snapshot import Ints, Snapshot


@dataclass(frozen=True)
class PhantomStays:
    """Stays in batches, tested by at least two independent kinds of evidence."""

    fewest: int = 3  # families in a batch: two fall ill together now and then
    worth: float = 0.5  # corrected p-value up to which a group is reported at all
    copied: float = 1e-6  # p-value of copied bills from which stays without any sign are no part of the group

    name: str = "phantom_stays"
    version: str = "1"
    title: str = N_("Stays on paper")
    kinds: Sequence[str] = ("collusion/phantom_stays",)
    needs: Sequence[Need] = (
        Need("settlements", ("med_type", "begntime")),
        Need("settlements", ("endtime", "diag_code"), vital=False),
        Need("settlements", ("adm_bed",), vital=False),
        Need("fee_items", ("med_list_codg",), vital=False),
        Need("bio_checks", ("result",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per group of batches of a hospital."""
        found = stays(snapshot)
        candidates = batches_of(snapshot, self.fewest)
        groups = gathered(found, candidates)
        suspect = np.concatenate([batch.rows for batch in candidates]) if candidates else np.empty(0, np.int64)
        for group in groups:
            rows = np.unique(np.concatenate([batch.rows for batch in group]))
            shown = signs(found, rows, suspect)
            together = min(batch.p_value for batch in group)
            p_value = corrected(any_two([together, *(sign.p_value for sign in shown)]), log(len(groups)))
            if p_value <= self.worth:
                rows = self._marked(rows, {sign.name: (sign.p_value, sign.rows) for sign in shown})
                kept = [np.intersect1d(batch.rows, rows) for batch in group]
                told = PhantomGroup(rows, kept, [batch.expected for batch in group], shown, p_value, len(candidates))
                yield phantom_finding(snapshot, found, told, self.name, self.version, self.kinds[0])

    def _marked(self, rows: Ints, shown: dict[str, tuple[float, Ints]]) -> Ints:
        """Where bills are copied, a neighbour who happened to come the same days and shows nothing is left out."""
        if shown.get("twin", (1.0, rows))[0] > self.copied:
            return rows
        return np.intersect1d(rows, np.concatenate([marked for _, marked in shown.values()]))
