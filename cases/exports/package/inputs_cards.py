"""Background numbers of the detectors of one card: rates of the county, facets, the places of an agent."""

import numpy as np

from cases.exports.package.look import Inputs, Look
from detectors.copresence.hands import _HANDS, hands
from detectors.finding import Role
from detectors.shared_card import sexed
from detectors.shared_card.facets import ordinary
from detectors.shared_card.split_life import SplitLife
from detectors.snapshot import Ints


def slips(look: Look) -> Inputs:
    """What slips of the pen lead to expect, and how many were examined."""
    chance = look.finding.chance
    return {"expected": chance.expected, "examined": look.finding.denominator}


def checks(look: Look) -> Inputs:
    """The same, and every check of the card's owner."""
    look.needs.checked.add(look.finding.anchor.id)
    return slips(look)


def words(look: Look) -> Inputs:
    """The same, and the words that belong to one sex or age."""
    patterns = {
        "female": sexed.FEMALE_DIAGNOSES,
        "male": sexed.MALE_DIAGNOSES,
        "maternity": sexed.MATERNITY,
        "newborn": sexed.NEWBORN_DIAGNOSES,
        "child": sexed.CHILD_DIAGNOSES,
        "female_item": sexed.FEMALE_ITEMS,
        "male_item": sexed.MALE_ITEMS,
        "child_item": sexed.CHILD_ITEMS,
    }
    return slips(look) | {"words": patterns}


def facets(look: Look) -> Inputs:
    """P-values of the six facets of this person, and the share of all people each speaks for."""
    detector = look.detector
    if not isinstance(detector, SplitLife):
        raise TypeError(detector.name)
    found = detector._facets(look.snapshot, ordinary(look.snapshot))
    person = look.snapshot.columns("SELECT p FROM person WHERE psn_no = $1", [look.finding.anchor.id])[0][0]
    examined = np.flatnonzero(found.days > 0)
    return {
        "facets": [float(facet[int(person)]) for facet in found.all],
        "speaks": [float(np.mean(facet[examined] < 1)) for facet in found.all],
        "examined": len(examined),
    }


def agent(look: Look) -> Inputs:
    """The place the agent uses most, and how often other agents go elsewhere."""
    found, examined = hands(look.snapshot)
    own = set(look.finding.records)
    hand = next(one for one in found if set(look.snapshot.setl_id(one.visits)) == own)
    rows, names = look.snapshot.columns(_HANDS)
    mine: Ints = rows.astype(np.int64)[names.astype(str) == hand.name]
    places, often = np.unique(look.snapshot.visits.place[mine], return_counts=True)
    place = int(places[np.lexsort((places, -often))[0]])
    return {
        "usual_place": look.snapshot.fixmedins_code([place])[0],
        "usual_elsewhere": hand.usual,
        "examined": examined,
        "named": sum(subject.role is Role.LENDER for subject in look.finding.subjects),
    }
