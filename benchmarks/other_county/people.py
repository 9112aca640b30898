"""Who lives in the other county: households in lanes of villages, some of them chronically ill."""

from dataclasses import dataclass

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.settings import Flags, Floats, Ints, Settings, Style, Texts

_CHECK = "10X98765432"


@dataclass
class People:
    """One entry per enrolment; the last `spare` ones exist only when a ring enrols them."""

    household: Ints
    town: Ints
    lane: Ints  # number of the lane within the county
    x: Floats  # kilometres
    y: Floats
    male: Flags
    born: Ints  # days since 1970
    age: Ints
    adult: Flags
    chronic: Flags
    employer: Ints  # -1: none
    hour: Floats  # when this person likes to go
    name: Texts
    cert: Texts
    tel: Texts
    address: Texts
    account: Texts
    died: Ints  # day of the county's calendar, -1: alive
    present: Flags
    taken: Flags  # already plays a part
    spare: int

    @property
    def size(self) -> int:
        """Count of enrolments, unused spare ones included."""
        return len(self.household)


def make_people(settings: Settings, style: Style, towns: Floats) -> People:
    """People the county: household by household, in the lanes of its towns."""
    dice = settings.dice("people")
    spare = 300 + settings.persons // 100
    size = settings.persons + spare
    sizes = dice.choice(6, size=size, p=[0.13, 0.28, 0.25, 0.18, 0.1, 0.06]) + 1
    household = np.repeat(np.arange(size), sizes)[:size]
    homes = int(household[-1]) + 1
    slot = np.arange(size) - np.searchsorted(household, household)
    town_of, lane_of, spot = _homes(dice, towns, homes)
    age = _ages(dice, slot, household, homes)
    male = np.where(slot < 2, (slot == 0) ^ (dice.random(size) < 0.06), dice.random(size) < 0.51)
    first = int(np.datetime64(style.start).astype(int))  # days since 1970
    born = first - age * 365 - dice.integers(360, size=size)
    surname = dice.choice(len(words.SURNAMES), size=homes, p=_zipf(len(words.SURNAMES)))
    at, adult = household.astype(np.int64), age >= 18
    chronic, employer, hour = _habits(dice, age)
    return People(
        household=at,
        town=town_of[at],
        lane=lane_of[at],
        x=spot[at, 0],
        y=spot[at, 1],
        male=male,
        born=born.astype(np.int64),
        age=age,
        adult=adult,
        chronic=chronic,
        employer=employer,
        hour=hour,
        name=_names(dice, surname[at], slot, male),
        cert=_certificates(dice, style, born, male),
        tel=_telephones(dice, household, slot, adult),
        address=_addresses(lane_of[at], town_of[at], household),
        account=_accounts(dice, size),
        died=np.full(size, -1),
        present=np.arange(size) < settings.persons,
        taken=np.arange(size) >= settings.persons,
        spare=spare,
    )


