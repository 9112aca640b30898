"""Rows of biometric checks (ward rounds, counters) and templates."""

import numpy as np
import polars as pl

from claims.simulator.assemble import Plan
from claims.simulator.calendar import DAY
from claims.simulator.county import County
from claims.simulator.dice import Ints, stream
from claims.simulator.tables.settlements import person_numbers
from claims.simulator.text import Dates, Lookup, blank, decimals, padded
from claims.simulator.visits import Kind

NOBODY, ANOTHER = 1, 2
MATCH, MISMATCH, ABSENT = 0, 1, 2
MOST_TEMPLATES = 20_000


def _taking_part(plan: Plan) -> pl.Series:
    """Rows at places that take part, refunds aside."""
    visits = plan.visits
    return pl.Series(plan.county.places.checks).gather(visits["place"]) & (visits["refund"] == 0)


def _ward_rounds(plan: Plan) -> pl.DataFrame:
    """Some mornings and evenings of stays at hospitals that take part."""
    dice = plan.county.dice
    stays = plan.visits.filter(_taking_part(plan) & (plan.visits["kind"] == int(Kind.STAY)))
    at, nights = stays["at"].to_numpy().astype(np.int64), (stays["lasts"].to_numpy() // DAY).astype(np.int64)
    row = np.repeat(np.arange(stays.height), np.maximum(nights, 0))
    nth = np.arange(len(row)) - np.searchsorted(row, row) + 1
    number = stays["uid"].to_numpy().astype(np.int64)[row] * 64 + nth
    held = dice.uniform("round held", number) < 0.35
    row, nth, number = row[held], nth[held], number[held]
    evening = dice.uniform("evening round", number) < 0.4
    second = np.where(evening, 70_000, 28_000) + dice.below("round", number, 6000)
    time = (at[row] // DAY + nth) * DAY + second
    here = time < at[row] + stays["lasts"].to_numpy()[row]
    found = stays.select("person", "place", "body")[row]
    return found.with_columns(pl.Series("time", time), pl.Series("number", number)).filter(pl.Series(here))


def _counter_checks(plan: Plan) -> pl.DataFrame:
    """Faces looked at while settling, at the places that take part."""
    visits = plan.visits
    lucky = pl.Series(plan.county.dice.uniform("counter check", visits["uid"].to_numpy().astype(np.int64)) < 0.06)
    chosen = visits.filter(_taking_part(plan) & lucky & (visits["kind"] != int(Kind.STAY)))
    return chosen.select(
        "person",
        "place",
        "body",
        (pl.col("settle").cast(pl.Int64) - 20).alias("time"),
        (pl.col("uid").cast(pl.Int64) * 64).alias("number"),
    )


def checks(plan: Plan, dates: Dates) -> pl.DataFrame:
    """Rows of `bio_checks` in order of time."""
    county = plan.county
    found = pl.concat([_ward_rounds(plan), _counter_checks(plan)]).sort("time", "number")
    body, number = found["body"].to_numpy(), found["number"].to_numpy()
    result = _results(county, body, number)
    rng = stream(county.settings.seed, "scores")
    score = np.where(result == MATCH, rng.normal(0.91, 0.035, len(body)), rng.normal(0.42, 0.11, len(body)))
    vein = county.dice.uniform("method", found["place"].to_numpy().astype(np.int64)) < 0.25
    return pl.DataFrame(
        {
            "check_id": "B" + padded(np.arange(len(body)) + 1, 9),
            "check_time": dates.time(found["time"].to_numpy()),
            "fixmedins_code": Lookup(county.places.codes)(found["place"].to_numpy().astype(np.int64)),
            "psn_no": person_numbers(county, found["person"].to_numpy().astype(np.int64)),
            "method": Lookup(("face", "finger_vein"))(vein.astype(np.int64)),
            "result": Lookup(("match", "mismatch", "absent"))(result),
            "score": blank(
                decimals(np.rint(np.clip(score, 0, 1) * 10**4).astype(np.int64), 4), pl.Series(result == ABSENT)
            ),
        }
    )


def _results(county: County, body: Ints, number: Ints) -> Ints:
    """What a check finds: honest people are out of bed or misread now and then."""
    luck = county.dice.uniform("check", number)
    honest = np.where(luck < 0.975, MATCH, np.where(luck < 0.993, ABSENT, MISMATCH))
    nobody = np.where(luck < 0.8, ABSENT, np.where(luck < 0.92, MISMATCH, MATCH))
    other = np.where(luck < 0.75, MISMATCH, MATCH)
    return np.where(body == NOBODY, nobody, np.where(body == ANOTHER, other, honest))


def templates(plan: Plan) -> pl.DataFrame:
    """Rows of `bio_templates`: some of the residents, and everybody whose body has two enrolments."""
    county, people = plan.county, plan.county.people
    rng = stream(county.settings.seed, "templates")
    width = int(rng.choice([64, 96, 128]))
    some = rng.choice(people.listed, min(MOST_TEMPLATES, people.listed // 8), replace=False)
    who = np.union1d(some, np.array(sorted(plan.bodies), np.int64)).astype(np.int64)
    body = np.array([plan.bodies.get(int(person), int(person)) for person in who])
    bodies, index = np.unique(body, return_inverse=True)
    vectors = rng.standard_normal((len(bodies), width), np.float32)[index]
    vectors += rng.uniform(0.1, 0.35) * rng.standard_normal(vectors.shape, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    days = -rng.integers(1, 900, len(who))
    order = np.argsort(people.identity.number[who])
    dates = Dates(county.settings.start, county.settings.days)
    return pl.DataFrame(
        {
            "psn_no": person_numbers(county, who[order]),
            "method": pl.Series(["face"]).new_from_index(0, len(who)),
            "template": pl.Series(vectors[order].astype(np.float32), dtype=pl.Array(pl.Float32, width)).cast(
                pl.List(pl.Float32)
            ),
            "enrl_time": dates.time(days[order] * DAY + rng.integers(30_000, 60_000, len(who))),
        }
    )
