"""Where a ring's records took place: institutions at their coordinates, members' towns, and moves within a day.

Coordinates are those of the register (`lnt`, `lat`, degrees); they are laid out in kilometres around
the middle of what is shown, which over a county is true to a few in a thousand. Towns are read out of
addresses and stand where the institutions that name them stand in the mean: a town, never a home.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from statistics import fmean

from claims.workspace import Workspace
from ui.service.entity_books import Books
from ui.service.ring_sheet import RingPaper
from ui.service.ring_story import RecordLine

KM_PER_DEGREE = 111.195  # of latitude, on a sphere of 6,371 km
_TOWN = re.compile(r"(?:^|[省市县旗区])(?P<town>[^\W\d省市县旗区]{1,6}?(?:镇|乡|街道))")
_SITES = """
    SELECT fixmedins_code, coalesce(fixmedins_name, fixmedins_code), CAST(lnt AS DOUBLE), CAST(lat AS DOUBLE),
           coalesce(addr, '')
    FROM institutions WHERE lnt BETWEEN 70 AND 140 AND lat BETWEEN 3 AND 55
"""
_HOMES = "SELECT coalesce(addr, '') FROM insured WHERE psn_no IN ({marks})"


@dataclass(frozen=True)
class Site:
    """An institution on the map; `x` (east) and `y` (north) are kilometres from the middle."""

    code: str
    name: str
    x: float
    y: float
    records: int
    people: int


@dataclass(frozen=True)
class Town:
    """A town named by addresses; `people` are members of the ring who live there."""

    name: str
    x: float
    y: float
    people: int


@dataclass(frozen=True)
class Move:
    """Between two institutions: how often members settled at both on one day, and how many different ones."""

    start: str
    end: str
    days: int
    people: int


@dataclass(frozen=True)
class RingMap:
    """What is drawn. `missing` counts institutions of the records whose coordinates nobody gave."""

    sites: tuple[Site, ...]
    towns: tuple[Town, ...]
    moves: tuple[Move, ...]
    missing: int


def ring_map(workspace: Workspace, paper: RingPaper, records: Sequence[RecordLine]) -> RingMap:
    """Lay out the records shown on the page."""
    books = Books(workspace, paper.ring.picture.data_version)
    known = _sites(books)
    used = Counter(line.record.place for line in records)
    here = {code: known[code] for code in used if code in known}
    if not here:
        return RingMap((), (), (), len(used))
    middle = fmean(site[1] for site in here.values()), fmean(site[2] for site in here.values())
    people = _people(records)
    sites = [
        Site(code, name, *_laid(middle, lnt, lat), used[code], len(people[code]))
        for code, (name, lnt, lat) in sorted(here.items())
    ]
    towns = _towns(books, {line.record.person for line in records}, middle)
    return RingMap(tuple(sites), towns, moves(records, here), len(used) - len(here))


def at_places(records: Iterable[RecordLine], places: Iterable[str]) -> tuple[RecordLine, ...]:
    """Return the records of some institutions; all where none is chosen."""
    wanted = frozenset(places)
    return tuple(line for line in records if not wanted or line.record.place in wanted)


def moves(records: Iterable[RecordLine], here: Iterable[str]) -> tuple[Move, ...]:
    """Count how often one person settled at one place and next at another on the same day, most often first."""
    known = frozenset(here)
    found: dict[tuple[str, str], list[str]] = {}
    last: dict[str, RecordLine] = {}
    for line in sorted(records, key=lambda line: (line.record.time, line.record.id)):
        before = last.get(line.record.person)
        last[line.record.person] = line
        if before is None or before.record.time.date() != line.record.time.date():
            continue
        pair = before.record.place, line.record.place
        if pair[0] != pair[1] and known.issuperset(pair):
            found.setdefault(pair, []).append(line.record.person)
    order = sorted(found, key=lambda pair: (-len(found[pair]), pair))
    return tuple(Move(*pair, len(found[pair]), len(set(found[pair]))) for pair in order)


def _people(records: Iterable[RecordLine]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in records:
        found.setdefault(line.record.place, set()).add(line.record.person)
    return found


def _laid(middle: tuple[float, float], lnt: float, lat: float) -> tuple[float, float]:
    east = (lnt - middle[0]) * KM_PER_DEGREE * cos(radians(middle[1]))
    return round(east, 4), round((lat - middle[1]) * KM_PER_DEGREE, 4)


@lru_cache(maxsize=4)
def _register(books: Books) -> tuple[tuple[str, str, float, float, str], ...]:
    rows = books.ask(_SITES)
    return tuple((str(code), str(name), _number(lnt), _number(lat), str(addr)) for code, name, lnt, lat, addr in rows)


def _number(value: object) -> float:
    assert isinstance(value, float)  # noqa: S101 - the query casts it
    return value


def _sites(books: Books) -> Mapping[str, tuple[str, float, float]]:
    return {code: (name, lnt, lat) for code, name, lnt, lat, _addr in _register(books)}


def town_of(address: str) -> str:
    """Return the town an address names, empty where it names none."""
    match = _TOWN.search(address)
    return match["town"] if match else ""


def _towns(books: Books, people: Iterable[str], middle: tuple[float, float]) -> tuple[Town, ...]:
    spots: dict[str, list[tuple[float, float]]] = {}
    for _code, _name, lnt, lat, address in _register(books):
        if town := town_of(address):
            spots.setdefault(town, []).append((lnt, lat))
    ids = sorted(people)
    homes = books.ask(_HOMES.format(marks=", ".join("?" * len(ids))), ids) if ids else []
    living = Counter(town_of(str(row[0])) for row in homes)
    found = [
        Town(town, *_laid(middle, fmean(x for x, _ in places), fmean(y for _, y in places)), living[town])
        for town, places in sorted(spots.items())
    ]
    return tuple(found)
