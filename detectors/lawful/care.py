"""Care by appointment: scheduled services, and follow-up of those who lay in one ward."""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.services import Service, scheduled, services
from detectors.snapshot import Flags, Snapshot, kept

TITLES: dict[Service, str] = {
    Service.DIALYSIS: N_("dialysis"),
    Service.REHABILITATION: N_("rehabilitation"),
    Service.ONCOLOGY: N_("chemo- or radiotherapy"),
    Service.CHECK_UP: N_("check-up or screening"),
    Service.VACCINATION: N_("vaccination"),
    Service.PREGNANCY: N_("antenatal care"),
    Service.SUBSTITUTION: N_("substitution treatment"),
    Service.RABIES: N_("rabies prophylaxis"),
    Service.FOLLOW_UP: N_("follow-up of chronic diseases"),
}


@dataclass(frozen=True)
class ScheduledService:
    """The same people meet because a shift, a course or a check-up brings them together."""

    name: str = "scheduled_service"

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits with a scheduled service that is given to several of the group."""
        rows = gathering.visits
        bits = np.where(scheduled(snapshot)[rows], services(snapshot)[rows], 0)
        found = np.zeros(len(bits), np.bool_)
        best, most = Service.DIALYSIS, 0.0
        for service in Service:
            given = (bits & int(service)) > 0
            if len(np.unique(snapshot.visits.person[rows[given]])) >= 2:
                found |= given
                best, most = max((most, best), (float(given.mean()), service))[::-1]
        share = float(found.mean()) if len(found) else 0.0
        if not share:
            says = say(
                N_("No scheduled service (dialysis, rehabilitation, check-up, vaccination) brings them together.")
            )
        else:
            says = say(
                N_("{share:.0%} of the settlements are scheduled care, mostly {service}."),
                share=share,
                service=say(TITLES[best]),
            )
        return found, Trial(self.name, share, says)


@dataclass(frozen=True)
class FollowUp:
    """People who lay in one hospital come back to it on its days for follow-up."""

    name: str = "follow_up"
    window: int = 90  # days after discharge
    share: float = 0.7  # of the group's persons

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Outpatient visits at the hospital of an earlier stay, where that holds for most of the group."""
        last = stays(snapshot)
        rows = gathering.visits
        person, place, day = (getattr(snapshot.visits, name)[rows] for name in ("person", "place", "day"))
        discharged = np.array(
            [last.get((int(p), int(i)), -10_000) for p, i in zip(person, place, strict=True)], np.int64
        )
        after = (day >= discharged) & (day - discharged <= self.window) & (snapshot.visits.kind[rows] != 21)
        share = len(np.unique(person[after])) / max(1, len(gathering.persons))
        found = after if share >= self.share else np.zeros_like(after)
        says = say(N_("{share:.0%} of them lay in this hospital before and came back to it."), share=share)
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@kept
def stays(snapshot: Snapshot) -> dict[tuple[int, int], int]:
    """First day of discharge of every (person, place) with a stay."""
    query = """
        SELECT p, i, min(date_diff('day', (FROM calendar), coalesce(endtime, time))) AS day
        FROM visit WHERE med_type = '21' GROUP BY p, i
    """
    columns = [column.tolist() for column in snapshot.columns(query)]
    return {(p, i): day for p, i, day in zip(*columns, strict=True)}
