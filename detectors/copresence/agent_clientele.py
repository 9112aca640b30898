"""One agent behind the cards of many families at many tills: cards spread so that no till sees a burst."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from claims.language import N_
from detectors.contract import Need
from detectors.copresence.hands import Hand, hands
from detectors.copresence.telling import cards_of
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Subject, say, strength_of
from detectors.lawful import Gathering, weaken
from detectors.lawful.shield import TIES, shield
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType


@dataclass(frozen=True)
class AgentClientele:
    """Agents who act for several families they are not registered for, at several institutions.

    A village doctor or an escort acts for many too, but at one place. `families`: fewer than five may
    be neighbours' favours; `places`: two may be a clinic and the pharmacy beside it.
    """

    families: int = 5
    places: int = 3
    name: str = "agent_clientele"
    version: str = "1"
    title: str = N_("One agent behind the cards of many families")
    kinds: tuple[str, ...] = ("shared_card/hoarded_spread",)
    needs: tuple[Need, ...] = (
        Need("settlements", ("agnter_certno",)),
        Need("settlements", ("agnter_tel",), vital=False),
        Need("relations", ("rel_psn_no",), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding for each such agent."""
        found, examined = hands(snapshot)
        for hand in found:
            places = len(np.unique(snapshot.visits.place[hand.visits]))
            if hand.families >= self.families and places >= self.places:
                p_value = float(binom.sf(hand.away - 1, len(hand.visits), hand.usual)) * examined
                yield self._finding(snapshot, hand, min(1.0, p_value), examined)

    def _finding(self, snapshot: Snapshot, hand: Hand, p_value: float, examined: int) -> Finding:
        rows = hand.visits
        persons = np.unique(snapshot.visits.person[rows])
        occasion = snapshot.visits.place[rows] * max(1, snapshot.days) + snapshot.visits.day[rows]
        batch = np.unique(occasion, return_inverse=True)[1].astype(np.int64)
        trials, union = shield(snapshot, Gathering(persons, rows, batch), TIES)
        strength = strength_of(p_value)
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=_anchor(snapshot, hand),
            subjects=_subjects(snapshot, hand, persons),
            strength=strength,
            score=weaken(strength, trials, union),
            statement=say(
                N_(
                    "One agent stands behind {count} settlements of {persons} persons from {families} families at "
                    "{places} institutions, and is registered for none of them."
                ),
                count=len(rows),
                persons=len(persons),
                families=hand.families,
                places=len(np.unique(snapshot.visits.place[rows])),
            ),
            chance=_chance(hand, p_value),
            records=dict.fromkeys(snapshot.setl_id(rows), Grade.PROBABLE),
            evidence=_evidence(snapshot, rows),
            trials=trials,
            denominator=examined,
            denominator_of=say(N_("agents named in settlements")),
            data_version=snapshot.data_version,
            details={"families": float(hand.families), "usual_elsewhere": hand.usual},
        )


def _anchor(snapshot: Snapshot, hand: Hand) -> Subject:
    if hand.agent >= 0:
        return Subject(NodeType.PERSON, snapshot.psn_no([hand.agent])[0], Role.COLLECTOR)
    if hand.name.startswith("T"):
        return Subject(NodeType.PHONE, "".join(filter(str.isdigit, hand.name)), Role.HANDLE)
    first = int(snapshot.visits.person[hand.visits[0]])
    return Subject(NodeType.PERSON, snapshot.psn_no([first])[0], Role.LENDER)


def _subjects(snapshot: Snapshot, hand: Hand, persons: Ints) -> tuple[Subject, ...]:
    place, count = np.unique(snapshot.visits.place[hand.visits], return_counts=True)
    found = [_anchor(snapshot, hand)]
    found += [Subject(NodeType.PERSON, one, Role.LENDER) for one in snapshot.psn_no(persons)]
    found += [Subject(NodeType.CARD, card, Role.CARD) for card in cards_of(snapshot, hand.visits)]
    many = place[count >= 0.05 * count.sum()]
    found += [Subject(NodeType.INSTITUTION, one, Role.PLACE) for one in snapshot.fixmedins_code(many)]
    return tuple(found)


def _chance(hand: Hand, p_value: float) -> Chance:
    return Chance(
        statistic=say(
            N_("of {count} settlements for families it is not registered for, those away from its usual place"),
            count=len(hand.visits),
        ),
        observed=float(hand.away),
        expected=len(hand.visits) * hand.usual,
        p_value=p_value,
        null=say(
            N_(
                "The agent keeps to one place as other agents do ({share:.0%} of theirs are elsewhere); corrected for "
                "all agents."
            ),
            share=hand.usual,
        ),
    )


def _evidence(snapshot: Snapshot, rows: Ints) -> tuple[Evidence, ...]:
    """One line for each institution, that with most persons first."""
    lines = []
    for place in np.unique(snapshot.visits.place[rows]):
        there = rows[snapshot.visits.place[rows] == place]
        persons = len(np.unique(snapshot.visits.person[there]))
        says = say(
            N_("{place}: {count} settlements of {persons} persons on {days} days; the fund paid {fund} yuan."),
            place=snapshot.place_names[int(place)],
            count=len(there),
            persons=persons,
            days=len(np.unique(snapshot.visits.day[there])),
            fund=f"{snapshot.visits.fund[there].sum() / 100:.2f}",
        )
        lines.append((-persons, -len(there), int(place), Evidence(says, tuple(snapshot.setl_id(there)))))
    return tuple(line[-1] for line in sorted(lines, key=lambda line: line[:3]))
