"""Towns, villages and institutions of a county."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from claims.simulator.dice import Flags, Floats, GroupedChoice, Ints, stream, unlike_numbers
from claims.simulator.settings import Settings
from claims.simulator.words import COUNTY_WORDS, PHARMACY_WORDS, TOWN_WORDS, VILLAGE_WORDS


class PlaceKind(IntEnum):
    """Kinds of institutions, largest first."""

    COUNTY_HOSPITAL = 0
    TOWNSHIP_HOSPITAL = 1
    COMMUNITY_CENTRE = 2
    CLINIC = 3
    PHARMACY = 4


KINDS = len(PlaceKind)
# level by national code, tills, opens, closes (minutes) for each kind
_LEVELS = (("05", "06", "07", "02"), ("08", "09", "10"), ("09", "14", "11"), ("11",), ("",))
_TILLS = ((4, 16), (2, 5), (1, 4), (1, 1), (1, 3))


@dataclass(frozen=True)
class Land:
    """Towns (0 is the county seat) and villages, by index."""

    region: str
    county: str
    town_names: tuple[str, ...]
    town_weight: Floats
    village_names: tuple[str, ...]
    village_town: Ints
    village_weight: Floats
    lon: Floats
    lat: Floats


@dataclass(frozen=True)
class Places:
    """Institutions by index; `chooser` picks one of a kind near a town, by popularity."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    kind: Ints
    town: Ints
    village: Ints
    lon: Floats
    lat: Floats
    level: tuple[str, ...]
    tills: Ints
    till_style: Ints
    opens: Ints
    closes: Ints
    chain: Ints
    scans: Floats  # share of boxes whose trace code is uploaded
    stock: Flags  # uploads its stock moves
    checks: Flags  # takes part in ward rounds and counter checks
    pooled: Flags  # pharmacies where the fund pays for plain purchases too
    price_level: Floats
    near: GroupedChoice
    anywhere: GroupedChoice

    def choose(self, kind: Ints, town: Ints, uniform: Floats) -> Ints:
        """A place of each kind in or, where the town has none, outside the town."""
        group = town * KINDS + kind
        local = self.near.has(group)
        return np.where(
            local, self.near.pick(np.where(local, group, KINDS - 1), uniform), self.anywhere.pick(kind, uniform)
        )

    def of(self, *kinds: PlaceKind) -> Ints:
        """Indexes of all places of these kinds."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    def distance(self, a: Ints, b: Ints) -> Floats:
        """Kilometres between two lists of places (flat earth: a county is small)."""
        east = (self.lon[a] - self.lon[b]) * 111.3 * np.cos(np.radians(self.lat[a]))
        return np.asarray(np.hypot(east, (self.lat[a] - self.lat[b]) * 110.6), np.float64)


def build_land(settings: Settings) -> Land:
    """Draw towns and villages with coordinates and weights of settlement."""
    rng = stream(settings.seed, "land")
    towns = int(np.clip(settings.persons / rng.uniform(28_000, 45_000), 3, 40))
    villages = np.maximum(3, rng.poisson(settings.persons / towns / rng.uniform(1200, 2200), towns))
    village_town = np.repeat(np.arange(towns), villages)
    town_weight = np.concatenate([[rng.uniform(0.5, 0.9) * max(1, towns / 3)], rng.gamma(3, 0.33, towns - 1) + 0.2])
    centre = rng.uniform([104.5, 24.0], [114.0, 31.0])
    spread = 0.05 + 0.055 * np.sqrt(towns)
    town_at = centre + rng.normal(0, spread, (towns, 2)) * (np.arange(towns) > 0)[:, None]
    village_at = town_at[village_town] + rng.normal(0, 0.025, (len(village_town), 2))
    seat = [f"城关{n}社区" for n in rng.permutation(villages[0])]
    rest = [str(name) for name in rng.choice(VILLAGE_WORDS, len(village_town) - villages[0])]
    return Land(
        region=f"{rng.choice([45, 43, 52, 51, 36, 42])}{rng.integers(1, 14):02d}{rng.integers(21, 32)}",
        county=f"{rng.choice(COUNTY_WORDS)}县",
        town_names=("城关镇", *(f"{n}镇" for n in rng.choice(TOWN_WORDS, towns - 1, replace=False))),
        town_weight=town_weight / town_weight.sum(),
        village_names=tuple(seat + rest),
        village_town=village_town,
        village_weight=rng.gamma(3, 0.33, len(village_town)) + 0.1,
        lon=village_at[:, 0],
        lat=village_at[:, 1],
    )


def _where(settings: Settings, land: Land, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Kinds and villages of all institutions."""
    towns, people = len(land.town_names), settings.persons
    first = np.searchsorted(land.village_town, np.arange(towns))
    shops = int(people / rng.uniform(1800, 3200)) + 5
    clinics = rng.random(len(land.village_town)) < rng.uniform(0.6, 0.9)
    clinics[first[:3] + 1] = True
    seats = np.flatnonzero(land.village_town == 0)
    shop_weight = land.town_weight[land.village_town] * land.village_weight * np.where(land.village_town == 0, 1.5, 1)
    shop_weight[first] *= 6  # shops gather at the market place
    parts = (
        rng.choice(seats, int(people / 180_000) + 2),
        first[1:],
        rng.choice(seats, int(people / 45_000) + 1),
        np.flatnonzero(clinics),
        rng.choice(len(shop_weight), shops, p=shop_weight / shop_weight.sum()),
    )
    return np.repeat(np.arange(KINDS), [len(part) for part in parts]), np.concatenate(parts)


