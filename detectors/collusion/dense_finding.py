"""What is said about a dense block: week by week."""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Subject, say, strength_of
from detectors.lawful import Gathering, weaken
from detectors.lawful.shield import shield
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_LINES = 40
_LED = 0.8  # share of the visits one doctor must have had to be named


@dataclass(frozen=True)
class DenseBlock:
    """Persons, doctors and weeks at a place; `rows` are the visits, `hits` person-weeks in the block."""

    place: int
    persons: Ints
    doctors: Ints
    weeks: Ints
    rows: Ints
    hits: int
    expected: float
    p_value: float


def dense_finding(snapshot: Snapshot, block: DenseBlock, half: float, *names: str) -> Finding:
    """Write the finding about one block; `names` are detector, version and kind."""
    week = snapshot.visits.day[block.rows] // 7
    trials, union = shield(snapshot, Gathering(block.persons, block.rows, week))
    strength = strength_of(block.p_value, half)
    recruits = [Subject(NodeType.PERSON, key, Role.RECRUIT) for key in snapshot.psn_no(block.persons)]
    first = snapshot.psn_no([int(snapshot.visits.person[block.rows[0]])])[0]
    return Finding(
        names[0],
        names[1],
        names[2],
        Subject(NodeType.PERSON, first, Role.RECRUIT),
        (*recruits, *_house(snapshot, block)),
        strength,
        weaken(strength, trials, union),
        say(
            N_(
                "{persons} persons came to {place} in the same {weeks} weeks again and again: {hits} of their weeks "
                "there, where {expected:.0f} were to be expected."
            ),
            persons=len(block.persons),
            place=snapshot.place_names[block.place],
            weeks=len(block.weeks),
            hits=block.hits,
            expected=block.expected,
        ),
        _chance(block),
        dict.fromkeys(snapshot.setl_id(block.rows), Grade.CONTESTED),
        tuple(_week(snapshot, block.rows[week == number]) for number in np.unique(week)[:_LINES]),
        trials,
        snapshot.places,
        say(N_("institutions")),
        snapshot.data_version,
    )


def _chance(block: DenseBlock) -> Chance:
    return Chance(
        say(N_("weeks of the persons at the place that fall into the block")),
        float(block.hits),
        block.expected,
        block.p_value,
        say(
            N_(
                "Their weeks are spread as those of everybody else with these doctors (beta-binomial); corrected for "
                "all groups of persons and weeks of that size."
            )
        ),
    )


def _house(snapshot: Snapshot, block: DenseBlock) -> list[Subject]:
    found = [Subject(NodeType.INSTITUTION, snapshot.fixmedins_code([block.place])[0], Role.PLACE)]
    visits = snapshot.visits
    doctor = np.where(visits.prescriber[block.rows] >= 0, visits.prescriber[block.rows], visits.doctor[block.rows])
    doctors, count = np.unique(doctor, return_counts=True)
    best = int(doctors[count.argmax()])
    if best >= 0 and count.max() >= _LED * len(doctor):
        key = snapshot.sql("SELECT id FROM doctor WHERE code = $1", [best]).column("id")[0].as_py()
        found.append(Subject(NodeType.DOCTOR, str(key), Role.PRESCRIBER))
    return found


def _week(snapshot: Snapshot, rows: Ints) -> Evidence:
    visits = snapshot.visits
    says = say(
        N_("{persons} of them between {first} and {last}."),
        persons=len(np.unique(visits.person[rows])),
        first=snapshot.date_of(int(visits.day[rows].min())),
        last=snapshot.date_of(int(visits.day[rows].max())),
    )
    return Evidence(says, tuple(snapshot.setl_id(rows)))
