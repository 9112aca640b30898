"""All innocent explanations of people who come together, tried on one group."""

from collections.abc import Sequence

from detectors.finding import Trial
from detectors.lawful import Explanation, Gathering, union_share
from detectors.lawful.care import FollowUp, ScheduledService
from detectors.lawful.days import BusyDay, CommonDay, VillageBus
from detectors.lawful.families import Household, RegisteredAgent
from detectors.lawful.habits import Course, OwnHabit
from detectors.lawful.motive import NoGain
from detectors.lawful.residence import Employer, KnownGroup, Residence
from detectors.snapshot import Snapshot

# Who they are to one another, and what was given: these may explain any evidence about a group.
TIES: Sequence[Explanation] = (
    Household(),
    RegisteredAgent(),
    ScheduledService(),
    Residence(),
    Employer(),
    NoGain(),
    KnownGroup(),
)
# Why they were there at one time: these explain evidence of meeting only, not one hand behind many cards.
MEETINGS: Sequence[Explanation] = (FollowUp(), VillageBus(), BusyDay(), CommonDay(), OwnHabit(), Course())
EXPLANATIONS: tuple[Explanation, ...] = (*TIES, *MEETINGS)
# Where the evidence is that they came on the same days, hours apart, an hour kept or not kept says nothing.
SAME_DAYS: tuple[Explanation, ...] = (*TIES, FollowUp(), VillageBus(), BusyDay(), OwnHabit(reach=1440), Course())


def shield(
    snapshot: Snapshot, gathering: Gathering, explanations: Sequence[Explanation] = EXPLANATIONS
) -> tuple[tuple[Trial, ...], float]:
    """Try the explanations; return the trials and the share of the evidence they account for together."""
    flags, trials = zip(*(one.explained(snapshot, gathering) for one in explanations), strict=True)
    return tuple(trials), union_share(flags)
