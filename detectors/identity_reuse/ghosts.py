"""Groups that share a handle, settle alike on common days at one place, and live nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pyarrow as pa

from claims.language import N_
from detectors.finding import Trial, say
from detectors.identity_reuse.handles import KINDS, Handle, Meeting, meetings
from detectors.identity_reuse.likeness import Batches, Likeness, common_days, commonest, likenesses, tested
from detectors.snapshot import Flags, Ints, Snapshot, kept

_OVERLAP = 0.5  # of the smaller group: then two handles belong to one group
_IDLE = 0.6  # share of members without another life from which a group is no crowd of ordinary people

_HELD = """
    SELECT kind, value, list(p ORDER BY p) AS people FROM held SEMI JOIN met_handle USING (kind, value)
    GROUP BY kind, value
"""
_DIAGNOSES = "SELECT v, diag_code FROM visit WHERE v IN (SELECT unnest($1)) AND diag_code IS NOT NULL"
_AGENT = "SELECT p FROM person WHERE certno = $1 ORDER BY p LIMIT 1"
_SURNAMES = "SELECT count(DISTINCT left(psn_name, 1)) FROM person WHERE p IN (SELECT unnest($1))"
_TIES = """
    SELECT a.p AS a, b.p AS b FROM relations JOIN person AS a ON a.psn_no = relations.psn_no
    JOIN person AS b ON b.psn_no = rel_psn_no WHERE rel_type <> '2'
