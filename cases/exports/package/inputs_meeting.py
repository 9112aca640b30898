"""Background of a group's test: every visit in it, and the share of the rest of the crowd that came near it."""

import numpy as np

from cases.exports.package.look import Inputs, Look
from detectors.copresence.crowd import by_minute, unit_of
from detectors.copresence.groups import Group, Search
from detectors.copresence.meeting import _share, tested
from detectors.copresence.party import Party, party_of
from detectors.copresence.quick_alarm import QuickAlarm
from detectors.copresence.search import results
from detectors.finding import Finding
from detectors.snapshot import Snapshot


def meeting(look: Look) -> Inputs:
    """The visits of the group's test with their shares; patrons and days of its desks; the bursts."""
    party = _party(look)
    crowd, test = party.crowd, party.test
    shares = _share(crowd, test.row, party.reach)
    desks = np.unique(crowd.desk[test.row]).tolist()
    named = {desk: f"D{n}" for n, desk in enumerate(desks, start=1)}
    members = {unit: f"F{n}" for n, unit in enumerate(sorted(party.members.tolist()), start=1)}
    numbers = look.settlements(crowd.visit[test.row])
    rows = [
        {
            "settlement": numbers[n],
            "unit": members[int(crowd.unit[row])],
            "desk": named[int(crowd.desk[row])],
            "minute": int(crowd.minute[row]),
            "place_in_order": n,
            "share": float(shares[n]),
        }
        for n, row in enumerate(test.row.tolist())
    ]
    cuts = np.flatnonzero(np.diff(party.batch)) + 1
    return {
        "daily": crowd.daily,
        "reach": party.reach,
        "rows": rows,
        "units": len(party.members),
        "desks": crowd.desks,
        "places": {named[d]: look.snapshot.fixmedins_code([int(crowd.place[d])])[0] for d in desks},
        "patrons": {named[d]: int(crowd.patrons[d]) for d in desks},
        "open_days": {named[d]: int(crowd.open_days[d]) for d in desks},
        "nats": test.nats,
        "looks": _looks(look, party),
        "batches": [look.settlements(part) for part in np.split(party.visits, cuts)],
    }


def _looks(look: Look, party: Party) -> float:
    """What having tried several reaches cost: nothing for the quick alarm, whole days, or a group tested again."""
    if look.detector.name == "quick_alarm" or party.crowd.daily:
        return 0.0
    again = tested(party.crowd, party.members, party.reach).nats
    return max(0.0, float(again - party.test.nats)) if party.test.nats > 0 else float(np.log(len(Search().reaches)))


def _party(look: Look) -> Party:
    """The party behind the finding: it holds exactly the finding's records."""
    wanted = set(look.finding.records)
    for party in _parties(look.snapshot, look.finding, look.detector):
        if set(look.snapshot.setl_id(party.visits)) == wanted:
            return party
    raise LookupError(look.finding.identity)


def _parties(snapshot: Snapshot, finding: Finding, detector: object) -> list[Party]:
    if not isinstance(detector, QuickAlarm):
        return [one.cleaned.party for one in results(snapshot, Search())]
    crowd, unit = by_minute(snapshot), unit_of(snapshot)
    groups = []
    for members in detector._sets(crowd):
        test = tested(crowd, members, detector.minutes)
        if (test.batch >= 0).any():
            groups.append(party_of(snapshot, Group(members, crowd, detector.minutes, test), unit))
    return groups
