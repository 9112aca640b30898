"""When a county goes to the doctor: week, season, holidays, market days, the flu."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from claims.simulator.dice import Floats, Ints, stream
from claims.simulator.settings import Settings

SPRING_FESTIVALS = {
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
}
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (5, 3), (10, 1), (10, 2), (10, 3), (10, 4), (10, 5), (10, 6), (10, 7)}
DAY = 86_400


@dataclass(frozen=True)
class Calendar:
    """Days of the period: `weights` of ordinary visits, `flu` of the children's wave.

    `markets` holds, for each town, 1 on its market days (every third, fifth or tenth day).
    """

    start: date
    days: int
    weekday: Ints
    weights: Floats
    flu: Floats
    markets: Ints


def is_holiday(day: date) -> bool:
    """Whether `day` is a public holiday (Spring Festival by table, the others by date)."""
    festival = SPRING_FESTIVALS.get(day.year)
    near = festival is not None and timedelta(days=-1) <= day - festival <= timedelta(days=6)
    return near or (day.month, day.day) in FIXED_HOLIDAYS


def build_calendar(settings: Settings, towns: int) -> Calendar:
    """Draw the rhythm of the period."""
    rng = stream(settings.seed, "calendar")
    dates = [settings.start + timedelta(days=i) for i in range(settings.days)]
    weekday = np.array([day.weekday() for day in dates])
    holiday = np.array([is_holiday(day) for day in dates])
    year_day = np.array([day.timetuple().tm_yday for day in dates])
    weekly = rng.normal([1.15, 1.05, 1.0, 0.98, 1.0, 0.72, 0.55], 0.04)
    season = 1 + rng.uniform(0.1, 0.3) * np.cos(2 * np.pi * (year_day - rng.uniform(0, 30)) / 365)
    weights = weekly[weekday] * season * np.where(holiday, rng.uniform(0.3, 0.6), 1.0)
    weights *= rng.lognormal(0, 0.06, settings.days)
    peak, width = rng.uniform(0.1, 0.9) * settings.days, rng.uniform(8, 20)
    flu = np.exp(-0.5 * ((np.arange(settings.days) - peak) / width) ** 2) * np.where(holiday, 0.5, 1.0)
    cycle = rng.choice([3, 5, 5, 10], towns)
    phase = rng.integers(0, 10, towns)
    markets = ((np.arange(settings.days)[None, :] + phase[:, None]) % cycle[:, None] == 0).astype(np.int64)
    markets[0] = 0  # the county seat has shops every day
    return Calendar(settings.start, settings.days, weekday, weights, flu, markets)
