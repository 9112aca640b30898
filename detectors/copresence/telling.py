"""Writing the finding of a party: subjects with roles, one line of evidence for each batch, the test."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from claims.language import N_
from detectors.copresence.cleaning import Cleaned
from detectors.copresence.facts import Facts, collector, main_places, one_doctor
from detectors.copresence.party import Party
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, say, strength_of
from detectors.lawful import weaken
from detectors.snapshot import Ints, Snapshot, kept
from graph.model import NodeType

_LINES = 50
_MOST_NATS = 690.0  # exp(-690) is the smallest p-value a score can tell

_WHAT = {
    "shared_card/hoarded_burst": N_(
        "{size} cards of {units} families were settled together in {batches} bursts on {days} days at {place}."
    ),
    "shared_card/hoarded_small": N_(
        "{size} cards of {units} families were settled two or three at a time, {batches} times on {days} days "
        "at {place}."
    ),
    "shared_card/cash_out": N_(
        "{size} cards of {units} families were settled together {batches} times on {days} days at {place}, "
        "with bills of nearly one amount."
    ),
    "shared_card/hoarded_spread": N_(
        "{size} cards of {units} families were settled by one clerk at {place} on the same {days} days."
    ),
    "collusion/lockstep_pharmacy": N_(
        "{size} persons of {units} families came together {batches} times on {days} days to {place}."
    ),
    "collusion/sham_visits": N_(
        "{size} persons of {units} families were seen at {place} on the same {days} days ({batches} batches)."
    ),
    "collusion/renewed_members": N_(
        "{size} persons of {units} families came together to {place}, {batches} times on {days} days, "
        "each time some new and some from before."
    ),
}
_MINUTES = N_("of their {visits} visits, those made within {reach} minutes after another of the group")
_DAYS = N_("of their {visits} visits, those made on one day at one desk with another of the group")
_NULL = N_(
    "Everybody comes as often as they do, but at the days and hours of the rest of the crowd; corrected for every "
    "group of this size that could be formed among the {patrons} families who come there."
)
_BATCH = N_("{day} {begin}–{end}, {place}: {count} of the {size} in {minutes} minutes; the fund paid {fund} yuan.")
_SAME_DAY = N_("{day}, {place}: {count} of the {size} on one day; the fund paid {fund} yuan.")


def tell(snapshot: Snapshot, detector: tuple[str, str], cleaned: Cleaned, facts: Facts, kind: str) -> Finding:
    """Write the finding of one party."""
    party = cleaned.party
    p_value = float(np.exp(-min(party.test.nats, _MOST_NATS)))
    strength = strength_of(p_value)
    first = int(party.visits[0])
    anchor = Subject(
        NodeType.PERSON,
        snapshot.psn_no([int(snapshot.visits.person[first])])[0],
        Role.LENDER if facts.hoard else Role.RECRUIT,
    )
    return Finding(
        detector=detector[0],
        version=detector[1],
        kind=kind,
        anchor=anchor,
        subjects=_subjects(snapshot, party, facts),
        strength=strength,
        score=weaken(strength, cleaned.trials, cleaned.union),
        statement=_statement(snapshot, party, kind),
        chance=_chance(party, p_value),
        records=dict.fromkeys(snapshot.setl_id(party.visits), Grade.PROBABLE),
        evidence=_evidence(snapshot, party),
        trials=cleaned.trials,
        denominator=party.crowd.units,
        denominator_of=say(N_("families (registered or inferred) with settlements")),
        data_version=snapshot.data_version,
        details={
            "batches": float(party.batches),
            "mean_batch": facts.size,
            "cards_shown": facts.cards,
            "unbroken": facts.unbroken,
            "alike_bills": facts.alike,
            "nats": party.test.nats,
        },
    )


def _subjects(snapshot: Snapshot, party: Party, facts: Facts) -> tuple[Subject, ...]:
    role = Role.LENDER if facts.hoard else Role.RECRUIT
    found = [Subject(NodeType.PERSON, one, role) for one in snapshot.psn_no(party.persons)]
    found += [Subject(NodeType.INSTITUTION, one, Role.PLACE) for one in _codes(snapshot, party)]
    if facts.hoard:
        found += [Subject(NodeType.CARD, card, Role.CARD) for card in cards_of(snapshot, party.visits)]
    doctor = one_doctor(snapshot, party)
    if doctor >= 0 and facts.pharmacy < 0.5:
        found.append(Subject(NodeType.DOCTOR, _doctor_code(snapshot, doctor), Role.PRESCRIBER))
    agent = collector(snapshot, party)
    if agent >= 0 and agent not in party.persons:
        found.append(Subject(NodeType.PERSON, snapshot.psn_no([agent])[0], Role.COLLECTOR))
    return tuple(found)


def _codes(snapshot: Snapshot, party: Party) -> list[str]:
    return snapshot.fixmedins_code(main_places(snapshot, party))


def cards_of(snapshot: Snapshot, visits: Ints) -> list[str]:
    """Card numbers shown in some visits."""
    code, cards = _cards(snapshot)
    found = np.unique(code[visits])
    return [str(card) for card in cards.take(pa.array(found[found >= 0])).to_pylist()]


@kept
def _cards(snapshot: Snapshot) -> tuple[Ints, pa.Array]:
    """Number of the card shown in each visit (-1: none), and the cards in this order: asked of every finding."""
    cards = snapshot.sql("SELECT DISTINCT card_no FROM packed.sorted_visit WHERE card_no IS NOT NULL ORDER BY card_no")
    return snapshot.numbered("card_no"), cards.column(0).combine_chunks()


def _doctor_code(snapshot: Snapshot, doctor: int) -> str:
    return str(snapshot.columns("SELECT id FROM doctor WHERE code = $1", [doctor])[0][0])


def _statement(snapshot: Snapshot, party: Party, kind: str) -> Statement:
    places = main_places(snapshot, party)
    return say(
        _WHAT[kind],
        size=len(party.persons),
        units=len(party.units),
        batches=party.batches,
        days=len(np.unique(snapshot.visits.day[party.visits])),
        place=say(N_("{name} and {more} more"), name=snapshot.place_names[places[0]], more=len(places) - 1)
        if len(places) > 1
        else snapshot.place_names[places[0]],
    )


def _chance(party: Party, p_value: float) -> Chance:
    test = party.test
    patrons = int(party.crowd.patrons[np.unique(party.crowd.desk[test.row])].sum())
    return Chance(
        statistic=say(_DAYS if party.crowd.daily else _MINUTES, visits=test.visits, reach=party.reach),
        observed=float(test.observed),
        expected=test.expected,
        p_value=p_value,
        null=say(_NULL, patrons=patrons),
    )


def _evidence(snapshot: Snapshot, party: Party) -> tuple[Evidence, ...]:
    """One line for each batch, the largest first."""
    cuts = np.flatnonzero(np.diff(party.batch)) + 1
    batches = np.split(party.visits, cuts)
    people = [len(np.unique(snapshot.visits.person[rows])) for rows in batches]
    order = sorted(range(len(batches)), key=lambda number: (-people[number], number))
    return tuple(_line(snapshot, party, batches[number], people[number]) for number in order[:_LINES])


def _line(snapshot: Snapshot, party: Party, rows: Ints, count: int) -> Evidence:
    visits = snapshot.visits
    begin, end = (snapshot.moment(int(visits.minute[row])) for row in (rows[0], rows[-1]))
    says = say(
        _SAME_DAY if party.crowd.daily else _BATCH,
        day=begin.date().isoformat(),
        begin=f"{begin:%H:%M}",
        end=f"{end:%H:%M}",
        place=snapshot.place_names[int(visits.place[rows[0]])],
        count=count,
        size=len(party.persons),
        minutes=int((end - begin).total_seconds() // 60) + 1,
        fund=f"{visits.fund[rows].sum() / 100:.2f}",
    )
    return Evidence(says, tuple(snapshot.setl_id(rows)))


def persons_of(found: Sequence[Subject]) -> list[str]:
    """Ids of the persons among some subjects."""
    return [one.id for one in found if one.type is NodeType.PERSON]
