"""Taking lawful people out of a group, and testing again what is left.

A ring may hide among the residents of a nursing home, the riders of a bus, the clients of a village
doctor; and such a group may have swept up a few strangers. Whoever the shield explains, alone or with
those who share the address, employer or agent, is set aside, and the rest must pass the same
test again, without them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from claims.language import N_
from detectors.copresence.attach import settled
from detectors.copresence.groups import Found, Group, Search
from detectors.copresence.meeting import tested
from detectors.copresence.party import Party, party_of
from detectors.finding import EXPLAINED, Trial, say
from detectors.lawful import Explanation, Gathering, union_share
from detectors.lawful.families import RegisteredAgent, agents
from detectors.lawful.measures import employers, homes
from detectors.lawful.residence import Employer, Residence
from detectors.lawful.shield import EXPLANATIONS, SAME_DAYS
from detectors.snapshot import Flags, Ints, Snapshot

_SOME = 0.1  # explained share from which the rest is tested by itself
_ONE_HAND = 0.65  # of the settlements on the same days; a crowd spreads over clerks and kinds of credential
_FEW = 4  # persons of one address, employer or agent (half of all at least) that are tried by themselves


@dataclass(frozen=True)
class Cleaned:
    """A party with the innocent explanations tried on it; `union` is the share all explain together."""

    party: Party
    trials: tuple[Trial, ...]
    union: float


def cleaned(snapshot: Snapshot, found: Found, unit: Ints, search: Search) -> Iterator[Cleaned]:
    """Parties of all groups: explained ones as they are, others without whom the shield explains."""
    for group in found.groups:
        party = party_of(snapshot, group, unit)
        one = _tried(snapshot, party, search)
        lawful = _lawful(snapshot, party) if one.union < EXPLAINED else np.empty(0, np.int64)
        rest = _without(group, unit, lawful, search) if len(lawful) else None
        if rest is not None:
            one = _tried(snapshot, party_of(snapshot, rest, unit), search)
        elif len(lawful):
            one = replace(one, trials=(*one.trials, _parts(snapshot, party, lawful)), union=1.0)
        yield one


def _tried(snapshot: Snapshot, party: Party, search: Search) -> Cleaned:
    """Try the shield, the clerks of a pharmacy's same days, and the test without explained batches."""
    explanations = SAME_DAYS if party.crowd.daily else EXPLANATIONS
    flags, trials = zip(*(one.explained(snapshot, party.gathering) for one in explanations), strict=True)
    explained, union = np.logical_or.reduce(flags), union_share(flags)
    desks = party.crowd.desk[party.test.row]
    if party.crowd.daily and party.crowd.pharmacy[desks].any():
        trials = (*trials, one_hand(snapshot, party))
        union = max(union, trials[-1].explains)
    if _SOME <= union < EXPLAINED:
        trials = (*trials, _batches(party, explained, search))
        union = max(union, trials[-1].explains)
    return Cleaned(party, trials, union)


def _batches(party: Party, explained: Flags, search: Search) -> Trial:
    """Test the group again on the batches that are not mostly explained."""
    lawful = np.bincount(party.batch, explained) >= 0.5 * np.bincount(party.batch)
    crowd, visits = party.crowd, party.visits[lawful[party.batch]]
    test = tested(crowd, party.members, party.reach, without=crowd.rows_with(visits))
    says = say(
        N_("Without the {count} of {batches} batches that are mostly explained, {left} of {visits} visits are joined."),
        count=int(lawful.sum()),
        batches=party.batches,
        left=test.observed,
        visits=test.visits,
    )
    return Trial("lawful_batches", 0.0 if test.nats >= search.line else EXPLAINED, says)


def _lawful(snapshot: Snapshot, party: Party) -> Ints:
    """Persons explained together with those who share the address, employer or agent with them.

    Only the explanation that rests on what they share is tried: a part cut out by village would
    look like one village's bus whatever it is.
    """
    person = snapshot.visits.person[party.visits]
    agent = np.full(snapshot.persons, -1, np.int64)
    agent[person] = agents(snapshot)[party.visits]
    explained: set[int] = set()
    tries: tuple[tuple[Ints, Explanation], ...] = (
        (homes(snapshot), Residence()),
        (employers(snapshot), Employer()),
        (agent, RegisteredAgent()),
    )
    for code, explanation in tries:
        for value in np.unique(code[party.persons]):
            some = party.persons[code[party.persons] == value]
            if value < 0 or len(some) < max(_FEW, len(party.persons) / 2) or len(some) == len(party.persons):
                continue
            inside = np.isin(person, some)
            part = Gathering(some, party.visits[inside], party.batch[inside])
            if explanation.explained(snapshot, part)[1].explains >= EXPLAINED:
                explained.update(some.tolist())
    return np.array(sorted(explained), np.int64)


def _without(group: Group, unit: Ints, lawful: Ints, search: Search) -> Group | None:
    """Return the group without some persons, where it still passes the test."""
    left = np.setdiff1d(group.members, unit[lawful])
    if len(left) < search.smallest:
        return None
    left = settled(group.crowd, left, group.reach, search.smallest, grows=False)
    if not len(left):
        return None
    test = tested(group.crowd, left, group.reach)
    return Group(left, group.crowd, group.reach, test) if test.nats >= search.line else None


def one_hand(snapshot: Snapshot, party: Party) -> Trial:
    """Try whether regulars of a discount day explain a pharmacy's same days: they come through any clerk.

    Of all their settlements there on those days, those of one clerk with a card shown are counted.
    """
    visits, rows = snapshot.visits, snapshot.rows_of(party.persons)
    when, met = (visits.place[of] * max(1, snapshot.days) + visits.day[of] for of in (rows, party.visits))
    there = rows[np.isin(when, met)]
    pair = np.column_stack([visits.place[there], party.crowd.desk_of[there]])
    desk, count = np.unique(pair[pair[:, 1] >= 0], axis=0, return_counts=True)
    most = np.zeros(snapshot.places, np.int64)
    np.maximum.at(most, desk[:, 0], count)
    share = float(most.sum() / max(1, len(there)))
    says = say(
        N_("{share:.0%} of what they settled there on these days went through one clerk with the card shown."),
        share=share,
    )
    return Trial("discount_day", 0.0 if share >= _ONE_HAND else 1.0, says)


def _parts(snapshot: Snapshot, party: Party, lawful: Ints) -> Trial:
    inside = np.isin(snapshot.visits.person[party.visits], lawful)
    says = say(
        N_(
            "{count} of the {size} persons belong to lawful groups of one address, employer or agent; "
            "without them the rest do not come together more than chance allows."
        ),
        count=len(lawful),
        size=len(party.persons),
    )
    # What is left fails the test, so the lawful parts account for all that was beyond chance.
    return Trial("lawful_parts", max(EXPLAINED, float(inside.mean())), says)