def _homes(dice: np.random.Generator, towns: Floats, homes: int) -> tuple[Ints, Ints, Floats]:
    """Put homes into lanes and lanes into towns: town and lane of each home, and where it stands."""
    share = 1 / np.arange(1, len(towns) + 1) ** 0.7
    town = dice.choice(len(towns), size=homes, p=share / share.sum())
    lanes = max(4, homes // (len(towns) * 22))
    lane = town * lanes + dice.integers(lanes, size=homes)
    offset = dice.normal(0, 1.6, (len(towns) * lanes, 2))
    return town, lane, towns[town] + offset[lane] + dice.normal(0, 0.08, (homes, 2))


def _habits(dice: np.random.Generator, age: Ints) -> tuple[Flags, Ints, Floats]:
    """Who is chronically ill, who works where, and the hour each likes."""
    size = len(age)
    chronic = dice.random(size) < np.clip((age - 38) / 85, 0.01, 0.55)
    works = (age > 19) & (age < 60) & (dice.random(size) < 0.42)
    busy = np.where(dice.random(size) < 0.5, dice.normal(18.7, 1.2, size), dice.normal(11, 2.5, size))
    employer = np.where(works, dice.integers(len(words.FACTORIES), size=size), -1)
    return chronic, employer, np.where(age > 58, dice.normal(8.9, 1.1, size), busy)


def _zipf(size: int) -> Floats:
    weight = 1 / np.arange(2, size + 2) ** 0.85
    return np.asarray(weight / weight.sum())


def _ages(dice: np.random.Generator, slot: Ints, household: Ints, homes: int) -> Ints:
    head = dice.choice([28, 42, 58, 73], size=homes, p=[0.22, 0.33, 0.27, 0.18])[household]
    head = head + dice.integers(-6, 7, size=homes)[household]
    child = np.clip(head - dice.integers(22, 34, size=len(slot)), 0, 60)
    parent = np.clip(head + dice.integers(20, 32, size=len(slot)), 45, 99)
    age = np.where(slot == 0, head, np.where(slot == 1, head + dice.integers(-4, 5, size=len(slot)), child))
    return np.where((slot > 3) & (dice.random(len(slot)) < 0.7), parent, age).astype(np.int64)


def _names(dice: np.random.Generator, surname: Ints, slot: Ints, male: Flags) -> Texts:
    own = np.where(slot == 1, dice.choice(len(words.SURNAMES), size=len(slot), p=_zipf(len(words.SURNAMES))), surname)
    pools = np.where(male, 0, 1)
    first, second = (np.minimum(dice.geometric(0.045, len(slot)) - 1, 48) for _ in range(2))
    single = dice.random(len(slot)) < 0.18
    names = [
        words.SURNAMES[s] + pool[a % len(pool)] + ("" if one else pool[b % len(pool)])
        for s, a, b, one, pool in zip(
            own, first, second, single, ((words.MALE, words.FEMALE)[p] for p in pools), strict=True
        )
    ]
    return np.array(names, dtype=object)


def certificate(area: str, born: int, serial: int) -> str:
    """Write an eighteen-digit certificate number with its check digit; the serial's parity is the sex."""
    day = str(np.datetime64("1970-01-01") + np.timedelta64(int(born), "D")).replace("-", "")
    body = f"{area}{day}{serial % 1000:03d}"
    return body + _CHECK[sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(body)) % 11]


def _certificates(dice: np.random.Generator, style: Style, born: Ints, male: Flags) -> Texts:
    serial = (dice.integers(0, 499, size=len(born)) * 2 + male).astype(int)
    found, seen = [], set()
    for day, number in zip(born, serial, strict=True):
        cert = certificate(style.area, int(day), int(number))
        while cert in seen:
            number += 2
            cert = certificate(style.area, int(day), int(number))
        seen.add(cert)
        found.append(cert)
    return np.array(found, dtype=object)


def _telephones(dice: np.random.Generator, household: Ints, slot: Ints, adult: Flags) -> Texts:
    own = dice.choice(10**8, size=len(household), replace=False)
    first = np.searchsorted(household, household)
    shared = (~adult & (slot > 0)) | (dice.random(len(household)) < 0.12)
    number = np.where(shared, own[first], own)
    return np.array([f"1{5 + n % 4}{n % 10}{n:08d}" for n in number], dtype=object)


def _addresses(lane: Ints, town: Ints, household: Ints) -> Texts:
    size, found = len(words.LANES) // 2, []
    for number, where, home in zip(lane, town, household, strict=True):
        seat = words.TOWNS[2 * (where % (len(words.TOWNS) // 2)) :][:2]
        street = words.LANES[2 * (number % size) :][:2]
        found.append(f"{seat}镇{street}{number // size + 1}巷{home % 97 + 1}号")
    return np.array(found, dtype=object)


def _accounts(dice: np.random.Generator, size: int) -> Texts:
    numbers = dice.choice(10**10, size=size, replace=False) if size < 10**4 else dice.permutation(size) * 90007
    return np.array([f"6299{n:014d}" for n in numbers], dtype=object)