"""


@dataclass(frozen=True)
class Ghosts:
    """One group: `members` (codes p), `hands` who hold the handle too but live, `place` (code i).

    `visits` are the members' at the place, `alike` those equal to another of their day; `holders`
    counts members by handle; `rate` is the share of the place's commonest claim among others.
    """

    handles: tuple[Handle, ...]
    holders: tuple[int, ...]
    members: tuple[int, ...]
    hands: tuple[int, ...]
    place: int
    visits: Ints
    alike: Ints
    days: int
    idle: int
    expected: float
    rate: float
    p_value: float
    examined: int
    trials: tuple[Trial, ...]
    diagnoses: Mapping[int, str]


@dataclass(frozen=True)
class _Core:
    """What one handle shows at one place."""

    handle: Handle
    place: int
    members: Ints
    test: Batches

    @property
    def p_value(self) -> float:
        """Chance of the better of the two likenesses, either having been tried."""
        return min(1.0, 2 * self.test.p_value)


def find_ghosts(snapshot: Snapshot, fewest: int, days: int, most: int, elsewhere: float) -> list[Ghosts]:
    """Test each handle at each place where its holders meet, most surprising first."""
    met = meetings(snapshot, days, most)
    snapshot.code("meeting", {"i": pa.array(sorted({meeting.place for meeting in met}), pa.int64())})
    if not met:
        return []
    known = likenesses(snapshot)
    named = {name: pa.array([getattr(one.handle, name) for one in met], pa.string()) for name in ("kind", "value")}
    snapshot.code("met_handle", named)
    held = {
        Handle(kind, value): np.array(people, np.int64) for kind, value, people in snapshot.db.execute(_HELD).fetchall()
    }
    cores: list[_Core] = []
    for place, here in groupby(sorted(met, key=lambda one: one.place), key=lambda one: one.place):
        crowd = _crowd(snapshot, known, place)
        tried = (_core(snapshot, crowd, held[meeting.handle], meeting, fewest, days) for meeting in here)
        cores += [core for core in tried if core is not None]
    merged = _merged(sorted(cores, key=lambda core: (core.p_value, core.handle, core.place)))
    every = [core.test.alike for core in cores]
    asked = np.unique(np.concatenate(every)).tolist() if every else []
    diagnoses = dict(snapshot.db.execute(_DIAGNOSES, [asked]).fetchall())
    return [_described(snapshot, group, held, elsewhere, len(met), diagnoses) for group in merged]


@dataclass(frozen=True)
class _Crowd:
    """What is claimed at one place: how many claims are looked at, and each likeness with its commonest claim."""

    place: int
    size: int
    known: Sequence[tuple[Likeness, Callable[[Ints], int]]]


def _crowd(snapshot: Snapshot, known: Sequence[Likeness], place: int) -> _Crowd:
    there = snapshot.rows_at([place])
    there = there[known[0].numbers[there] >= 0]
    return _Crowd(place, len(there), [(likeness, commonest(likeness, there)) for likeness in known])


def _core(snapshot: Snapshot, crowd: _Crowd, holders: Ints, meeting: Meeting, fewest: int, days: int) -> _Core | None:
    """Members who took part in equal batches twice or more, and the chance of these batches."""
    rows = snapshot.rows_of(holders)
    rows = rows[(snapshot.visits.place[rows] == crowd.place) & (crowd.known[0][0].numbers[rows] >= 0)]
    others = crowd.size - len(rows)
    together = common_days(snapshot, rows)
    tests = [tested(likeness, together, common(rows), others) for likeness, common in crowd.known]
    best = min(tests, key=lambda test: test.p_value)
    members, often = np.unique(snapshot.visits.person[best.alike], return_counts=True)
    members = members[often >= 2]
    alike = best.alike[np.isin(snapshot.visits.person[best.alike], members)]
    if len(members) < fewest or len(np.unique(snapshot.visits.day[alike])) < days:
        return None
    return _Core(meeting.handle, meeting.place, members, replace(best, alike=np.sort(alike)))


def _merged(cores: list[_Core]) -> list[list[_Core]]:
    """Cores of one place that share most members, the most surprising first in each group."""
    groups: list[list[_Core]] = []
    for core in cores:
        for group in groups:
            lead = group[0]
            common = len(np.intersect1d(lead.members, core.members))
            if lead.place == core.place and common >= _OVERLAP * min(len(lead.members), len(core.members)):
                group.append(core)
                break
        else:
            groups.append([core])
    return groups


def _described(
    snapshot: Snapshot,
    group: list[_Core],
    held: Mapping[Handle, Ints],
    elsewhere: float,
    examined: int,
    diagnoses: Mapping[int, str],
) -> Ghosts:
    lead = group[0]
    visits = snapshot.visits
    members = np.unique(np.concatenate([core.members for core in group]))
    rows = snapshot.rows_of(members)
    rows = rows[visits.place[rows] == lead.place]
    alike = np.unique(np.concatenate([core.test.alike for core in group]))
    lives = _lives(snapshot, members, lead.place, elsewhere)
    order = sorted(range(len(group)), key=lambda n: (list(KINDS).index(group[n].handle.kind), group[n].handle))
    handles = tuple(dict.fromkeys(group[n].handle for n in order))
    holders = tuple(max(len(core.members) for core in group if core.handle == handle) for handle in handles)
    return Ghosts(
        handles=handles,
        holders=holders,
        members=tuple(members.tolist()),
        hands=_hands(snapshot, handles, held, members),
        place=lead.place,
        visits=rows,
        alike=alike,
        days=len(np.unique(visits.day[alike])),
        idle=int((~lives).sum()),
        expected=lead.test.expected,
        rate=lead.test.rate,
        p_value=min(1.0, lead.p_value * examined),
        examined=examined,
        trials=_trials(snapshot, members, lives),
        diagnoses={v: diagnoses[v] for v in alike.tolist() if v in diagnoses},
    )


def _lives(snapshot: Snapshot, members: Ints, place: int, elsewhere: float) -> Flags:
    """Which members have a life of their own: most of their visits elsewhere."""
    rows = snapshot.rows_of(members)
    person = np.searchsorted(members, snapshot.visits.person[rows])
    total = np.bincount(person, minlength=len(members))
    away = np.bincount(person, snapshot.visits.place[rows] != place, minlength=len(members))
    found: Flags = away >= elsewhere * np.maximum(1, total)
    return found


def _hands(
    snapshot: Snapshot, handles: tuple[Handle, ...], held: Mapping[Handle, Ints], members: Ints
) -> tuple[int, ...]:
    """Who holds the handles and is no member: the agent, or the one person beside the members."""
    found: set[int] = set()
    for handle in handles:
        if handle.kind == "agent":
            found |= {int(row[0]) for row in snapshot.db.execute(_AGENT, [handle.value]).fetchall()}
        elif handle.kind != "agent_tel":
            beside = np.setdiff1d(held[handle], members)
            found |= {int(beside[0])} if len(beside) == 1 else set()
    return tuple(sorted(found - set(members.tolist())))


@kept
def _ties(snapshot: Snapshot) -> tuple[Ints, Ints]:
    """Both sides of every registered relation but that of an agent."""
    a, b = (column.astype(np.int64) for column in snapshot.columns(_TIES))
    return a, b


def _related(snapshot: Snapshot, members: Ints) -> int:
    """How many members have a registered relative outside the group."""
    inside = np.zeros(snapshot.persons, np.bool_)
    inside[members] = True
    a, b = _ties(snapshot)
    outward = inside[a] != inside[b]
    return len(np.unique(np.where(inside[a], a, b)[outward]))


def _trials(snapshot: Snapshot, members: Ints, lives: Flags) -> tuple[Trial, ...]:
    """Ordinary people who share a handle: they live elsewhere too, have families outside, or are one family."""
    people = members.tolist()
    living = float(lives.mean())
    related = _related(snapshot, members) / len(people)
    surnames = int(snapshot.scalar(_SURNAMES, [people]))
    one_family = 0 < surnames <= 2
    return (
        Trial(
            "own_life",
            1.0 if living > 1 - _IDLE else living,
            say(N_("{share:.0%} of them go to other places as well: people with a life of their own."), share=living),
        ),
        Trial(
            "families",
            1.0 if related > 1 - _IDLE else related,
            say(N_("{share:.0%} of them have registered relatives outside the group."), share=related),
        ),
        Trial(
            "one_family",
            float(one_family),
            say(N_("They bear {count} surnames."), count=surnames),
        ),
    )
