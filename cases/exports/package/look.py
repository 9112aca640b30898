"""A finding as its detector finds it anew in the pinned data version, and what its statistic needs of the county."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import isclose

from cases.codec import Json
from cases.exports.package.pseudonyms import Pseudonyms
from detectors import DETECTORS
from detectors.contract import Detector
from detectors.finding import Finding
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

Inputs = dict[str, Json]


@dataclass
class Needs:
    """What the inputs of findings refer to besides their own records: settlements, persons checked, box codes."""

    settlements: set[str] = field(default_factory=set)
    checked: set[str] = field(default_factory=set)
    traces: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Look:
    """One finding, found anew; `needs` gathers what has to travel with it."""

    snapshot: Snapshot
    detector: Detector
    finding: Finding
    names: Pseudonyms
    needs: Needs

    def parameter(self, name: str) -> object:
        """A parameter of the detector."""
        return getattr(self.detector, name)

    def settlements(self, visits: Ints | Sequence[int]) -> list[Json]:
        """Numbers of visits `v`, enclosed with the package."""
        numbers = self.snapshot.setl_id(visits)
        self.needs.settlements.update(numbers)
        return [Number(number) for number in numbers]

    def person(self, code: int) -> str:
        """Keyed name of a person `p`."""
        return self.names.name(NodeType.PERSON, self.snapshot.psn_no([code])[0])


class Number(str):
    """A settlement's number inside inputs: given its final form once everybody in the package has a name."""


Maker = Callable[[Look], Inputs]


@dataclass
class Again:
    """Finds anew what a run found; each detector looks once."""

    snapshot: Snapshot
    found: dict[str, Mapping[str, Finding]] = field(default_factory=dict)

    def finding(self, stored: Finding) -> Finding | None:
        """Return the finding as it is found anew, None where it is not found or says anything else."""
        detector = detector_of(stored.detector)
        if detector is None:
            return None
        if stored.detector not in self.found:
            self.found[stored.detector] = {one.identity: one for one in detector.detect(self.snapshot)}
        anew = self.found[stored.detector].get(stored.identity)
        return anew if anew is not None and same(anew, stored) else None


def same(one: Finding, two: Finding) -> bool:
    """Say whether two findings claim the same, whatever words it is put in."""
    told = [
        (f.identity, f.version, f.subjects, dict(f.records), [line.records for line in f.evidence], f.denominator)
        for f in (one, two)
    ]
    numbers = [
        (f.chance.observed, f.chance.expected, f.chance.p_value, f.score, *(v for _, v in sorted(f.details.items())))
        for f in (one, two)
    ]
    if told[0] != told[1] or len(numbers[0]) != len(numbers[1]):
        return False
    return all(isclose(a, b, rel_tol=1e-9) for a, b in zip(*numbers, strict=True))


def detector_of(name: str) -> Detector | None:
    """Return the detector of a name, None where there is none any more."""
    return next((detector for detector in DETECTORS if detector.name == name), None)


def parameters_of(detector: Detector) -> dict[str, Json]:
    """Parameters of a detector as JSON values."""
    found: dict[str, Json] = {}
    for one in fields(detector):  # type: ignore[arg-type]
        value = getattr(detector, one.name)
        plain = isinstance(value, str | int | float | bool)
        if one.name not in ("name", "version", "title", "kinds", "needs"):
            found[one.name] = value if plain else repr(value)
    return found
