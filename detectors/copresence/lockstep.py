"""People who come together more than their own habits, the place's crowd and the hour explain."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from claims.language import N_
from detectors.contract import Need
from detectors.copresence.groups import Search
from detectors.copresence.search import results
from detectors.copresence.telling import tell
from detectors.finding import Finding
from detectors.snapshot import Snapshot


@dataclass(frozen=True)
class Lockstep:
    """Groups of people who come together beyond chance, to pharmacies or small clinics."""

    search: Search = field(default_factory=Search)
    name: str = "lockstep"
    version: str = "2"
    title: str = N_("People who come together more than chance allows")
    kinds: tuple[str, ...] = (
        "collusion/lockstep_pharmacy",
        "collusion/sham_visits",
        "collusion/renewed_members",
    )
    needs: tuple[Need, ...] = (
        Need("settlements", ("psn_no", "fixmedins_code", "setl_time")),
        Need("settlements", ("chfpdr_code",), vital=False),
        Need("relations", ("rel_psn_no",), vital=False),
        Need("fee_items", ("med_list_name",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding for each group."""
        for one in results(snapshot, self.search):
            if not one.facts.hoard:
                yield tell(snapshot, (self.name, self.version), one.cleaned, one.facts, one.facts.kind)
