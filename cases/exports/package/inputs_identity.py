"""Background of several enrolments: how handles are shared in the county, which claims were equal, similarities."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa

from cases.codec import Json
from cases.exports.package.look import Inputs, Look
from detectors.finding import Grade
from detectors.identity_reuse.handles import KINDS, Handle, Meeting, meetings, sizes
from detectors.identity_reuse.likeness import Batches, Likeness, batches, likenesses
from detectors.identity_reuse.one_hand_ghosts import OneHandGhosts
from detectors.identity_reuse.same_face import SameFace
from detectors.identity_reuse.shared_handle import _SUSPECT, _TOP
from detectors.identity_reuse.templates import alike, galleries
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_HELD = "SELECT p FROM held WHERE kind = $1 AND value = $2 ORDER BY p"


def nothing(_look: Look) -> Inputs:
    """What it rests on are the records and the registers alone."""
    return {}


def similarities(look: Look) -> Inputs:
    """Similarities of the templates of these enrolments, without the templates."""
    detector = look.detector
    if not isinstance(detector, SameFace):
        raise TypeError(detector.name)
    own = {s.id for s in look.finding.subjects}
    found = []
    for gallery in galleries(look.snapshot).values():
        pairs = {(pair.a, pair.b): pair for pair in alike(gallery, detector.expected)}
        codes = sorted({code for pair in pairs for code in pair})
        numbers = dict(zip(codes, look.snapshot.psn_no(codes), strict=True))
        star = [code for code in codes if numbers[code] in own]
        inside = [pairs[key].similarity for key in combinations(star, 2) if key in pairs]
        if len(star) == len(own) and min(inside, default=0.0) == look.finding.chance.observed:
            found = inside
    return {"similarities": [float(value) for value in found]}


def handle(look: Look) -> Inputs:
    """How many enrolments share each of the largest values of this kind; the values themselves stay at home."""
    held = sizes(look.snapshot)
    kind = next(k for k in held if KINDS[k][0] is look.finding.anchor.type)
    shared = np.sort(held[kind][held[kind] >= 2])
    holders = int(look.finding.chance.observed)
    least = min(holders, int(shared[-(_TOP + _SUSPECT) :].min()))
    largest: list[Json] = [int(size) for size in shared[shared >= least]]
    return {"largest": largest, "kinds": len(held)}


@dataclass(frozen=True)
class _Core:
    """What one handle's holders settled at the place: their claims `rows`, the regular `members`, the better test."""

    handle: Handle
    rows: Ints
    members: Ints
    alike: Ints
    test: Batches
    by: str


def ghosts(look: Look) -> Inputs:
    """Every handle's holders' claims at the place, the rate of its commonest claim, how many were examined."""
    detector, snapshot = look.detector, look.snapshot
    if not isinstance(detector, OneHandGhosts):
        raise TypeError(detector.name)
    met = meetings(snapshot, detector.days, detector.most)
    snapshot.code("meeting", {"i": pa.array(sorted({meeting.place for meeting in met}), pa.int64())})
    known = likenesses(snapshot)
    place = next(s.id for s in look.finding.subjects if s.type is NodeType.INSTITUTION)
    wanted = {record for record, grade in look.finding.records.items() if grade is Grade.PROBABLE}
    there = [meeting for meeting in met if snapshot.fixmedins_code([meeting.place])[0] == place]
    cores = [core for meeting in there if (core := _core(snapshot, known, meeting)) is not None]
    own = [
        core
        for core in sorted(cores, key=lambda core: (core.test.p_value, core.handle))
        if len(core.members) >= detector.fewest and set(snapshot.setl_id(core.alike)) <= wanted
    ]
    equal = np.unique(np.concatenate([core.alike for core in own]))
    return {
        "cores": [
            {
                "rows": look.settlements(core.rows),
                "by": core.by,
                "rate": core.test.rate,
                "members": [look.person(int(p)) for p in core.members],
            }
            for core in own
        ],
        "fund": int(snapshot.visits.fund[equal].sum()),
        "examined": len(met),
    }


def _core(snapshot: Snapshot, known: tuple[Likeness, Likeness], meeting: Meeting) -> _Core | None:
    """Test one handle at one place as the detector does; None where nobody was in equal batches twice."""
    holders = snapshot.columns(_HELD, [meeting.handle.kind, meeting.handle.value])[0].astype(np.int64)
    there = np.flatnonzero((snapshot.visits.place == meeting.place) & (known[0].numbers >= 0))
    held = np.isin(snapshot.visits.person[there], holders)
    tests = [batches(snapshot, likeness, there[held], there[~held]) for likeness in known]
    best = min(range(2), key=lambda n: tests[n].p_value)
    members, often = np.unique(snapshot.visits.person[tests[best].alike], return_counts=True)
    members = members[often >= 2]
    alike = tests[best].alike[np.isin(snapshot.visits.person[tests[best].alike], members)]
    by = ("goods", "amount")[best]
    return _Core(meeting.handle, there[held], members, alike, tests[best], by) if len(members) else None
