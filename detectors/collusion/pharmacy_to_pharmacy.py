"""Boxes that one pharmacy settles on lent cards and another settles again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claims.language import N_
from detectors.collusion.box_finding import Voice, box_finding
from detectors.collusion.box_groups import ONE_SOURCE, BoxGroup, box_groups
from detectors.collusion.box_resale import NEEDS
from detectors.contract import Need
from detectors.finding import Finding, Role, Statement, say
from detectors.snapshot import Snapshot


@dataclass(frozen=True)
class PharmacyToPharmacy:
    """A way of boxes from the settlements of one institution to those of another."""

    fewest: int = 3  # purchases whose boxes took the way

    name: str = "pharmacy_to_pharmacy"
    version: str = "1"
    title: str = N_("Drug boxes that go from pharmacy to pharmacy")
    kinds: Sequence[str] = ("collusion/pharmacy_to_pharmacy",)
    needs: Sequence[Need] = NEEDS

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per seller and its receivers."""
        for group in box_groups(snapshot):
            if group.source_share >= ONE_SOURCE and group.observed >= self.fewest:
                voice = Voice(self.name, self.version, self.kinds[0], _statement(snapshot, group), Role.LENDER)
                places = dict.fromkeys((group.source, *group.receivers), Role.DISPENSER)
                yield box_finding(snapshot, group, voice, places)


def _statement(snapshot: Snapshot, group: BoxGroup) -> Statement:
    return say(
        N_(
            "{boxes} drug boxes that {source} settled for {persons} persons in {purchases} purchases were settled or "
            "stocked a second time elsewhere, first of all at {receiver}; by chance {expected:.2f} such purchases were "
            "to be expected."
        ),
        boxes=len(group.rows),
        source=snapshot.place_names[group.source],
        persons=len(group.persons),
        purchases=group.observed,
        receiver=snapshot.place_names[group.receivers[0]],
        expected=group.expected,
    )
