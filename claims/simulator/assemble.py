"""From a plan to the list of settlements: all visits, refunds and redone settlements, in file order."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from claims.simulator.activity import ACTIVITIES
from claims.simulator.calendar import DAY
from claims.simulator.county import County, build_county
from claims.simulator.dice import Ints, stream
from claims.simulator.innocents import INNOCENTS
from claims.simulator.planting import Field, Group
from claims.simulator.plausible import beds, one_life, with_length, within_life
from claims.simulator.rings import plant_rings, spare_enrolments
from claims.simulator.settings import Settings
from claims.simulator.visits import Kind, VisitLog

REFUND, PART_REFUND = 1, 2
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Plan:
    """A county and its settlements, one row each in the order of upload.

    Beyond the visit's own columns: `uid` names the visit, `origin` the uid a refund cancels (-1
    for none), `refund` 0, full (1) or in part (2), `redone` 1 after a cancelled settlement, `settle`
    second of settlement, `upload` second at which the row reached the platform, `rank` position by
    time of settlement, `bed`.
    """

    county: County
    visits: pl.DataFrame
    groups: tuple[Group, ...]
    bodies: dict[int, int]
    bed_counts: Ints


def make_plan(settings: Settings, progress: Progress) -> Plan:
    """Draw the county, let everybody live, and put the settlements in order."""
    progress("county", 0.0)
    county = build_county(settings, spare_enrolments(settings))
    field = _planted(county)
    frames = [field.log.frame()]
    for nth, activity in enumerate(ACTIVITIES):
        progress(activity.__name__, (nth + 1) / (len(ACTIVITIES) + 2))
        log = VisitLog()
        activity(county, stream(settings.seed, "activity", activity.__name__), log)
        frames.append(log.frame())
    progress("timeline", (len(ACTIVITIES) + 1) / (len(ACTIVITIES) + 2))
    visits = one_life(county, within_life(county, with_length(county, pl.concat(frames))))
    del frames
    bed, counts = beds(county, visits)
    visits = _keyed(visits.with_columns(pl.Series("bed", bed.astype(np.int16))))
    visits = _in_order(county, _with_refunds(county, visits))
    return Plan(county, visits, tuple(field.groups), field.bodies, counts)


def _planted(county: County) -> Field:
    people = county.people
    field = Field(county, VisitLog())
    for plant in INNOCENTS:
        plant(field, stream(county.settings.seed, "innocent", plant.__name__))
    spares = stream(county.settings.seed, "spares").permutation(np.arange(people.residents, people.listed))
    field.spares.extend(int(person) for person in spares)
    field.taken.update(field.spares)
    plant_rings(field)
    return field


def _keyed(visits: pl.DataFrame) -> pl.DataFrame:
    """Number the visits; twins take the number of the first of them as their key."""
    visits = visits.with_row_index("uid").with_columns(pl.col("uid").cast(pl.Int32))
    first = pl.col("uid").min().over("twin")
    key = pl.when(pl.col("twin") >= 0).then(first).otherwise(pl.col("uid"))
    return visits.with_columns(
        key.alias("key"),
        (pl.col("at") + pl.col("lasts")).alias("settle"),
        origin=pl.lit(-1, pl.Int32),
        refund=pl.lit(0, pl.Int8),
        redone=pl.lit(0, pl.Int8),
    )


def _with_refunds(county: County, visits: pl.DataFrame) -> pl.DataFrame:
    """Add refunds, some in part, and settlements redone after a cancelled one."""
    dice, uid = county.dice, visits["uid"].to_numpy().astype(np.int64)
    chosen = np.flatnonzero(dice.uniform("refunded", uid) < 0.011)
    rows, ids = visits[chosen], uid[chosen]
    full = dice.uniform("refund in full", ids) < 0.7
    redone = full & (dice.uniform("redone", ids) < 0.3)
    soon = dice.uniform("refund delay", ids)
    later = np.ceil(soon**3 * 12) * DAY + (soon * 99) % 1 * 3000  # days after, about the same hour
    delay = np.where(redone, 60 + soon * 900, np.where(soon < 0.5, 300 + soon * 7200, later))
    settle = rows["settle"].to_numpy() + delay.astype(np.int32)
    refunds = rows.with_columns(
        pl.Series("settle", settle, pl.Int32),
        pl.col("uid").alias("origin"),
        pl.Series("refund", np.where(full, REFUND, PART_REFUND), pl.Int8),
        group=pl.lit(-1, pl.Int32),
    )
    again = rows.with_columns(pl.Series("settle", settle + 90, pl.Int32), redone=pl.lit(1, pl.Int8))
    again = again.filter(pl.Series(redone) & (pl.col("kind") != int(Kind.STAY)))
    extra = pl.concat([refunds, again]).filter(pl.col("settle") < county.settings.days * DAY)
    extra = extra.with_columns(uid=pl.int_range(pl.len(), dtype=pl.Int32) + len(uid))
    return pl.concat([visits, extra])


def _in_order(county: County, visits: pl.DataFrame) -> pl.DataFrame:
    """Rank by settlement, sort by upload: most rows arrive at once, some days late."""
    uid = visits["uid"].to_numpy().astype(np.int64)
    late = (county.dice.uniform("late", uid) < 0.02) & (visits["group"].to_numpy() < 0)
    wait = np.where(late, county.dice.uniform("wait for upload", uid) ** 2 * 9 * DAY + 600, 0).astype(np.int32)
    order = np.lexsort((county.dice.bits("tie", uid), visits["settle"].to_numpy()))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    visits = visits.with_columns((pl.col("settle") + pl.Series(wait)).alias("upload"), pl.Series("rank", rank))
    return visits.drop("twin", "keep").sort("upload", "rank")
