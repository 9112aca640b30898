"""One search a snapshot, shared by the detectors of this family."""

from dataclasses import dataclass
from typing import cast

from detectors.copresence.cleaning import Cleaned, cleaned
from detectors.copresence.crowd import by_card, by_clerk, by_doctor, by_minute, unit_of
from detectors.copresence.facts import Facts, facts_of
from detectors.copresence.groups import Crowds, Search, find
from detectors.snapshot import Snapshot


@dataclass(frozen=True)
class Result:
    """A cleaned party and its facts."""

    cleaned: Cleaned
    facts: Facts


def crowds_of(snapshot: Snapshot) -> Crowds:
    """The crowds at both time scales."""
    return Crowds(by_minute(snapshot), by_card(snapshot), by_doctor(snapshot), by_clerk(snapshot))


def results(snapshot: Snapshot, search: Search) -> tuple[Result, ...]:
    """Everything found with these parameters, surest first; searched once per snapshot."""
    key = results, search
    if key not in snapshot.kept:
        found = find(crowds_of(snapshot), search)
        unit = found.unit[unit_of(snapshot)] if len(found.unit) else found.unit
        parties = cleaned(snapshot, found, unit, search)
        snapshot.kept[key] = tuple(Result(one, facts_of(snapshot, one.party)) for one in parties)
    return cast(tuple[Result, ...], snapshot.kept[key])
