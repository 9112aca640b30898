"""Whose hand holds the cards of several dead: one agent, or the same counter within the hour, again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import binom

from detectors.finding import Role, Subject
from detectors.shared_card.evidence import place_of
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

GAP = 60  # minutes between two cards of one errand, as in co-presence
TOGETHER = 2  # occasions together before chance is ruled out; a named agent needs none
_SHARE = 0.3  # of the busier card's uses that must be together: one hand holds both
_MOSTLY = 2 / 3  # of a dead person's late uses at one place: that is where the card is kept
_CHANCE = 1e-3  # of so many dead at one place by its share of all visits
_PLACE_SHARE = 0.1  # a place with less of the uses is not where it happens

_HANDS = """
    SELECT v, agent, agent_tel, card_no FROM visit SEMI JOIN late_visit USING (v) ORDER BY v
"""
_AGENT_PERSON = """
    SELECT psn_no FROM person WHERE certno = $1 AND die_date IS NULL ORDER BY psn_no LIMIT 1
"""


@dataclass(frozen=True)
class Hand:
    """Dead persons whose cards one hand holds, the occasions it used several, and who or where else."""

    persons: tuple[int, ...]
    batches: tuple[tuple[int, ...], ...]
    cards: tuple[str, ...]
    subjects: tuple[Subject, ...]


def hands(snapshot: Snapshot, late: Mapping[int, Ints]) -> list[Hand]:
    """Gather the dead whose cards are used together; `late` holds the visits after death of each."""
    persons = np.array(sorted(late), np.int64)
    if len(persons) < 2:
        return []
    visits = np.sort(np.concatenate([late[p] for p in persons.tolist()]))
    snapshot.code("late_visit", {"v": visits})
    shown = {row["v"]: row for row in snapshot.sql(_HANDS).to_pylist()}
    batches = batches_of(snapshot, visits)
    agents = {v: row["agent"] or row["agent_tel"] for v, row in shown.items() if row["agent"] or row["agent_tel"]}
    label = _joined(snapshot, late, persons, batches, agents)
    return [
        _hand(snapshot, persons[label == one], late, batches, shown)
        for one in np.flatnonzero(np.bincount(label) > 1).tolist()
    ]


def batches_of(snapshot: Snapshot, visits: Ints) -> list[tuple[int, ...]]:
    """Runs of visits of several persons at one place, none more than GAP minutes after the one before.

    A place without hours has one run a day.
    """
    seen = snapshot.visits
    moment = np.where(seen.timed[visits], seen.minute[visits], seen.day[visits] * 1440)
    order = np.lexsort((visits, moment, seen.place[visits]))
    visits, moment = visits[order], moment[order]
    new = (np.diff(seen.place[visits]) != 0) | (np.diff(moment) > GAP)
    runs = np.split(visits, np.flatnonzero(new) + 1)
    found = [tuple(run.tolist()) for run in runs if len(np.unique(seen.person[run])) > 1]
    return sorted(found, key=lambda run: (-len(run), run))


def _joined(
    snapshot: Snapshot,
    late: Mapping[int, Ints],
    persons: Ints,
    batches: Sequence[tuple[int, ...]],
    agents: Mapping[int, str],
) -> Ints:
    """Component of each dead person, joined by a named agent or by occasions together."""
    together: Counter[tuple[int, int]] = Counter()
    for batch in batches:
        there = np.unique(snapshot.visits.person[list(batch)]).tolist()
        together.update((a, b) for n, a in enumerate(there) for b in there[n + 1 :])
    uses = Counter(snapshot.visits.person[np.concatenate([late[p] for p in persons.tolist()])].tolist())
    pairs = [(a, b) for (a, b), times in together.items() if times >= max(TOGETHER, _SHARE * max(uses[a], uses[b]))]
    of_agent: dict[str, set[int]] = {}
    for v, agent in agents.items():
        of_agent.setdefault(agent, set()).add(int(snapshot.visits.person[v]))
    pairs += [(min(members), p) for members in of_agent.values() for p in sorted(members) if p != min(members)]
    label = dict(zip(persons.tolist(), _components(persons, pairs).tolist(), strict=True))
    size = Counter(label.values())
    for there in _kept_at_one_place(snapshot, late):
        hands = {label[person] for person in there if size[label[person]] > 1}
        # Two hands known at one place stay apart, and nobody says which of them a lone card is in.
        joins = there if len(hands) <= 1 else [person for person in there if size[label[person]] == 1]
        pairs += [(joins[0], person) for person in joins[1:]]
    return _with_newcomers(snapshot, persons, _components(persons, pairs), batches, uses)


def _kept_at_one_place(snapshot: Snapshot, late: Mapping[int, Ints]) -> list[list[int]]:
    """The dead whose cards are used at one place, where they are more than its share of all visits brings."""
    of_place: dict[int, list[int]] = {}
    for person, visits in sorted(late.items()):
        places, uses = np.unique(snapshot.visits.place[visits], return_counts=True)
        if len(visits) >= TOGETHER and uses.max() >= _MOSTLY * len(visits):
            of_place.setdefault(int(places[uses.argmax()]), []).append(person)
    shares = np.bincount(snapshot.visits.place, minlength=snapshot.places) / max(1, len(snapshot.visits.place))
    settled = sum(map(len, of_place.values()))
    return [
        members
        for place, members in of_place.items()
        if binom.sf(len(members) - 1, settled, shares[place]) * max(1, len(of_place)) < _CHANCE
    ]


def _with_newcomers(
    snapshot: Snapshot, persons: Ints, label: Ints, batches: Sequence[tuple[int, ...]], uses: Mapping[int, int]
) -> Ints:
    """Add the dead who came too seldom for a pair, but in the midst of a hand's other cards."""
    size = np.bincount(label)
    joining: Counter[tuple[int, int]] = Counter()
    for batch in batches:
        there = np.unique(snapshot.visits.person[list(batch)])
        labels = label[np.searchsorted(persons, there)]
        known = labels[size[labels] > 1]
        if len(known) >= TOGETHER and len(np.unique(known)) == 1:
            core = int(persons[label == known[0]][0])
            joining.update((core, int(p)) for p in there[size[labels] == 1])
    pairs = [(core, p) for (core, p), times in joining.items() if times >= _SHARE * uses[p]]
    old = [(int(persons[label == one].min()), int(p)) for one in np.unique(label) for p in persons[label == one]]
    return _components(persons, old + pairs)


