"""What a party shows about itself: cards or people, sizes of batches, bills, places, doctors, agents.

These facts name the pattern and the roles; they decide nothing about whether chance explains it.
"""

from dataclasses import dataclass

import numpy as np

from detectors.copresence.party import Party
from detectors.lawful.families import agents
from detectors.lawful.measures import alike, unbroken
from detectors.snapshot import Flags, Ints, Snapshot, kept

_HAND = 0.9  # share of settlements with a card shown when cards are in one hand
_USUAL = 0.85  # where more than this share of everybody shows a card, showing one tells nothing
_BAND = 1.35  # 90th to 10th percentile of bills that are aimed at a cap
_DEAR = 1.5  # median bill against the pharmacy's own
_SMALL = 3.5  # cards a batch up to which a hoard is used slowly
_MOSTLY = 0.8
_TURNOVER = 0.5  # members of the first third of batches that are still there in the last


@dataclass(frozen=True)
class Facts:
    """`cards`: share of settlements with a card shown; `unbroken`, `alike`: see detectors.lawful.measures."""

    cards: float
    usual_cards: float
    daily: bool
    unbroken: float
    alike: float
    size: float
    pharmacy: float
    banded: bool
    renewed: bool

    @property
    def hoard(self) -> bool:
        """Whether cards in one hand explain it better than people who come."""
        if self.cards < _HAND or self.pharmacy < _MOSTLY:
            return False
        return self.usual_cards < _USUAL or self.unbroken >= 0.5 or self.alike >= 0.5

    @property
    def kind(self) -> str:
        """Family/pattern."""
        return f"shared_card/{self._hoarded}" if self.hoard else f"collusion/{self._recruited}"

    @property
    def _hoarded(self) -> str:
        if self.banded:
            return "cash_out"
        if self.daily:
            return "hoarded_spread"
        return "hoarded_small" if self.size <= _SMALL else "hoarded_burst"

    @property
    def _recruited(self) -> str:
        if self.renewed:
            return "renewed_members"
        return "lockstep_pharmacy" if self.pharmacy >= 0.5 else "sham_visits"


def facts_of(snapshot: Snapshot, party: Party) -> Facts:
    """Read the facts from the party's settlements."""
    visits, rows = snapshot.visits, party.visits
    shown = cards_shown(snapshot)
    there = snapshot.rows_at(np.unique(visits.place[rows]))
    outside = there[~np.isin(visits.person[there], party.persons)]
    return Facts(
        cards=float(shown[rows].mean()),
        usual_cards=float(shown[outside].mean()) if len(outside) else 1.0,
        daily=party.crowd.daily,
        unbroken=unbroken(snapshot, rows, party.batch)[0],
        alike=alike(snapshot, rows),
        size=len(np.unique(np.column_stack([visits.person[rows], party.batch]), axis=0)) / max(1, party.batches),
        pharmacy=float(snapshot.pharmacies[visits.place[rows]].mean()),
        banded=_banded(visits.total[rows], visits.total[outside]),
        renewed=_renewed(visits.person[rows], party.batch),
    )


@kept
def cards_shown(snapshot: Snapshot) -> Flags:
    """Which settlements had a card shown, in the order of `v`."""
    return snapshot.each("card_no IS NOT NULL").astype(np.bool_)


def _banded(bills: Ints, usual: Ints) -> bool:
    low, middle, high = np.quantile(bills, [0.1, 0.5, 0.9])
    dear = not len(usual) or middle >= _DEAR * float(np.median(usual))
    return bool(high <= _BAND * max(low, 1) and dear)


def _renewed(person: Ints, batch: Ints) -> bool:
    """Whether most of those who came first are gone at the end, though batches are large enough to tell."""
    third = max(1, (int(batch.max()) + 1) // 3)
    first, last = np.unique(person[batch < third]), np.unique(person[batch > batch.max() - third])
    staying = len(np.intersect1d(first, last)) / max(1, min(len(first), len(last)))
    return bool(batch.max() >= 5 and staying < _TURNOVER)


def main_places(snapshot: Snapshot, party: Party, most: int = 3) -> list[int]:
    """The few institutions that hold most of the batches."""
    place, count = np.unique(snapshot.visits.place[party.visits], return_counts=True)
    order = np.lexsort((place, -count))
    enough = count[order] >= 0.1 * count.sum()
    return [int(one) for one in place[order][enough][:most]]


def one_doctor(snapshot: Snapshot, party: Party) -> int:
    """The doctor who treats nearly all of the party; -1 where there is none."""
    doctor, count = np.unique(snapshot.visits.doctor[party.visits], return_counts=True)
    best = int(count.argmax())
    return int(doctor[best]) if doctor[best] >= 0 and count[best] >= _MOSTLY * count.sum() else -1


def collector(snapshot: Snapshot, party: Party) -> int:
    """The person named as agent for several of the party most often; -1 where nobody is."""
    agent = agents(snapshot)[party.visits]
    other = (agent >= 0) & (agent != snapshot.visits.person[party.visits])
    found, count = np.unique(agent[other], return_counts=True)
    if not len(found):
        return -1
    best = int(found[count.argmax()])
    clients = np.unique(snapshot.visits.person[party.visits[agent == best]])
    return best if len(clients) >= 3 and count.max() >= 0.25 * len(agent) else -1
