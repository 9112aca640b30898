"""Nobody gains: settlements that cost the fund no more than a consultation."""

from dataclasses import dataclass

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.snapshot import Flags, Snapshot


@dataclass(frozen=True)
class NoGain:
    """Visits for next to nothing are no scheme: follow-up days, measurements, registration alone.

    `fee` is the whole bill of a consultation at most (general outpatient fees of public institutions
    are 10 to 25 yuan). Pharmacies sell goods: no purchase there is too small to be sold on.
    """

    name: str = "no_gain"
    fee: int = 2500  # fen

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits to hospitals and clinics with no bill beyond the fee."""
        rows = gathering.visits
        bill = snapshot.visits.total[rows]
        found: Flags = (bill <= self.fee) & ~snapshot.pharmacies[snapshot.visits.place[rows]]
        usual = float(sorted(bill.tolist())[len(bill) // 2]) / 100 if len(bill) else 0.0
        says = say(
            N_("{share:.0%} of the visits cost no more than a consultation (usually {usual:.2f} yuan)."),
            share=float(found.mean()) if len(found) else 0.0,
            usual=usual,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)
