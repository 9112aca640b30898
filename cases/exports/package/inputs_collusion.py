"""Background of stays, beds, prescriptions, boxes, quotas and dense blocks."""

from math import log

import numpy as np

from cases.codec import Json
from cases.exports.package.look import Inputs, Look
from detectors.collusion.batches import batches, gathered
from detectors.collusion.box_groups import ONE_SOURCE, BoxGroup, box_groups
from detectors.collusion.boxes import Returns, returns
from detectors.collusion.census import crowded
from detectors.collusion.chance import log_choose
from detectors.collusion.clashes import covers
from detectors.collusion.dense_blocks import DenseBlocks
from detectors.collusion.dense_finding import DenseBlock
from detectors.collusion.flows import fills
from detectors.collusion.overbooked_beds import OverbookedBeds, _batch_of
from detectors.collusion.peeling import repeated
from detectors.collusion.phantom_stays import PhantomStays
from detectors.collusion.signs import signs
from detectors.collusion.stays import Stays, clashing, real_beds, stays
from detectors.collusion.steering import steerings
from detectors.collusion.supply import SPARE, supplies
from detectors.lawful.units import units
from detectors.snapshot import Ints
from graph.model import NodeType


def phantom(look: Look) -> Inputs:
    """Batches with what was expected of each, the signs with their rates, how many groups were tested."""
    detector = look.detector
    if not isinstance(detector, PhantomStays):
        raise TypeError(detector.name)
    snapshot, found = look.snapshot, stays(look.snapshot)
    candidates = batches(found, units(snapshot), detector.fewest)
    suspect = np.concatenate([batch.rows for batch in candidates])
    groups, wanted = gathered(found, candidates), set(look.finding.records)
    for group in groups:
        rows = np.unique(np.concatenate([batch.rows for batch in group]))
        shown = signs(found, rows, suspect)
        told = detector._marked(rows, {sign.name: (sign.p_value, sign.rows) for sign in shown})
        if set(snapshot.setl_id(found.visit[told])) != wanted:
            continue
        kept = [np.intersect1d(batch.rows, told) for batch in group]
        errands = found.errand[told]
        look.settlements(errands[errands >= 0])
        return {
            "batches": [look.settlements(found.visit[part]) for part in kept],
            "expected": [batch.expected for batch in group],
            "together": min(batch.p_value for batch in group),
            "groups": len(groups),
            "signs": [
                {"name": s.name, "hits": s.hits, "among": s.among, "rate": s.rate, "p_value": s.p_value,
                 "among_records": int((found.errands[told] > 0).sum())}
                for s in shown
            ],
        }  # fmt: skip
    raise LookupError(look.finding.identity)


def beds(look: Look) -> Inputs:
    """Rate of wrongly entered beds elsewhere, stays examined; or beds and weeks of a hospital that bursts."""
    detector, snapshot, found = look.detector, look.snapshot, stays(look.snapshot)
    if not isinstance(detector, OverbookedBeds):
        raise TypeError(detector.name)
    if look.finding.anchor.type is NodeType.INSTITUTION:
        return _bursting(look, found, detector.room)
    usable = real_beds(found)
    groups = [g for g in covers(found, usable, _batch_of(snapshot, found)) if len(g) >= detector.fewest]
    usual = detector._usual(found, clashing(found) & usable, usable)
    wanted = set(look.finding.records)
    rows = next(g for g in groups if set(snapshot.setl_id(found.visit[g])) == wanted)
    partners = found.clashes[np.isin(found.clashes, rows).any(axis=1)]
    look.settlements(found.visit[np.unique(partners)])
    return {
        "beds": 0,
        "usual": usual[int(found.place[rows[0]])],
        "among": look.finding.denominator,
        "groups": len(groups),
    }


def _bursting(look: Look, found: Stays, room: float) -> Inputs:
    place = next(c for c in crowded(look.snapshot, found, room)
                 if look.snapshot.fixmedins_code([c.place])[0] == look.finding.anchor.id)  # fmt: skip
    hospitals = int(look.snapshot.scalar("SELECT count(*) FROM place WHERE bed_cnt > 0"))
    return {"beds": place.beds, "among": place.among, "groups": hospitals}


def steering(look: Look) -> Inputs:
    """The strongest doctor: share expected, persons with a prescription, the plain tail, how many were tested."""
    snapshot, found = look.snapshot, fills(look.snapshot)
    place = next(s.id for s in look.finding.subjects if s.type is NodeType.INSTITUTION)
    doctors = {s.id for s in look.finding.subjects if s.type is NodeType.DOCTOR}
    ids = snapshot.sql("SELECT id FROM doctor ORDER BY code").column(0).to_pylist()
    own = [
        one for one in steerings(found)
        if snapshot.fixmedins_code([one.place])[0] == place and ids[one.doctor] in doctors
    ]  # fmt: skip
    worst = min(own, key=lambda one: (one.p_value, -one.persons, one.doctor))
    tested = len(np.unique(found.doctor)) * len(found.pharmacies)
    return {
        "doctor": look.names.name(NodeType.DOCTOR, str(ids[worst.doctor])),
        "place": place,
        "share": worst.share,
        "among": worst.among,
        "tail": worst.tail,
        "tested": tested,
    }


