"""Kickback: a doctor's prescriptions go to one pharmacy far more than anything ordinary draws them there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.collusion.flows import Fills, fills
from detectors.collusion.kickback_facts import facts
from detectors.collusion.kickback_finding import kickback_finding
from detectors.collusion.parting import parted
from detectors.collusion.steering import Steering, steerings
from detectors.contract import Need
from detectors.finding import Finding
from detectors.snapshot import Snapshot


@dataclass(frozen=True)
class Kickback:
    """Doctors whose prescriptions one pharmacy fills; doctors who send there for the same drugs are one finding."""

    persons: int = 8  # with a prescription of the doctor filled there
    share: float = 0.15  # of all persons the doctor prescribed to: less is not worth a kickback
    times: float = 2.0  # over what is expected: smaller excess is a habit
    level: float = 0.01  # q-value of the doctor who opens a finding
    worth: float = 0.5  # q-value up to which a doctor is reported at all, below the line

    name: str = "kickback"
    version: str = "1"
    title: str = N_("Prescriptions steered to one pharmacy")
    kinds: Sequence[str] = ("collusion/kickback",)
    needs: Sequence[Need] = (
        Need("settlements", ("prsc_dr_code",)),
        Need("settlements", ("chfpdr_code",), vital=False),
        Need("institutions", ("lnt", "lat"), vital=False),
        Need("fee_items", ("med_list_codg", "pric"), vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per pharmacy and scheme of doctors who steer to it."""
        found = fills(snapshot)
        striking = [one for one in steerings(found) if self._striking(one)]
        there = [self._group([one for one in striking if one.place == i]) for i in sorted({s.place for s in striking})]
        groups = [part for group in there if group for part in _schemes(found, group)]
        known = facts(snapshot, [one for group in groups for one in group]) if groups else {}
        for group in groups:
            yield kickback_finding(snapshot, found, group, known, self.name, self.version, self.kinds[0])

    def _striking(self, one: Steering) -> bool:
        return (
            one.persons >= self.persons
            and one.persons >= self.share * one.among
            and one.persons >= self.times * one.share * one.among
        )

    def _group(self, there: list[Steering]) -> list[Steering]:
        """Doctors beyond the level; beside one, others only have to stand out among those who prescribe there."""
        best = min(one.p_value for one in there)
        if best > self.level:
            return [one for one in there if one.p_value == best <= self.worth]
        return [one for one in there if one.p_value <= self.level or one.tail * _BESIDE <= self.level]


def _schemes(found: Fills, group: list[Steering]) -> list[list[Steering]]:
    """Part the doctors of a pharmacy: one house is one scheme, and so are houses that send for the same drugs."""
    houses = sorted({int(found.home[one.doctor]) for one in group})
    sent = [_drugs(found, [one for one in group if found.home[one.doctor] == house]) for house in houses]
    number = dict(zip(houses, parted({"drug": sent}, len(houses)).tolist(), strict=True))
    schemes: dict[int, list[Steering]] = {}
    for one in group:
        schemes.setdefault(number[int(found.home[one.doctor])], []).append(one)
    return [schemes[key] for key in sorted(schemes)]


def _drugs(found: Fills, group: list[Steering]) -> list[int]:
    place, item, doctor, lines = found.sales.T
    mine = (place == group[0].place) & np.isin(doctor, [one.doctor for one in group])
    return [int(drug) for drug in np.repeat(item[mine], lines[mine])]


_BESIDE = 100  # doctors with prescriptions at one pharmacy, at most: the correction once the pharmacy stands out
