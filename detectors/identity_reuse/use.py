"""Who gains: whether several enrolments are in use at one time, or one after its owner's death."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Evidence, Grade, Trial, say
from detectors.snapshot import Ints, Snapshot, kept

_LINES = 12

_DEATHS = "SELECT coalesce(date_diff('day', origin, die_date), $1) FROM person CROSS JOIN calendar ORDER BY p"
_ALIVE = 10**9


@dataclass(frozen=True)
class Use:
    """Settlements of some enrolments taken together.

    `turns` counts how often use passes from one enrolment to another; `records` grades every
    settlement: those on days when several were used, or after a death, are probable, the rest may
    be care that one enrolment alone would have paid for. `trials` say when nobody gains.
    `anchor` is the enrolment (psn_no) of the earliest settlement: it stays when others join.
    """

    members: tuple[int, ...]
    anchor: str
    visits: int
    fund: int
    turns: int
    records: Mapping[str, Grade]
    evidence: tuple[Evidence, ...]
    trials: tuple[Trial, ...]


def use_of(snapshot: Snapshot, members: tuple[int, ...]) -> Use:
    """Describe how `members` (codes p) are used together."""
    rows = snapshot.rows_of(members)
    visits = snapshot.visits
    turns = switches(snapshot, rows)
    after = _after_death(snapshot, members, rows)
    doubled = _doubled(snapshot, rows)
    probable = set(doubled.tolist()) | set(after.tolist())
    grades = {
        number: Grade.PROBABLE if v in probable else Grade.CONTESTED
        for v, number in zip(rows.tolist(), snapshot.setl_id(rows), strict=True)
    }
    first = int(visits.person[rows[0]]) if len(rows) else min(members)
    return Use(
        members=members,
        anchor=snapshot.psn_no([first])[0],
        visits=len(rows),
        fund=int(visits.fund[rows].sum()),
        turns=turns,
        records=grades,
        evidence=tuple(_lines(snapshot, rows)),
        trials=_nobody_gains(snapshot, rows, turns, len(after)),
    )


def switches(snapshot: Snapshot, rows: Ints) -> int:
    """How often the enrolment in use changes from one visit to the next."""
    person = snapshot.visits.person[rows]
    return int((person[1:] != person[:-1]).sum())


def _doubled(snapshot: Snapshot, rows: Ints) -> Ints:
    """Visits on days on which more than one of the enrolments was used."""
    day, person = snapshot.visits.day[rows], snapshot.visits.person[rows]
    pairs = np.unique(np.column_stack([day, person]), axis=0)
    days, count = np.unique(pairs[:, 0], return_counts=True)
    found: Ints = rows[np.isin(day, days[count > 1])]
    return found


@kept
def _deaths(snapshot: Snapshot) -> Ints:
    """Day of death of every person, counted from the first visit; far away for the living."""
    return snapshot.columns(_DEATHS, [_ALIVE])[0].astype(np.int64)


def _after_death(snapshot: Snapshot, members: tuple[int, ...], rows: Ints) -> Ints:
    """Visits under one enrolment on days after another's death."""
    deaths = _deaths(snapshot)
    found = np.zeros(len(rows), np.bool_)
    for member in members:
        others = snapshot.visits.person[rows] != member
        found |= others & (snapshot.visits.day[rows] > deaths[member])
    after: Ints = rows[found]
    return after


def _nobody_gains(snapshot: Snapshot, rows: Ints, turns: int, after: int) -> tuple[Trial, ...]:
    used = np.unique(snapshot.visits.person[rows], return_counts=True)[1]
    if after >= 2:
        return ()
    if len(used) < 2:
        return (Trial("not_used", 1.0, say(N_("Only one of the enrolments is used: a double in the register."))),)
    if turns < len(used) or np.sort(used)[-2] < 2:
        sentence = N_("One enrolment followed another (use passed on {turns} times): moved, or changed the scheme.")
        return (Trial("followed", 1.0, say(sentence, turns=turns)),)
    result = say(N_("They are used in turn: use passed from one to another {turns} times."), turns=turns)
    return (Trial("followed", 0.0, result),)


def _lines(snapshot: Snapshot, rows: Ints) -> list[Evidence]:
    """One line for each day on which several of the enrolments were used at one place, first of all."""
    visits = snapshot.visits
    cell = visits.place[rows] * max(1, snapshot.days) + visits.day[rows]
    lines = []
    for value in np.unique(cell):
        there = rows[cell == value]
        people = np.unique(visits.person[there])
        if len(people) > 1:
            lines.append((-len(people), int(visits.day[there[0]]), there, len(people)))
    return [_line(snapshot, there, count) for _, _, there, count in sorted(lines, key=lambda x: x[:2])[:_LINES]]


def _line(snapshot: Snapshot, there: Ints, count: int) -> Evidence:
    visits = snapshot.visits
    sentence = say(
        N_("{day}, {place}: {count} of the enrolments, {visits} settlements, {fund:.2f} yuan from the fund."),
        day=snapshot.date_of(int(visits.day[there[0]])).isoformat(),
        place=snapshot.place_names[int(visits.place[there[0]])],
        count=count,
        visits=len(there),
        fund=int(visits.fund[there].sum()) / 100,
    )
    return Evidence(sentence, tuple(snapshot.setl_id(there)))
