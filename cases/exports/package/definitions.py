"""What each detector counts, in plain words, and how much of it a receiver can compute again.

`docs/package.md` holds the same table for readers of the documentation; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from claims.language import N_
from detectors.finding import Statement, say

_RATE = N_("the county's rate of slips of the pen (taken as enclosed; it rests on everybody's records)")
_RANK = N_("the exact place of this p-value among all that were tested (only its bounds follow from what is enclosed)")
_CROWD = N_("how the rest of the crowd spreads over days and hours (taken as enclosed; from everybody's records)")
_SPREAD = N_("the other people's rates this rests on (taken as enclosed; they rest on everybody's records)")
_NAMES = N_("the odds from names, birth dates and addresses: they would tell who the people are")
_FIT = N_("the tail fitted to all buyers of the county")
_TEMPLATES = N_("the similarities themselves: templates of faces and fingers never leave the house")
_LIVES = N_("how far apart the lives of strangers are (only an upper bound of the p-value is recomputed)")
_FACETS = N_("the six p-values that are added up (taken as enclosed; each rests on everybody's records)")


@dataclass(frozen=True)
class Definition:
    """`words`: what is counted and against what; `observed` and `chance` say how far each is recomputed.

    `exact`: from the records alone; `given`: from the records and background numbers enclosed;
    `bounds`: bounds of the p-value follow; `no`: not at all. `why` names what stays closed.
    """

    words: str
    observed: str
    chance: str
    why: tuple[str, ...] = ()

    @property
    def closed(self) -> tuple[Statement, ...]:
        """What nobody outside can compute again, in both languages."""
        return tuple(say(N_("Not recomputed: {what}."), what=say(what)) for what in self.why)


EXACT, GIVEN, BOUNDS, NO = "exact", "given", "bounds", "no"

_TOGETHER = N_(
    "Counts the visits of a group that come within minutes (or on the same day at one desk) after another of the "
    "group, one per family and day, against the crowd of the same place; corrected for every group there could be."
)
_BOXES = N_(
    "Counts purchases whose drug boxes (by trace code) were settled or stocked a second time by others elsewhere, "
    "against wrongly scanned codes; corrected for all groups of as many persons or institutions."
)

DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {
        "two_places": Definition(
            N_("Counts days on which one card was at two places sooner than anybody gets from one to the other."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "during_stay": Definition(
            N_("Counts days on which the card was used elsewhere while its owner lay in a ward."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "after_death": Definition(
            N_("Counts independent occasions of care that begin after the registered death."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "after_loss": Definition(
            N_("Counts days on which a card was used after it was reported lost or stopped."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "impossible_items": Definition(
            N_("Counts days with diagnoses or services of the other sex or of another age."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "absent_bearer": Definition(
            N_("Counts days with a biometric check that did not find the card's owner."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "borrowed_card": Definition(
            N_("Counts days on which a card was shown under other names than its holder's."),
            EXACT, BOUNDS, (_RATE, _RANK),
        ),
        "split_life": Definition(
            N_("Adds up six signs of two lives on one card: journeys, returns, complaints, diagnoses, habits, checks."),
            GIVEN, BOUNDS, (_FACETS, _RANK),
        ),
        "hoarded_cards": Definition(_TOGETHER, EXACT, GIVEN, (_CROWD,)),
        "lockstep": Definition(_TOGETHER, EXACT, GIVEN, (_CROWD,)),
        "agent_clientele": Definition(
            N_("Counts settlements one agent makes for other families away from the place the agent uses most."),
            EXACT, GIVEN, (_SPREAD,),
        ),
        "quick_alarm": Definition(_TOGETHER, EXACT, GIVEN, (_CROWD,)),
        "phantom_stays": Definition(
            N_(
                "Counts stays admitted within two days and discharged within two days, and signs that nobody was in "
                "the beds; at least two kinds of evidence must hold."
            ),
            EXACT, GIVEN, (_SPREAD,),
        ),
        "overbooked_beds": Definition(
            N_("Counts stays in a bed that somebody else held for more than half a day, or weeks far over the beds."),
            EXACT, GIVEN, (_SPREAD,),
        ),
        "kickback": Definition(
            N_("Counts persons whose prescription of one doctor was filled at one pharmacy, against ordinary pulls."),
            EXACT, BOUNDS, (_SPREAD, _RANK),
        ),
        "box_resale": Definition(_BOXES, EXACT, GIVEN, (_SPREAD,)),
        "pharmacy_to_pharmacy": Definition(_BOXES, EXACT, GIVEN, (_SPREAD,)),
        "quota_stripping": Definition(
            N_("Counts purchases of a drug elsewhere while plenty of it was still in hand."),
            GIVEN, NO, (_FIT,),
        ),
        "dense_blocks": Definition(
            N_("Counts weeks in which the same persons came to the same doctors of one place."),
            EXACT, GIVEN, (_SPREAD,),
        ),
        "duplicate_identity": Definition(
            N_("Weighs the odds that several enrolments are one person's, from the register and from their use."),
            NO, NO, (_NAMES,),
        ),
        "same_certificate": Definition(
            N_("Counts enrolments under one certificate number, against misread digits."),
            EXACT, BOUNDS, (_LIVES,),
        ),
        "same_template": Definition(
            N_("Compares the templates of faces or fingers of several enrolments."),
            GIVEN, NO, (_TEMPLATES,),
        ),
        "one_hand_ghosts": Definition(
            N_("Counts settlements equal to another of the group on the same day at one place."),
            EXACT, GIVEN, (_SPREAD,),
        ),
        "shared_handle": Definition(
            N_("Counts enrolments that give one account, telephone or address, against how its kind is shared."),
            EXACT, GIVEN, (_SPREAD,),
        ),
    }
)  # fmt: skip
_UNKNOWN = Definition(N_("A detector this version does not know."), NO, NO)


def definition_of(detector: str) -> Definition:
    """Return what a detector counts."""
    return DEFINITIONS.get(detector, _UNKNOWN)
