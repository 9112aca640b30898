"""Where the other county's people are treated and shop: hospitals, clinics, pharmacies, and who works there."""

from dataclasses import dataclass

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.settings import Flags, Floats, Ints, Settings, Style, Texts

HOSPITAL, TOWN_HOSPITAL, CLINIC, PHARMACY, PRIVATE = range(5)


@dataclass
class Places:
    """One entry per institution; `opens` and `closes` are minutes of the day."""

    sort: Ints
    town: Ints
    x: Floats
    y: Floats
    beds: Ints
    opens: Ints
    closes: Ints
    tills: Ints
    weight: Floats  # how well it is liked
    chain: Ints  # -1: none
    name: Texts
    doctors: Ints  # how many
    first_doctor: Ints

    @property
    def pharmacy(self) -> Flags:
        """Which are pharmacies."""
        return np.asarray(self.sort == PHARMACY)

    def of(self, *sorts: int) -> Ints:
        """Return the places of some sorts."""
        return np.flatnonzero(np.isin(self.sort, sorts))


def make_towns(settings: Settings) -> Floats:
    """Spread towns over the county; the first is its seat."""
    dice = settings.dice("towns")
    count = max(3, min(16, settings.persons // 4000 + 2))
    spots = dice.uniform(-26, 26, (count, 2))
    spots[0] = 0
    return np.asarray(spots)


def make_places(settings: Settings, style: Style, towns: Floats) -> Places:
    """Found the institutions: few hospitals, a hospital per town, clinics and pharmacies by population."""
    dice = settings.dice("places")
    sort = _sorts(settings, len(towns))
    size = len(sort)
    share = 1 / np.arange(1, len(towns) + 1) ** 0.7
    town = dice.choice(len(towns), size=size, p=share / share.sum())
    town[sort == HOSPITAL], town[sort == TOWN_HOSPITAL] = 0, np.arange(len(towns))
    spot = towns[town] + dice.normal(0, 0.9, (size, 2))
    beds = np.select(
        [sort == HOSPITAL, sort == TOWN_HOSPITAL, sort == PRIVATE],
        [dice.integers(180, 500, size), dice.integers(20, 60, size), dice.integers(30, 90, size)],
        0,
    )
    shop = sort == PHARMACY
    opens, closes = _hours(dice, style, sort)
    doctors = np.select([sort == HOSPITAL, sort == TOWN_HOSPITAL, sort == PRIVATE, sort == CLINIC], [45, 9, 8, 2], 1)
    return Places(
        sort=sort,
        town=town,
        x=spot[:, 0],
        y=spot[:, 1],
        beds=beds,
        opens=opens,
        closes=closes,
        tills=np.select([sort == HOSPITAL, shop], [6, 1 + (dice.random(size) < 0.3)], 2).astype(np.int64),
        weight=dice.lognormal(0, 0.9, size),
        chain=np.where(shop & (dice.random(size) < 0.45), dice.integers(len(words.CHAINS), size=size), -1),
        name=_names(dice, sort, town),
        doctors=doctors,
        first_doctor=np.cumsum(doctors) - doctors,
    )


def _sorts(settings: Settings, towns: int) -> Ints:
    thousands = settings.persons / 1000
    shops, clinics = 6 + int(thousands * 0.9), 3 + int(thousands * 1.1)
    return np.repeat(np.arange(5), (1 + int(thousands / 25), towns, clinics, shops, 1 + int(thousands / 15)))


def _hours(dice: np.random.Generator, style: Style, sort: Ints) -> tuple[Ints, Ints]:
    """When doors open and close; some pharmacies never close."""
    shop = sort == PHARMACY
    opens = np.where(shop, style.open_hour * 60, np.where(sort == CLINIC, 7 * 60 + 30, 8 * 60))
    late = style.close_hour * 60 - dice.choice([0, 30, 60], len(sort))
    closes = np.where(shop, late, np.where(sort == CLINIC, 20 * 60, 17 * 60 + 30))
    night = shop & (dice.random(len(sort)) < 0.12)
    return np.where(night, 0, opens), np.where(night, 1439, closes)


def _names(dice: np.random.Generator, sort: Ints, town: Ints) -> Texts:
    found = []
    for number, (kind, where) in enumerate(zip(sort, town, strict=True)):
        here = words.TOWNS[2 * (int(where) % (len(words.TOWNS) // 2)) :][:2]
        word = words.SHOPS[int(dice.integers(len(words.SHOPS)))]
        found.append(
            {
                HOSPITAL: f"示例县第{number + 1}人民医院",
                TOWN_HOSPITAL: f"{here}镇中心卫生院",
                CLINIC: f"{here}{word}{words.CLINICS[number % len(words.CLINICS)]}",
                PHARMACY: f"{word}药店{here}{number}分店",
                PRIVATE: f"{word}专科医院",
            }[int(kind)]
        )
    return np.array(found, dtype=object)
