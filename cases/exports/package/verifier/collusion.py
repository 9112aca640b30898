"""Statistics of stays on paper, full beds, steered prescriptions, boxes and quotas, computed again."""

from __future__ import annotations

from datetime import timedelta
from math import log
from typing import Any

from cases.exports.package.verifier.found import Found
from cases.exports.package.verifier.tables import Records, moment, order
from cases.exports.package.verifier.tails import (
    binomial_tail,
    chi_squared_tail,
    paid,
    poisson_tail,
    spread_tail,
)

HALF_A_DAY = timedelta(hours=12)
SPREAD_OF_SIGNS = 0.05  # hospitals and wards differ in how they check and whom they let out


def phantom_stays(records: Records, finding: dict[str, Any]) -> Found:
    """Largest batch admitted within two days and discharged within two; its signs; at least two must hold."""
    given = finding["inputs"]
    sizes = []
    for batch in given["batches"]:
        rows = [records.settlements[record] for record in batch]
        sizes.append(len(rows))
        first, last = [records.day(r, "begin") for r in rows], [records.day(r, "end") for r in rows]
        if rows and (max(first) - min(first) > 1 or max(last) - min(last) > 1 or len({r["place"] for r in rows}) > 1):
            return wrong(Found(), "批次不是同院两日内入院、两日内出院", "a batch is not of one house and two days")
    largest = sizes.index(max(sizes))
    found, chances = Found(float(sizes[largest]), given["expected"][largest]), [given["together"]]
    for sign in given["signs"]:
        spread = 0.0 if sign["name"] == "again" else SPREAD_OF_SIGNS
        p_value = spread_tail(sign["hits"], sign["among"], sign["rate"], spread)
        chances.append(p_value)
        found.counted("sign " + sign["name"], p_value, sign["p_value"])
    kept = sorted(chances)[1:]
    both = chi_squared_tail(-2 * sum(log(max(p, 1e-300)) for p in kept), len(kept)) if kept else 1.0
    named = {record for own in finding["records"].values() for record in own}
    if named != {record for batch in given["batches"] for record in batch}:
        found.wrong("批次所含记录与疑点记录不一致", "the batches do not hold the finding's records")
    errands = [s for s in given["signs"] if s["name"] == "errand"]
    for sign in errands:
        away = sum(elsewhere(records, records.settlements[record]) for record in sorted(named))
        found.counted("stays left meanwhile (住院期间他处结算)", away, sign["among_records"])
    return found.exactly(paid(both, log(given["groups"])))


def elsewhere(records: Records, stay: dict[str, Any]) -> bool:
    """Whether the person settled elsewhere on a day between admission and discharge, no agent named."""
    return any(
        row["person"] == stay["person"] and row["place"] != stay["place"] and row["med_type"] != "21"
        and not row["agent"] and stay["begin"][:10] < row["time"][:10] < stay["end"][:10]
        for row in records.tables["settlements"]
    )  # fmt: skip


def wrong(found: Found, zh: str, en: str) -> Found:
    """Return a result that does not fit."""
    found.wrong(zh, en)
    return found


def overbooked_beds(records: Records, finding: dict[str, Any]) -> Found:
    """Stays in a bed that somebody else held for more than half a day meanwhile; or weeks with too many people."""
    given, rows = finding["inputs"], records.of(finding)
    if given["beds"]:
        return crowded(records, finding)
    stays = [r for r in records.tables["settlements"] if r["med_type"] == "21" and r["bed"] and r["begin"]]
    hits = sum(any(clash(row, other) for other in stays) for row in rows)
    chance = spread_tail(hits, given["among"], given["usual"], finding["parameters"]["spread"])
    found = Found(float(hits), given["usual"] * given["among"])
    return found.exactly(paid(chance, log(max(1, given["groups"]))))


