"""Statistics of people and cards that come together: joined visits, bursts, and the group's test, computed again."""

from __future__ import annotations

from math import exp, expm1, log
from typing import Any

from cases.exports.package.verifier.found import Found
from cases.exports.package.verifier.tables import Records
from cases.exports.package.verifier.tails import log_ways

DAY = 1440


def together(records: Records, finding: dict[str, Any]) -> Found:
    """Visits joined by another of the group within reach, where each comes when the rest of the crowd comes."""
    given = finding["inputs"]
    rows = sorted(given["rows"], key=lambda row: (row["desk"], row["minute"], row["place_in_order"]))
    joined = [n > 0 and follows(rows[n - 1], row, given["reach"]) for n, row in enumerate(rows)]
    desks: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        desks.setdefault(row["desk"], []).append(n)
    expected = {d: sum(-expm1(-len(own) * rows[n]["share"]) for n in own) for d, own in desks.items()}
    found = Found(sum(joined), sum(expected.values()))
    total = 0.0
    for desk, own in desks.items():
        if given["daily"]:
            total += days_nats(rows, own, joined, given["open_days"][desk])
        else:
            total += chernoff(sum(joined[n] for n in own), len(own), expected[desk])
    pool = max(sum(given["patrons"].values()), given["units"])
    total -= log_ways(given["desks"], len(desks)) + log_ways(pool, given["units"])
    nats = max(0.0, max(0.0, total) - given["looks"])
    found.counted("nats", nats, given["nats"])
    check_rows(records, rows, given, found)
    check_batches(records, finding, rows, joined, found)
    return found.exactly(exp(-min(nats, 690.0)))


def follows(one: dict[str, Any], two: dict[str, Any], reach: int) -> bool:
    """Whether the second visit comes within reach of the first at one desk."""
    return bool(one["desk"] == two["desk"] and two["minute"] - one["minute"] <= reach)


def chernoff(observed: int, trials: int, expected: float) -> float:
    """Negative log of a bound on the chance of so many joined visits."""
    trials = max(trials, 1)
    hit, rate = observed / trials, min(max(expected / trials, 1e-12), 1.0)
    if hit <= rate:
        return 0.0
    rest = (1 - hit) * log((1 - hit) / max(1 - rate, 1e-12)) if hit < 1 else 0.0
    return trials * (hit * log(hit / rate) + rest)


def days_nats(rows: list[dict[str, Any]], own: list[int], joined: list[bool], open_days: int) -> float:
    """Negative log chance of a desk's crowded days together, for the best choice of them."""
    batches: list[list[int]] = []
    for n in own:
        if joined[n]:
            batches[-1].append(n)
        else:
            batches.append([n])
    nats = []
    for batch in batches:
        if len(batch) > 1:
            count, mean = len(batch), max(len(own) * rows[batch[0]]["share"], 1e-9)
            nats.append(count * log(count / mean) - (count - mean) if count > mean else 0.0)
    best = total = 0.0
    for taken, weight in enumerate(sorted(nats, reverse=True), start=1):
        total += weight
        best = max(best, total - log_ways(open_days, taken))
    return best


def check_rows(records: Records, rows: list[dict[str, Any]], given: dict[str, Any], found: Found) -> None:
    """Compare time and place of every visit in the test with its settlement; one family once a day and desk."""
    once = set()
    for row in rows:
        settlement = records.settlements.get(row["settlement"])
        if settlement is None:
            found.wrong(
                f"检验用到的就诊 {row['settlement']} 不在附件中", f"visit {row['settlement']} of the test is missing"
            )
            continue
        minute = records.day(settlement) * DAY if given["daily"] else records.minute(settlement)
        if minute != row["minute"] or settlement["place"] != given["places"][row["desk"]]:
            found.wrong(
                f"就诊 {row['settlement']} 的时间或地点与记录不一致",
                f"time or place of visit {row['settlement']} is not that of the record",
            )
        once.add((row["unit"], row["desk"], minute // DAY))
    if len(once) != len(rows) and len(rows) == len({row["settlement"] for row in rows}):
        found.wrong("同一家庭同日重复计入检验", "a family is counted twice on one day")
    if len({row["unit"] for row in rows}) > given["units"]:
        found.wrong("检验中的家庭多于所述", "more families in the test than stated")


def check_batches(
    records: Records, finding: dict[str, Any], rows: list[dict[str, Any]], joined: list[bool], found: Found
) -> None:
    """Compare the bursts with the records: their number, and that each hangs together."""
    given = finding["inputs"]
    named = [record for batch in given["batches"] for record in batch]
    own = sorted(record for some in finding["records"].values() for record in some)
    if sorted(named) != own:
        found.wrong("批次所含记录与疑点记录不一致", "the bursts do not hold the finding's records")
    found.counted("bursts (批次)", len(given["batches"]), finding["details"]["batches"])
    windows = chains(rows, joined, given["reach"])
    for batch in given["batches"]:
        settled = [records.settlements[record] for record in batch if record in records.settlements]
        times = [records.day(row) * DAY if given["daily"] else records.minute(row) for row in settled]
        places = {row["place"] for row in settled}
        inside = times and any(
            low <= min(times) and max(times) <= high and places == {given["places"][desk]}
            for desk, low, high in windows
        )
        if not inside:
            found.wrong(f"批次 {batch[:1]} 不是同一地点同一时段", f"burst {batch[:1]} is not of one place and time")


def chains(rows: list[dict[str, Any]], joined: list[bool], reach: int) -> list[tuple[str, int, int]]:
    """Desk, first and last minute (within reach) of every run of joined visits."""
    found: list[tuple[str, int, int]] = []
    for n, row in enumerate(rows):
        if joined[n]:
            desk, low, _high = found[-1]
            found[-1] = desk, low, row["minute"] + reach
        else:
            found.append((row["desk"], row["minute"] - reach, row["minute"] + reach))
    return found