def _components(persons: Ints, pairs: Sequence[tuple[int, int]]) -> Ints:
    ends = np.searchsorted(persons, np.array(pairs, np.int64).reshape(-1, 2))
    size = len(persons)
    links = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(size, size))
    label: Ints = connected_components(links, directed=False)[1].astype(np.int64)
    return label


def _hand(
    snapshot: Snapshot,
    persons: Ints,
    late: Mapping[int, Ints],
    batches: Sequence[tuple[int, ...]],
    shown: Mapping[int, Mapping[str, object]],
) -> Hand:
    members = set(persons.tolist())
    own = [tuple(v for v in batch if int(snapshot.visits.person[v]) in members) for batch in batches]
    own = [batch for batch in own if len(set(snapshot.visits.person[list(batch)].tolist())) > 1]
    visits = np.concatenate([late[p] for p in persons.tolist()])
    places, uses = np.unique(snapshot.visits.place[visits], return_counts=True)
    cards = {str(shown[v]["card_no"]) for v in visits.tolist() if shown[v]["card_no"]}
    agents = {str(shown[v]["agent"]) for v in visits.tolist() if shown[v]["agent"]}
    found = [snapshot.sql(_AGENT_PERSON, [agent]).column(0).to_pylist() for agent in sorted(agents)]
    return Hand(
        persons=tuple(persons.tolist()),
        batches=tuple(own),
        cards=tuple(sorted(cards)),
        subjects=(
            *(Subject(NodeType.PERSON, psn, Role.HOLDER) for psn in snapshot.psn_no(persons)),
            *(Subject(NodeType.PERSON, names[0], Role.COLLECTOR) for names in found if names),
            *(place_of(snapshot, int(place)) for place in places[uses >= _PLACE_SHARE * len(visits)]),
        ),
    )
