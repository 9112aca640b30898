"""Hands that act for many: agents by certificate or telephone, and the families they are not registered for."""

from dataclasses import dataclass

import numpy as np

from detectors.copresence.crowd import unit_of
from detectors.copresence.pairs import Floats
from detectors.lawful.families import agents, related
from detectors.snapshot import Ints, Snapshot, kept

_FLOOR = 0.05  # share of an ordinary agent's settlements away from the usual place, at least
# A telephone that goes with one certificate stands for it where the certificate was not noted.
_HANDS = """
    WITH owner AS (
        SELECT agent_tel, min(agent) AS owner FROM visit WHERE agent IS NOT NULL
        GROUP BY agent_tel HAVING count(DISTINCT agent) = 1
    )
    SELECT v, coalesce('C' || coalesce(agent, owner), 'T' || agent_tel) AS hand
    FROM visit LEFT JOIN owner USING (agent_tel)
    WHERE agent IS NOT NULL OR agent_tel IS NOT NULL ORDER BY v
"""


@dataclass(frozen=True)
class Hand:
    """One agent: `visits` made for families not registered with it, `away` of them not at its usual place.

    `usual` is the share of such settlements among the county's other agents; `agent` the insured
    person, -1 where the certificate is nobody's.
    """

    name: str
    agent: int
    visits: Ints
    families: int
    away: int
    usual: float


@kept
def hands(snapshot: Snapshot) -> tuple[tuple[Hand, ...], int]:
    """All agents with clients they are not registered for, and the count of all agents."""
    rows, names = snapshot.columns(_HANDS)
    if not len(rows):
        return (), 0
    settled = rows.astype(np.int64)
    name, hand = np.unique(names.astype(str), return_inverse=True)
    person, agent = snapshot.visits.person[settled], agents(snapshot)[settled]
    strange = ~related(snapshot, person, agent)
    at_usual = _at_usual(hand, snapshot.visits.place[settled])
    count, away = np.bincount(hand), np.bincount(hand[~at_usual], minlength=len(name))
    usual = _elsewhere(count, away)
    found = []
    order = np.argsort(hand, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(hand[order])) + 1):
        mine = part[strange[part]]
        if len(mine):
            number, families = int(hand[part[0]]), len(np.unique(unit_of(snapshot)[person[mine]]))
            elsewhere = int((~at_usual[mine]).sum())
            found.append(
                Hand(
                    str(name[number]), int(agent[mine].max()), settled[mine], families, elsewhere, float(usual[number])
                )
            )
    return tuple(found), len(name)


def _at_usual(hand: Ints, place: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether each settlement is at the place its hand uses most."""
    pair, which, count = np.unique(np.column_stack([hand, place]), axis=0, return_inverse=True, return_counts=True)
    order = np.lexsort((pair[:, 1], -count, pair[:, 0]))
    first = order[np.unique(pair[order, 0], return_index=True)[1]]
    best = np.zeros(len(pair), np.bool_)
    best[first] = True
    return best[which.ravel()]


def _elsewhere(count: Ints, away: Ints) -> Floats:
    """Share of settlements away from the usual place among the *other* agents, robustly.

    The largest tenth by settlements away is left out: it may be the ring itself.
    """
    line = np.quantile(away, 0.9)
    plain = away <= line
    total, gone = float(count[plain].sum()), float(away[plain].sum())
    share = (gone - away * plain + _FLOOR * 20) / (total - count * plain + 20)
    found: Floats = np.maximum(share, _FLOOR)
    return found
