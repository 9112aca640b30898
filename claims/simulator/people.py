"""The insured: households, ages, work, illness and habits, as columns indexed by person."""

from dataclasses import dataclass

import numpy as np

from claims.simulator.catalogue import Catalogue
from claims.simulator.dice import Flags, Floats, GroupedChoice, Ints, stream
from claims.simulator.identity import Identity, build_identity, draw_names
from claims.simulator.places import Land, PlaceKind, Places
from claims.simulator.settings import Settings

NEVER = 10**6  # a day that does not come
_SIZES = (0.17, 0.30, 0.22, 0.16, 0.09, 0.06)


@dataclass(frozen=True)
class People:
    """Persons 0..listed-1 are in the register; the rest come from other regions.

    The last `spare` of the listed are single enrolments that identity rings may reshape. Arrays
    are filled while the county is planned and only read afterwards. Days count from the start.
    """

    listed: int
    spare: int
    household: Ints
    member: Ints  # position within the household: 0 head, 1 partner, then children and elders
    village: Ints
    town: Ints
    sex: Ints
    age: Ints
    employed: Flags  # insured as employee (310)
    retired: Flags
    employer: Ints
    chronic: Ints  # diagnosis or -1
    activity: Floats
    usual_shop: Ints
    usual_clinic: Ints
    dies: Ints
    identity: Identity

    @property
    def residents(self) -> int:
        """Persons who live their own life in the county: neither spare nor from outside."""
        return self.listed - self.spare

    def household_of(self, person: int) -> Ints:
        """All persons of one person's household."""
        near = np.arange(max(0, person - 6), min(len(self.household), person + 7))
        return np.asarray(near[self.household[near] == self.household[person]], np.int64)


def _households(rng: np.random.Generator, residents: int, singles: int) -> tuple[Ints, Ints, Ints]:
    sizes = rng.choice(6, residents, p=_SIZES) + 1
    count = int(np.searchsorted(np.cumsum(sizes), residents)) + 1
    household = np.repeat(np.arange(count), sizes[:count])[:residents]
    household = np.concatenate([household, count + np.arange(singles)])
    starts = np.searchsorted(household, np.arange(household[-1] + 1))
    return household, np.arange(len(household)) - starts[household], np.diff(np.append(starts, len(household)))


def _ages(rng: np.random.Generator, household: Ints, member: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Ages and sexes by position in the household."""
    homes = len(sizes)
    single, pair = rng.random(homes) < 0.5, rng.random(homes) < 0.45
    head = np.where(sizes == 1, np.where(single, rng.normal(72, 9, homes), rng.normal(42, 13, homes)), 0.0)
    head = np.where(sizes == 2, np.where(pair, rng.normal(69, 9, homes), rng.normal(46, 13, homes)), head)
    head = np.clip(np.where(sizes > 2, rng.normal(44, 10, homes), head), 21, 99)
    head_sex = np.where(rng.random(homes) < 0.66, 1, 2)
    base, n = head[household], len(household)
    child = base - rng.normal(27, 4, n)
    elder = base + rng.normal(26, 4, n)
    age = np.where(member == 0, base, np.where(member == 1, base - rng.normal(1, 3, n), child))
    age = np.where((member >= 4) | (child < 0) & (member > 1), elder, age)
    sex = np.where(member == 1, 3 - head_sex[household], rng.integers(1, 3, n))
    return np.clip(age, 0, 101).astype(np.int64), np.where(member == 0, head_sex[household], sex)


def _homes(rng: np.random.Generator, land: Land, count: int) -> Ints:
    """Village of each household."""
    weight = land.town_weight[land.village_town] * land.village_weight
    weight /= np.bincount(land.village_town, land.village_weight)[land.village_town]
    return np.asarray(rng.choice(len(weight), count, p=weight / weight.sum()), np.int64)


def _employers(rng: np.random.Generator, town: Ints, employed: Flags) -> Ints:
    """An employer in the same town for everybody insured by work; sizes are uneven."""
    count = max(6, int(employed.sum() / rng.uniform(18, 45)))
    where = rng.choice(town[employed], count) if employed.any() else np.zeros(count, np.int64)
    where[0] = 0
    firms = GroupedChoice(where, rng.pareto(1.2, count) + 0.2, int(town.max()) + 1)
    own = firms.has(town)
    return np.where(employed, firms.pick(np.where(own, town, 0), rng.random(len(town))), -1)


def _deaths(rng: np.random.Generator, age: Ints, days: int) -> Ints:
    """Day of death; a few died before the period and are still enrolled."""
    yearly = np.clip(0.00012 * np.exp(0.085 * np.clip(age - 20, 0, 90)), 0.0003, 0.3)
    when = rng.integers(-300, days + 1, len(age))
    return np.where(rng.random(len(age)) < yearly * (days + 300) / 365, when, NEVER)


def _usual(rng: np.random.Generator, places: Places, town: Ints, head: Ints) -> tuple[Ints, Ints]:
    """The pharmacy and the clinic each person goes to as a rule: mostly those of the household."""
    n, near = len(town), [PlaceKind.TOWNSHIP_HOSPITAL, PlaceKind.COMMUNITY_CENTRE, PlaceKind.CLINIC]
    shop = places.choose(np.full(n, PlaceKind.PHARMACY), town, rng.random(n))
    clinic = places.choose(rng.choice(near, n, p=[0.4, 0.35, 0.25]), town, rng.random(n))
    together = rng.random(n) < 0.7
    return np.where(together, shop[head], shop), np.where(together, clinic[head], clinic)


def build_people(settings: Settings, land: Land, places: Places, catalogue: Catalogue, spare: int) -> People:
    """Draw everybody of the county, plus people of other regions who are treated here."""
    rng = stream(settings.seed, "people")
    outside = max(20, settings.persons // 60)
    household, member, sizes = _households(rng, settings.persons - spare, spare + outside)
    age, sex = _ages(rng, household, member, sizes)
    n = len(age)
    village = _homes(rng, land, len(sizes))[household]
    town = land.village_town[village]
    worker = rng.random(n) < np.where(town == 0, rng.uniform(0.4, 0.6), rng.uniform(0.08, 0.18))
    worker[settings.persons :] = False  # who works elsewhere is not known here
    employed, retired = worker & (age >= 19), worker & (age >= np.where(sex == 1, 60, 54))
    ill = rng.random(n) < np.interp(age, [0, 30, 45, 60, 75], [0.003, 0.015, 0.09, 0.34, 0.55])
    chronic = catalogue.draw_diagnosis(np.ones(n, np.int64), sex, np.maximum(age, 40), rng.random(n))
    shop, clinic = _usual(rng, places, town, np.searchsorted(household, household))
    names = draw_names(rng, sex, age, member, np.searchsorted(household, household))
    return People(
        listed=settings.persons,
        spare=spare,
        household=household,
        member=member,
        village=village,
        town=town,
        sex=sex,
        age=age,
        employed=employed,
        retired=retired,
        employer=_employers(rng, town, employed & ~retired),
        chronic=np.where(ill, chronic, -1),
        activity=rng.gamma(1.1, 0.9, n) * np.interp(age, [0, 3, 10, 30, 60, 80], [1.5, 1.4, 0.9, 0.7, 1.3, 1.7]),
        usual_shop=shop,
        usual_clinic=clinic,
        dies=_deaths(rng, age, settings.days),
        identity=build_identity(settings, land, names, household, member, age, sex, village),
    )