def clash(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Whether two people were in one bed for more than half a day."""
    if (one["place"], one["bed"]) != (two["place"], two["bed"]) or one["person"] == two["person"]:
        return False
    a, b, c, d = (moment(text) for text in (one["begin"], end_of(one), two["begin"], end_of(two)))
    return a < d - HALF_A_DAY and c < b - HALF_A_DAY


def end_of(row: dict[str, Any]) -> str:
    """End of a stay, its settlement where none was entered."""
    return str(row["end"] or row["time"])


def crowded(records: Records, finding: dict[str, Any]) -> Found:
    """Weeks with more people than `room` for each registered bed (and two more), counted day by day."""
    given = finding["inputs"]
    present: dict[int, int] = {}
    for row in records.of(finding):
        last = (moment(end_of(row)).date() - records.origin.date()).days
        for day in range(max(0, records.day(row, "begin")), last):
            present[day] = present.get(day, 0) + 1
    line = finding["parameters"]["room"] * given["beds"] + 2
    weeks = len({day // 7 for day, people in present.items() if people > line})
    found = Found(float(weeks), 0.02 * given["among"])
    return found.exactly(paid(binomial_tail(weeks, given["among"], 0.02), log(max(1, given["groups"]))))


def kickback(records: Records, finding: dict[str, Any]) -> Found:
    """Persons with a prescription of the doctor filled at the pharmacy."""
    given = finding["inputs"]
    there = [row for row in records.of(finding) if row["place"] == given["place"]]
    own = {row["person"] for row in there if row["prescriber"] == given["doctor"]}
    found = Found(float(len(own)), given["share"] * given["among"])
    # How much doctors differ is fitted on the whole county; no spread makes it rarer than none at all.
    least = binomial_tail(len(own), given["among"], given["share"])
    return found.between(least, given["tail"] * given["tested"])


def boxes(records: Records, finding: dict[str, Any]) -> Found:
    """Purchases whose boxes were settled or stocked a second time, by other persons at other places."""
    given = finding["inputs"]
    found, firsts = Found(), set()
    traces = {(i["settlement"], i["trace"]) for rows in records.items.values() for i in rows}
    stocked = {(m["trace"], m["place"]) for m in records.tables["moves"] if m["kind"] == "101"}
    for box in given["boxes"]:
        one, two = records.settlements[box["first"]], records.settlements.get(box["again"] or "")
        again = (
            (two["settlement"], box["trace"]) in traces and two["person"] != one["person"]
            and two["place"] == box["receiver"] and two["time"] >= one["time"]
            if two else (box["trace"], box["receiver"]) in stocked
        )  # fmt: skip
        if (one["settlement"], box["trace"]) in traces and again and one["place"] != box["receiver"]:
            firsts.add(box["first"])
        else:
            found.wrong(f"药盒 {box['trace']} 未见两次结算", f"box {box['trace']} does not stand in two settlements")
    found.observed = float(len(firsts))
    best = min((paid(poisson_tail(len(firsts), mean), ways), mean) for mean, ways in given["views"])
    found.expected = best[1]
    found.counted("boxes (药盒)", len(given["boxes"]), finding["details"]["boxes"])
    return found.exactly(best[0])


def quota_stripping(records: Records, finding: dict[str, Any]) -> Found:
    """Surplus purchases elsewhere: what was in hand before each, from the days each purchase supplies."""
    given = finding["inputs"]
    fills = sorted(given["fills"], key=lambda fill: order(records.settlements[fill["settlement"]]))
    supplied = low = peak = 0.0
    early, last_place = 0, ""
    for n, fill in enumerate(fills):
        row = records.settlements[fill["settlement"]]
        level = supplied - records.day(row)
        low = level if n == 0 else min(low, level)
        peak = max(peak, level - low)
        early += n > 0 and row["place"] != last_place and level - low >= given["spare"]
        supplied, last_place = supplied + fill["supply"], row["place"]
    before = supplied - fills[-1]["supply"]
    typical = max(before / max(len(fills) - 1, 1), 1.0)
    found = Found(min(float(early), peak / typical))
    found.counted("days in hand (在手天数)", peak, given["peak"])
    return found


def dense_blocks(records: Records, finding: dict[str, Any]) -> Found:
    """Weeks of the persons with the block's doctors that fall into the block."""
    given = finding["inputs"]
    rows = [r for r in records.of(finding) if (r["prescriber"] or r["doctor"]) in given["doctors"]]
    hits = len({(row["person"], records.day(row) // 7) for row in rows})
    chance = spread_tail(hits, given["trials"], given["share"], finding["parameters"]["spread"])
    return Found(float(hits), given["share"] * given["trials"]).exactly(paid(chance, given["searched"]))