def box(look: Look) -> Inputs:
    """Every box with its first and its second settlement, and the three ways chance was counted."""
    snapshot, found = look.snapshot, returns(look.snapshot)
    wanted = set(look.finding.records)
    for group in box_groups(snapshot):
        rows = group.rows
        visits = np.concatenate([found.visit[rows], found.again[rows]])
        if set(snapshot.setl_id(np.unique(visits[visits >= 0]))) == wanted:
            return {"boxes": [_one_box(look, found, int(row)) for row in rows], "views": _views(found, group)}
    raise LookupError(look.finding.identity)


def _one_box(look: Look, found: Returns, row: int) -> Json:
    look.needs.traces.add(found.code[row])
    again = int(found.again[row])
    return {
        "trace": found.code[row],
        "first": look.settlements([int(found.visit[row])])[0],
        "again": look.settlements([again])[0] if again >= 0 else None,
        "receiver": look.snapshot.fixmedins_code([int(found.receiver[row])])[0],
    }


def _views(found: Returns, group: BoxGroup) -> list[Json]:
    """Expected strays and the logarithm of what was searched: of these persons, receivers, and of the way."""
    total = max(1, int(found.scanned.sum()))
    places = int((found.scanned > 0).sum())
    received = found.rate * float(found.scanned[np.array(group.receivers)].sum())
    ways = log_choose(places, len(group.receivers))
    held = found.rate * sum(found.boxes.get(int(p), 1) for p in group.persons)
    views = [(held, log_choose(found.buyers, len(group.persons))), (received, ways)]
    if group.source_share >= ONE_SOURCE:
        views.append((received * float(found.scanned[group.source]) / total, ways + log(max(1, places))))
    return [[mean, searched + log(len(views))] for mean, searched in views]


def quota(look: Look) -> Inputs:
    """Purchases of the strongest buyer with the days each supplies."""
    snapshot, found = look.snapshot, supplies(look.snapshot)
    buyers = {s.id for s in look.finding.subjects}
    rows = [n for n, p in enumerate(snapshot.psn_no(found.person)) if p in buyers]
    chance = look.finding.chance
    alike = [n for n in rows if float(found.surplus[n]) == chance.observed and float(found.usual[n]) == chance.expected]
    worst = min(alike, key=lambda n: float(found.chance[n]))
    query = "SELECT v, CAST(supply AS DOUBLE) AS supply FROM drug_hand WHERE p = $1 AND d = $2 ORDER BY v"
    visits, supply = snapshot.columns(query, [int(found.person[worst]), int(found.drug[worst])])
    numbers = look.settlements(visits.astype(np.int64))
    purchases: list[Json] = [{"settlement": n, "supply": float(s)} for n, s in zip(numbers, supply, strict=True)]
    return {
        "person": look.person(int(found.person[worst])),
        "drug": found.names[int(found.drug[worst])],
        "fills": purchases,
        "spare": SPARE,
        "peak": float(found.peak[worst]),
    }


def block(look: Look) -> Inputs:
    """Doctors of the block, and how the weeks of everybody else with them are spread."""
    snapshot, visits = look.snapshot, look.snapshot.visits
    place = next(s.id for s in look.finding.subjects if s.type is NodeType.INSTITUTION)
    rows: Ints = np.flatnonzero(np.array(snapshot.fixmedins_code(np.unique(visits.place))) == place)
    at = int(np.unique(visits.place)[rows[0]])
    own = np.flatnonzero(visits.place == at)
    if not isinstance(look.detector, DenseBlocks):
        raise TypeError(look.detector.name)
    for found in look.detector._blocks(snapshot, at, own):
        if set(snapshot.setl_id(found.rows)) == set(look.finding.records):
            return _spread(look, found, own)
    raise LookupError(look.finding.identity)


def _spread(look: Look, found: DenseBlock, own: Ints) -> Inputs:
    """Share of everybody else's weeks with these doctors that fall into the block's, and what was searched."""
    snapshot, detector, visits = look.snapshot, look.detector, look.snapshot.visits
    if not isinstance(detector, DenseBlocks):
        raise TypeError(detector.name)
    doctor = np.where(visits.prescriber[own] >= 0, visits.prescriber[own], visits.doctor[own])
    triples = np.unique(np.column_stack([visits.person[own], doctor, visits.day[own] // 7]), axis=0)
    pairs = np.unique(triples[np.isin(triples[:, 1], found.doctors)][:, [0, 2]], axis=0)
    mine, hit = np.isin(pairs[:, 0], found.persons), np.isin(pairs[:, 1], found.weeks)
    open_weeks = len(np.unique(pairs[:, 1]))
    eligible = len(np.unique(pairs[repeated(pairs[:, 0], detector.weeks), 0]))
    ids = snapshot.sql("SELECT id FROM doctor ORDER BY code").column(0).to_pylist()
    return {
        "doctors": [look.names.name(NodeType.DOCTOR, str(ids[d])) if d >= 0 else "" for d in found.doctors.tolist()],
        "trials": int(mine.sum()),
        "share": float(((hit & ~mine).sum() + len(found.weeks)) / ((~mine).sum() + open_weeks)),
        "searched": log_choose(eligible, len(found.persons))
        + log_choose(open_weeks, len(found.weeks))
        + log(max(1, snapshot.places * detector.blocks)),
    }
