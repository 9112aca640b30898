"""What is said about doctors and the pharmacy they steer to: flow, delay, price, prescriptions without a visit."""

from collections.abc import Mapping

import numpy as np

from claims.language import N_
from detectors.collusion.flows import PULLS, Fills
from detectors.collusion.kickback_facts import Facts
from detectors.collusion.steering import Steering
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial, say, strength_of
from detectors.lawful import weaken
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_PULL_SENTENCES = {
    "colleagues": N_("Of the prescriptions of colleagues in the same institution, {share:.0%} go there."),
    "custom": N_("Of the other purchases of these persons, {share:.0%} are made there."),
    "stock": N_("Of the sales of these drugs to others, {share:.0%} are made there."),
    "distance": N_("By size and distance from the doctor's institution, {share:.0%} would go there."),
    "size": N_("Of all pharmacy purchases, {share:.0%} are made there."),
}


def kickback_finding(
    snapshot: Snapshot, found: Fills, group: list[Steering], known: Mapping[tuple[int, int], Facts], *names: str
) -> Finding:
    """Write the finding about doctors (`group`) at one pharmacy; `names` are detector, version and kind."""
    group = sorted(group, key=lambda one: (one.p_value, -one.persons, one.doctor))
    worst, place = group[0], group[0].place
    steered = [np.flatnonzero((found.doctor == one.doctor) & (found.place == place)) for one in group]
    rows = np.concatenate(steered)
    trials = _trials(group)
    strength = strength_of(worst.p_value)
    pharmacy = Subject(NodeType.INSTITUTION, snapshot.fixmedins_code([place])[0], Role.DISPENSER)
    keys = [_key(snapshot, one.doctor) for one in group]
    return Finding(
        names[0],
        names[1],
        names[2],
        Subject(NodeType.DOCTOR, _key(snapshot, _first(found, rows)), Role.PRESCRIBER),
        (pharmacy, *(Subject(NodeType.DOCTOR, key, Role.PRESCRIBER) for key in keys)),
        strength,
        weaken(strength, trials),
        _statement(snapshot, group, keys),
        _chance(worst),
        dict.fromkeys(snapshot.setl_id(found.visit[rows]), Grade.PROBABLE),
        tuple(
            line
            for one, key, part in zip(group, keys, steered, strict=True)
            for line in _lines(snapshot, found.visit[part], one, key, known[one.doctor, one.place])
        ),
        trials,
        len(np.unique(found.doctor)),
        say(N_("doctors with prescriptions filled at pharmacies")),
        snapshot.data_version,
        {"share": worst.persons / worst.among, "expected": worst.share},
    )


def _first(found: Fills, rows: Ints) -> int:
    """The doctor of the earliest steered prescription: stays the first when others join."""
    return int(found.doctor[rows[np.argmin(found.visit[rows])]])


def _key(snapshot: Snapshot, doctor: int) -> str:
    return str(snapshot.sql("SELECT id FROM doctor WHERE code = $1", [doctor]).column("id")[0].as_py())


def _statement(snapshot: Snapshot, group: list[Steering], keys: list[str]) -> Statement:
    worst = group[0]
    return say(
        N_(
            "{doctors} doctors' prescriptions go to {place} far beyond the ordinary: of {among} persons with a "
            "prescription of {doctor}, {persons} had it filled there where {expected:.0f} were to be expected."
        ),
        doctors=len(group),
        place=snapshot.place_names[worst.place],
        doctor=keys[0],
        among=worst.among,
        persons=worst.persons,
        expected=worst.share * worst.among,
    )


def _chance(worst: Steering) -> Chance:
    return Chance(
        say(N_("persons with a prescription of the doctor filled at the pharmacy")),
        float(worst.persons),
        worst.share * worst.among,
        worst.p_value,
        say(
            N_(
                "A mixture of colleagues' prescriptions, the persons' other purchases, who sells the drugs, distance "
                "and size, without the doctor's own prescriptions, allowing for differences between doctors; corrected "
                "for all doctors and pharmacies."
            )
        ),
    )


def _lines(snapshot: Snapshot, visits: Ints, one: Steering, key: str, known: Facts) -> list[Evidence]:
    """Flow, delay, visits that are missing, and price, for one doctor."""
    records = tuple(snapshot.setl_id(visits))
    flow = say(
        N_(
            "{doctor}: {persons} of {among} persons ({share:.0%}) had the prescription filled at {place}; "
            "{expected:.0%} expected."
        ),
        doctor=key,
        persons=one.persons,
        among=one.among,
        share=one.persons / one.among,
        place=snapshot.place_names[one.place],
        expected=one.share,
    )
    lines = [Evidence(flow, records), *_delay(snapshot, key, known)]
    if known.lines and known.ratio == known.ratio:
        says = say(
            N_("{doctor}: the drugs cost {ratio:.2f} times their usual price elsewhere ({count} lines)."),
            doctor=key,
            ratio=known.ratio,
            count=known.lines,
        )
        lines.append(Evidence(says, records))
    return lines


def _delay(snapshot: Snapshot, key: str, known: Facts) -> list[Evidence]:
    lines = []
    if len(known.seen) and not np.isnan(known.delay_elsewhere):
        says = say(
            N_("{doctor}: filled {here:.0f} minutes after the visit there, {usual:.0f} minutes elsewhere (medians)."),
            doctor=key,
            here=known.delay,
            usual=known.delay_elsewhere,
        )
        lines.append(Evidence(says, tuple(snapshot.setl_id(known.seen))))
    if len(known.unseen):
        says = say(
            N_("{doctor}: {count} prescriptions filled there without a visit to the doctor in the three days before."),
            doctor=key,
            count=len(known.unseen),
        )
        lines.append(Evidence(says, tuple(snapshot.setl_id(known.unseen))))
    return lines


def _trials(group: list[Steering]) -> tuple[Trial, ...]:
    """Each ordinary pull by itself: the share of the flow it would bring (the least of the doctors)."""
    trials = []
    for name, sentence in _PULL_SENTENCES.items():
        columns = [c for c, pull in enumerate(PULLS) if pull.startswith(name)]
        shares = [(max(one.pulls[c] for c in columns), one.persons / one.among) for one in group]
        share, drawn = min(((min(1.0, pull / flow), pull) for pull, flow in shares))
        trials.append(Trial(name, share, say(sentence, share=drawn)))
    return tuple(trials)
