"""Days on which everybody comes: market days and the village bus, discount and membership days."""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.measures import alike, by_day, commonest, crowds, unbroken, villages
from detectors.snapshot import Flags, Snapshot


@dataclass(frozen=True)
class VillageBus:
    """Villagers ride to the hospital on market days: one village, a crowd beside them, own complaints."""

    name: str = "village_bus"
    share: float = 0.7
    alike: float = 0.5
    unbroken: float = 0.7  # cards swiped one after another are one hand, not a bus

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Daytime visits at hospitals, where most come from one village and each has a bill of their own."""
        _, share = commonest(villages(snapshot)[gathering.persons])
        repeated = alike(snapshot, gathering.visits)
        together = unbroken(snapshot, gathering.visits, gathering.batch)
        holds = share >= self.share and repeated < self.alike and together < self.unbroken
        rows = gathering.visits
        found = by_day(snapshot, rows) & ~snapshot.pharmacies[snapshot.visits.place[rows]] & holds
        says = say(
            N_(
                "{share:.0%} of them come from one village; {together:.0%} follow one another at the till with nobody "
                "between, {repeated:.0%} of the bills are repeated to the fen."
            ),
            share=share,
            together=together,
            repeated=repeated,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@dataclass(frozen=True)
class BusyDay:
    """The place draws a crowd on these days (discount, membership, market), and they are part of it."""

    name: str = "busy_day"
    lift: float = 1.3  # others on these days against the place's usual day
    alike: float = 0.5
    unbroken: float = 0.5

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits on days on which those outside the group were more than usual too."""
        rows = gathering.visits
        others, usual = crowds(snapshot).without(snapshot.visits.place[rows], snapshot.visits.day[rows])
        busy = others >= self.lift * np.maximum(usual, 1)
        repeated = alike(snapshot, rows)
        together = unbroken(snapshot, rows, gathering.batch)
        found = busy & (repeated < self.alike and together < self.unbroken)
        says = say(
            N_(
                "On {busy:.0%} of their days others came more than usual too; {together:.0%} of the group follow one "
                "another at the till with nobody between."
            ),
            busy=float(busy.mean()) if len(busy) else 0.0,
            together=together,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)
