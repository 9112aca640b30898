"""Cards of many people in one hand: settled one after the other, again and again."""

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
class HoardedCards:
    """Groups of cards that come together beyond chance, where the card itself is shown."""

    search: Search = field(default_factory=Search)
    name: str = "hoarded_cards"
    version: str = "2"
    title: str = N_("Many cards in one hand")
    kinds: tuple[str, ...] = (
        "shared_card/hoarded_burst",
        "shared_card/hoarded_small",
        "shared_card/hoarded_spread",
        "shared_card/cash_out",
    )
    needs: tuple[Need, ...] = (
        Need("settlements", ("psn_no", "fixmedins_code", "setl_time", "card_no")),
        Need("settlements", ("opter_id",), vital=False),
        Need("relations", ("rel_psn_no",), vital=False),
        Need("fee_items", ("med_list_name",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding for each hoard."""
        for one in results(snapshot, self.search):
            if one.facts.hoard:
                yield tell(snapshot, (self.name, self.version), one.cleaned, one.facts, one.facts.kind)
