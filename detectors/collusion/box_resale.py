"""Box resale (回流药): boxes bought on some people's entitlements are settled a second time elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from claims.language import N_
from detectors.collusion.box_finding import Voice, box_finding
from detectors.collusion.box_groups import ONE_SOURCE, BoxGroup, box_groups
from detectors.contract import Need
from detectors.finding import Finding, Role, Statement, say
from detectors.snapshot import Snapshot

NEEDS: tuple[Need, ...] = (
    Need("settlements", ("setl_time",)),
    Need("fee_items", ("drug_trac_codg",)),
    Need("fee_items", ("trdn_flag",), vital=False),
    Need("stock_moves", ("drug_trac_codg",), vital=False),
    Need("institutions", ("legrep_name",), vital=False),
)


@dataclass(frozen=True)
class BoxResale:
    """Buyers at several shops whose boxes come back to the same receivers."""

    fewest: int = 3  # purchases whose boxes came back: one is a wrong code, two may be one wrong delivery

    name: str = "box_resale"
    version: str = "1"
    title: str = N_("Drug boxes sold twice")
    kinds: Sequence[str] = ("collusion/box_resale",)
    needs: Sequence[Need] = NEEDS

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per group of buyers and receivers."""
        for group in box_groups(snapshot):
            if group.source_share < ONE_SOURCE and group.observed >= self.fewest:
                voice = Voice(self.name, self.version, self.kinds[0], _statement(snapshot, group), Role.BUYER)
                yield box_finding(snapshot, group, voice, dict.fromkeys(group.receivers, Role.DISPENSER))


def _statement(snapshot: Snapshot, group: BoxGroup) -> Statement:
    return say(
        N_(
            "{boxes} drug boxes bought by {persons} persons in {purchases} purchases were settled or stocked a second "
            "time at {receivers} other institutions; by chance {expected:.2f} such purchases were to be expected."
        ),
        boxes=len(group.rows),
        persons=len(group.persons),
        purchases=group.observed,
        receivers=len(group.receivers),
        expected=group.expected,
    )