def _names(land: Land, kind: Ints, village: Ints, chain: Ints, rng: np.random.Generator) -> tuple[str, ...]:
    hospitals = iter(
        (f"{land.county}人民医院", f"{land.county}中医医院", *(f"{land.county}第{n}医院" for n in "二三四五六七八九"))
    )
    brands = rng.choice(PHARMACY_WORDS, int(chain.max(initial=0)) + 1)
    names = []
    for index, (k, v) in enumerate(zip(kind, village, strict=True)):
        town, hamlet = land.town_names[land.village_town[v]], land.village_names[v]
        shop = (
            f"{brands[chain[index]]}大药房{hamlet}{index}店"
            if chain[index] >= 0
            else f"{rng.choice(PHARMACY_WORDS)}药店"
        )
        names.append(
            (
                next(hospitals, f"{land.county}协和医院") if k == 0 else "",
                f"{town}卫生院",
                f"{hamlet}卫生服务中心",
                f"{town}{hamlet}卫生室",
                shop,
            )[k]
        )
    return tuple(names)


def _pooled(rng: np.random.Generator, shop: Flags) -> Flags:
    """Not quite half of the pharmacies, and at least four."""
    pooled = shop & (rng.random(len(shop)) < 0.45)
    pooled[rng.permutation(np.flatnonzero(shop))[:4]] = True
    return pooled


def build_places(settings: Settings, land: Land) -> Places:
    """Draw the institutions of the county."""
    rng = stream(settings.seed, "places")
    kind, village = _where(settings, land, rng)
    n, town = len(kind), land.village_town[village]
    popularity = np.zeros(n)
    for k in range(KINDS):
        ranks = rng.permutation(np.sum(kind == k)) + 1
        popularity[kind == k] = ranks ** -rng.uniform(0.6, 1.1)
    shop = kind == PlaceKind.PHARMACY
    chain = np.where(shop & (rng.random(n) < 0.45), rng.integers(0, max(2, n // 40), n), -1)
    opens = np.where(shop, rng.choice([450, 480, 510], n), rng.choice([470, 480, 490], n))
    closes = np.where(shop, rng.choice([1200, 1260, 1290], n), np.where(kind == PlaceKind.CLINIC, 1140, 1050))
    numbers = unlike_numbers(rng, n, 90_000) + 1
    tills = np.array([rng.integers(_TILLS[k][0], _TILLS[k][1] + 1) for k in kind])
    return Places(
        codes=tuple(f"{'P' if s else 'H'}{land.region}{number:05d}" for s, number in zip(shop, numbers, strict=True)),
        names=_names(land, kind, village, chain, rng),
        kind=kind,
        town=town,
        village=village,
        lon=land.lon[village] + rng.normal(0, 0.004, n),
        lat=land.lat[village] + rng.normal(0, 0.004, n),
        level=tuple(str(rng.choice(_LEVELS[k])) for k in kind),
        tills=tills,
        till_style=rng.integers(0, 3, n),
        opens=opens,
        closes=closes,
        chain=chain,
        scans=np.where(rng.random(n) < 0.08, 0.0, rng.uniform(0.85, 1.0, n)),
        stock=rng.random(n) < np.where(shop, 0.75, 0.15),
        checks=rng.random(n) < np.array([0.8, 0.6, 0.2, 0.05, 0.15])[kind],
        pooled=_pooled(rng, shop),
        price_level=rng.lognormal(0, 0.06, n),
        near=GroupedChoice(town * KINDS + kind, popularity, len(land.town_names) * KINDS),
        anywhere=GroupedChoice(kind, popularity, KINDS),
    )
