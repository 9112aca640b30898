"""What is said about beds with two people in them, and about hospitals with more people than beds."""

import numpy as np

from claims.language import N_
from detectors.collusion.census import Census
from detectors.collusion.stays import Stays
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Subject, Trial, say, strength_of
from detectors.lawful import weaken
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_LINES = 40


def beds_finding(
    snapshot: Snapshot, found: Stays, rows: Ints, among: int, usual: float, chance: float, *names: str
) -> Finding:
    """Write the finding about stays in taken beds; `names` are detector, version and kind."""
    strength = strength_of(chance)
    persons = snapshot.psn_no(np.unique(found.person[rows]))
    place = int(found.place[rows[0]])
    first = snapshot.psn_no([int(found.person[rows[np.lexsort((found.visit[rows], found.first[rows]))[0]]])])[0]
    trials = (_moved(found, rows),)
    return Finding(
        names[0],
        names[1],
        names[2],
        Subject(NodeType.PERSON, first, Role.RECRUIT),
        (*(Subject(NodeType.PERSON, key, Role.RECRUIT) for key in persons), _hospital(snapshot, place)),
        strength,
        weaken(strength, trials),
        say(
            N_("{stays} stays at {place} were in beds that somebody else held at the time ({among} stays examined)."),
            stays=len(rows),
            place=snapshot.place_names[place],
            among=among,
        ),
        _bed_chance(len(rows), among, usual, chance),
        dict.fromkeys(snapshot.setl_id(found.visit[rows]), Grade.PROBABLE),
        tuple(_overlap(snapshot, found, int(row)) for row in rows[:_LINES]),
        trials,
        among,
        say(N_("stays of the same days")),
        snapshot.data_version,
    )


def _bed_chance(hits: int, among: int, usual: float, chance: float) -> Chance:
    return Chance(
        say(N_("stays in a bed that was taken for more than half a day")),
        float(hits),
        usual * among,
        chance,
        say(
            N_(
                "Beds are wrongly entered at the rate of the other hospitals ({rate:.1%}, allowing for differences "
                "between them); corrected for all such batches."
            ),
            rate=usual,
        ),
    )


def _hospital(snapshot: Snapshot, place: int) -> Subject:
    return Subject(NodeType.INSTITUTION, snapshot.fixmedins_code([place])[0], Role.PLACE)


def _overlap(snapshot: Snapshot, found: Stays, row: int) -> Evidence:
    partners = found.clashes[(found.clashes == row).any(axis=1)]
    others = np.unique(partners[partners != row])
    other = int(others[0])
    says = say(
        N_(
            "{person} from {first} to {last} in a bed that {other} held from {begin} to {end} ({count} overlapping "
            "stays in all)."
        ),
        person=snapshot.psn_no([int(found.person[row])])[0],
        first=snapshot.date_of(int(found.first[row])),
        last=snapshot.date_of(int(found.last[row])),
        other=snapshot.psn_no([int(found.person[other])])[0],
        begin=snapshot.date_of(int(found.first[other])),
        end=snapshot.date_of(int(found.last[other])),
        count=len(others),
    )
    return Evidence(says, tuple(snapshot.setl_id(found.visit[np.concatenate([[row], others])])))


def _moved(found: Stays, rows: Ints) -> Trial:
    """A person moved to another bed keeps the first bed in the books: an overlap at the end of a stay only."""
    share = float(np.mean([_late_only(found, int(row)) for row in rows]))
    says = say(
        N_("{share:.0%} of the overlaps lie in the last day of a stay, as after a move within the ward."), share=share
    )
    return Trial("moved_bed", share, says)


def _late_only(found: Stays, row: int) -> bool:
    partners = found.clashes[(found.clashes == row).any(axis=1)]
    others = partners[partners != row]
    overlap = np.minimum(found.last[others], found.last[row]) - np.maximum(found.first[others], found.first[row])
    return bool((overlap <= 1).all())


def crowd_finding(snapshot: Snapshot, found: Stays, census: Census, *names: str) -> Finding:
    """Write the finding about a hospital with more people than beds; `names` are detector, version and kind."""
    strength = strength_of(census.p_value)
    records = tuple(snapshot.setl_id(found.visit[census.rows]))
    says = say(
        N_(
            "{place} has {beds} registered beds and claimed up to {peak} people in them; {weeks} of {among} weeks were "
            "far over."
        ),
        place=snapshot.place_names[census.place],
        beds=census.beds,
        peak=census.peak,
        weeks=census.weeks,
        among=census.among,
    )
    return Finding(
        names[0],
        names[1],
        names[2],
        _hospital(snapshot, census.place),
        (_hospital(snapshot, census.place),),
        strength,
        strength,
        says,
        Chance(
            say(N_("weeks with half as many people again as beds")),
            float(census.weeks),
            0.02 * census.among,
            census.p_value,
            say(
                N_("Such weeks come once a year (epidemics, floods); corrected for all hospitals with registered beds.")
            ),
        ),
        dict.fromkeys(records, Grade.CONTESTED),
        (Evidence(says, records),),
        (),
        census.among,
        say(N_("weeks of the period")),
        snapshot.data_version,
    )
