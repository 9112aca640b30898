"""What is said about a group of stays on paper: batch by batch, sign by sign."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.collusion.signs import Sign
from detectors.collusion.stays import Stays
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial, say, strength_of
from detectors.lawful import weaken
from detectors.lawful.measures import commonest, homes
from detectors.lawful.services import Service, services
from detectors.lawful.units import units
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_LINES = 40
_LED = 0.6  # share of the stays one doctor must have had to be named
_BY_APPOINTMENT = int(Service.DIALYSIS | Service.ONCOLOGY | Service.REHABILITATION | Service.CHECK_UP)

_SENTENCES = {
    "missed": N_(
        "Ward checks found the bed empty or somebody else in {hits} of {among} checked stays (usual {rate:.0%})."
    ),
    "errand": N_(
        "In {hits} of {among} stays the person settled elsewhere between admission and discharge (usual {rate:.0%})."
    ),
    "clash": N_("In {hits} of {among} stays the bed was taken by somebody else at the time (usual {rate:.0%})."),
    "twin": N_("{hits} of {among} bills list the same items as another of the group (usual {rate:.0%})."),
    "again": N_("{hits} of {among} persons were in more than one batch (usual {rate:.0%})."),
}


@dataclass(frozen=True)
class PhantomGroup:
    """Stays `rows` in `batches`, how many each batch was expected to have, the signs and their joint chance."""

    rows: Ints
    batches: Sequence[Ints]
    expected: Sequence[float]
    signs: Sequence[Sign]
    p_value: float
    examined: int


def phantom_finding(
    snapshot: Snapshot, found: Stays, group: PhantomGroup, detector: str, version: str, kind: str
) -> Finding:
    """Write the finding about one group."""
    rows = group.rows
    trials = _trials(snapshot, found, group)
    strength = strength_of(group.p_value)
    persons = np.unique(found.person[rows])
    first = snapshot.psn_no([int(found.person[rows[np.lexsort((found.visit[rows], found.first[rows]))[0]]])])[0]
    contradicted = np.concatenate(
        [sign.rows for sign in group.signs if sign.name in ("missed", "errand", "clash")] or [rows[:0]]
    )
    grades = dict.fromkeys(snapshot.setl_id(found.visit[rows]), Grade.PROBABLE)
    grades |= dict.fromkeys(snapshot.setl_id(found.visit[np.intersect1d(rows, contradicted)]), Grade.CERTAIN)
    return Finding(
        detector,
        version,
        kind,
        Subject(NodeType.PERSON, first, Role.RECRUIT),
        (
            *(Subject(NodeType.PERSON, key, Role.RECRUIT) for key in snapshot.psn_no(persons)),
            *_house(snapshot, found, rows),
        ),
        strength,
        weaken(strength, trials),
        _statement(snapshot, found, group, len(persons)),
        _chance(group),
        grades,
        _lines(snapshot, found, group),
        trials,
        group.examined,
        say(N_("batches of stays beyond a hospital's daily rhythm")),
        snapshot.data_version,
        {sign.name: float(sign.hits) for sign in group.signs},
    )


def _house(snapshot: Snapshot, found: Stays, rows: Ints) -> list[Subject]:
    """The hospital, and the doctor of most of the stays."""
    place = snapshot.fixmedins_code([int(found.place[rows[0]])])[0]
    subjects = [Subject(NodeType.INSTITUTION, place, Role.PLACE)]
    doctors, count = np.unique(found.doctor[rows], return_counts=True)
    if doctors[count.argmax()] >= 0 and count.max() >= _LED * len(rows):
        query = "SELECT id FROM doctor WHERE code = $1"
        key = snapshot.sql(query, [int(doctors[count.argmax()])]).column("id")[0].as_py()
        subjects.append(Subject(NodeType.DOCTOR, str(key), Role.PRESCRIBER))
    return subjects


def _statement(snapshot: Snapshot, found: Stays, group: PhantomGroup, persons: int) -> Statement:
    return say(
        N_(
            "{persons} persons were admitted to {place} and discharged again in {batches} batches ({stays} stays) "
            "between {first} and {last}; {signs} further signs speak against their presence."
        ),
        persons=persons,
        place=snapshot.place_names[int(found.place[group.rows[0]])],
        batches=len(group.batches),
        stays=len(group.rows),
        first=snapshot.date_of(int(found.first[group.rows].min())),
        last=snapshot.date_of(int(found.last[group.rows].max())),
        signs=sum(sign.p_value < 0.01 for sign in group.signs),
    )


def _chance(group: PhantomGroup) -> Chance:
    largest = int(np.argmax([len(rows) for rows in group.batches]))
    return Chance(
        say(N_("stays admitted within two days and discharged within two days")),
        float(len(group.batches[largest])),
        float(group.expected[largest]),
        group.p_value,
        say(
            N_(
                "The hospital's own admissions by day, illness and length of stay, and the rates of every sign among "
                "stays outside such batches; at least two kinds of evidence must hold, corrected for all batches."
            )
        ),
    )


def _lines(snapshot: Snapshot, found: Stays, group: PhantomGroup) -> tuple[Evidence, ...]:
    """One line per sign, per batch, then the stays during which somebody shopped."""
    lines = [
        _sign(snapshot, found, sign) for sign in sorted(group.signs, key=lambda s: (s.p_value, s.name)) if sign.hits
    ]
    for rows, expected in zip(group.batches, group.expected, strict=True):
        if len(rows):
            lines.append(_batch(snapshot, found, rows, expected))
    away = group.rows[found.errands[group.rows] > 0]
    lines += [_errand(snapshot, found, int(row)) for row in away]
    return tuple(lines[:_LINES])


def _sign(snapshot: Snapshot, found: Stays, sign: Sign) -> Evidence:
    says = say(_SENTENCES[sign.name], hits=sign.hits, among=sign.among, rate=sign.rate)
    return Evidence(says, tuple(snapshot.setl_id(found.visit[sign.rows])))


def _batch(snapshot: Snapshot, found: Stays, rows: Ints, expected: float) -> Evidence:
    says = say(
        N_("{count} stays from {first} to {last} for one illness; {expected:.1f} were to be expected."),
        count=len(rows),
        first=snapshot.date_of(int(found.first[rows].min())),
        last=snapshot.date_of(int(found.last[rows].max())),
        expected=expected,
    )
    return Evidence(says, tuple(snapshot.setl_id(found.visit[rows])))


def _errand(snapshot: Snapshot, found: Stays, row: int) -> Evidence:
    errand = int(found.errand[row])
    says = say(
        N_("{person} lay in hospital from {first} to {last} and settled at {place} on {day}."),
        person=snapshot.psn_no([int(found.person[row])])[0],
        first=snapshot.date_of(int(found.first[row])),
        last=snapshot.date_of(int(found.last[row])),
        place=snapshot.place_names[int(snapshot.visits.place[errand])],
        day=snapshot.date_of(int(snapshot.visits.day[errand])),
    )
    return Evidence(says, tuple(snapshot.setl_id([int(found.visit[row]), errand])))


def _trials(snapshot: Snapshot, found: Stays, group: PhantomGroup) -> tuple[Trial, ...]:
    rows = group.rows
    persons = np.unique(found.person[rows])
    present = float(((found.missed[rows] == 0) & (found.errands[rows] == 0)).mean())
    family = 1.0 - (len(np.unique(units(snapshot)[persons])) - 1) / max(1, len(persons) - 1)
    care = float((services(snapshot)[found.visit[rows]] & _BY_APPOINTMENT > 0).mean()) * present
    home = commonest(homes(snapshot)[persons])[1] * present
    return (
        Trial("household", family, say(N_("{share:.0%} of them belong to the family of another."), share=family)),
        Trial(
            "scheduled_service",
            care,
            say(
                N_("{share:.0%} of the stays are courses of treatment by appointment without a contradiction."),
                share=care,
            ),
        ),
        Trial(
            "residence",
            home,
            say(
                N_("{share:.0%} live at one address (a home, a dormitory) and nothing contradicts their stay."),
                share=home,
            ),
        ),
    )
