"""People who live or work together: nursing homes, dormitories, employers, a clinic of one firm."""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.measures import alike, by_day, commonest, employers, homes
from detectors.snapshot import Flags, Ints, Snapshot, kept


@dataclass(frozen=True)
class Residence:
    """One address that houses the group: a nursing home, a dormitory, a school, a prison.

    Living together explains coming together by day; it explains neither purchases at night nor one
    bill repeated for everybody.
    """

    name: str = "residence"
    share: float = 0.6  # of the group; staff and new residents give other addresses
    alike: float = 0.6  # bills repeated to the fen

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Daytime visits of those who live there."""
        home = homes(snapshot)
        where, share = commonest(home[gathering.persons])
        repeated = alike(snapshot, gathering.visits)
        holds = share >= self.share and repeated < self.alike
        found = by_day(snapshot, gathering.visits) & holds
        inside = home[snapshot.visits.person[gathering.visits]] == where
        found &= inside | (share >= self.share)
        says = say(
            N_("{share:.0%} of them give one address; {repeated:.0%} of the bills are repeated to the fen."),
            share=share,
            repeated=repeated,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@dataclass(frozen=True)
class Employer:
    """One employer sends or houses the group: check-ups, a firm's clinic, colleagues at lunch."""

    name: str = "employer"
    share: float = 0.7
    alike: float = 0.6

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Daytime visits of colleagues, where the bills are their own."""
        employer = employers(snapshot)
        firm, share = commonest(employer[gathering.persons])
        repeated = alike(snapshot, gathering.visits)
        colleague = employer[snapshot.visits.person[gathering.visits]] == firm
        holds = share >= self.share and repeated < self.alike
        found = by_day(snapshot, gathering.visits) & colleague & holds
        says = say(
            N_("{share:.0%} of them have one employer; {repeated:.0%} of the bills are repeated to the fen."),
            share=share,
            repeated=repeated,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@dataclass(frozen=True)
class KnownGroup:
    """People whom an earlier review cleared."""

    name: str = "cleared_before"
    share: float = 0.6

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """All visits, where the newest verdict on most of the group's persons is that they are cleared."""
        cleared = np.isin(gathering.persons, _cleared(snapshot))
        share = float(cleared.mean()) if len(cleared) else 0.0
        found = np.full(len(gathering.visits), share >= self.share)
        says = say(N_("An earlier review cleared {share:.0%} of them."), share=share)
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@kept
def _cleared(snapshot: Snapshot) -> Ints:
    """Persons `p` whose newest verdict is that they are cleared."""
    query = """
        SELECT p FROM decided JOIN person ON subject_type = 'person' AND subject_id = psn_no
        QUALIFY row_number() OVER (PARTITION BY p ORDER BY decided_at DESC, verdict) = 1 AND verdict = 'cleared'
    """
    return snapshot.columns(query)[0].astype(np.int64)
