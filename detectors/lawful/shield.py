"""All innocent explanations of people who come together, tried on one group."""

from detectors.finding import Trial
from detectors.lawful import Explanation, Gathering, union_share
from detectors.lawful.care import FollowUp, ScheduledService
from detectors.lawful.days import BusyDay, VillageBus
from detectors.lawful.families import Household, RegisteredAgent
from detectors.lawful.residence import Employer, KnownGroup, Residence
from detectors.snapshot import Snapshot

EXPLANATIONS: tuple[Explanation, ...] = (
    Household(),
    RegisteredAgent(),
    ScheduledService(),
    FollowUp(),
    Residence(),
    Employer(),
    VillageBus(),
    BusyDay(),
    KnownGroup(),
)


def shield(snapshot: Snapshot, gathering: Gathering) -> tuple[tuple[Trial, ...], float]:
    """Try every explanation; return the trials and the share of the evidence they account for together."""
    flags, trials = zip(*(one.explained(snapshot, gathering) for one in EXPLANATIONS), strict=True)
    return tuple(trials), union_share(flags)
