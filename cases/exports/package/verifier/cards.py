"""Statistics of one card with several bearers: days that contradict an honest use, counted again from the records."""

from __future__ import annotations

import re
from datetime import date, timedelta
from math import asin, cos, exp, log, radians, sin, sqrt
from typing import Any

from cases.exports.package.verifier.found import Found
from cases.exports.package.verifier.tables import Records, moment, neighbours, order
from cases.exports.package.verifier.tails import LEAST, binomial_tail, bounded, gamma_tail, log_choose, poisson_tail

EARTH = 6371.0  # mean radius in km
STAY, SHOP = "21", "41"


def day_of(text: str) -> date:
    """Date of a local time."""
    return moment(text).date()


def slips(finding: dict[str, Any], days: int, times: float = 1.0) -> Found:
    """Days against slips of the pen at the county's rate: a Poisson tail, corrected for everybody examined."""
    background = finding["inputs"]
    p_value = poisson_tail(days, background["expected"])
    found = Found(days, background["expected"])
    # Of two tests at half the level the better one counts: the lower bound is then the other's.
    return found.between(p_value if times == 1 else 0.0, times * p_value * background["examined"])


def two_places(records: Records, finding: dict[str, Any]) -> Found:
    """Days on which successive visits lie farther apart than anybody travels."""
    given = finding["parameters"]
    rows = [row for row in records.of(finding) if row["med_type"] != STAY]
    rows = [row for row in rows if records.places[row["place"]]["timed"] and row["time"][11:] > "00:00:00"]
    rows.sort(key=lambda row: (began(records, row), order(row)))
    days = set()
    for one, two in neighbours(rows):
        if one["place"] == two["place"] or records.day(one) != records.day(two) or fetched(one) or fetched(two):
            continue
        km = apart(records.places[one["place"]], records.places[two["place"]], given["across"])
        gap = began(records, two) - records.minute(one)
        if km >= given["least_km"] and gap < km / given["speed"] * 60 - given["tolerance"]:
            days.add(records.day(one))
    return slips(finding, len(days))


def began(records: Records, row: dict[str, Any]) -> int:
    """First minute of a short visit; of a long one only the settlement counts."""
    end = records.minute(row)
    start = records.minute(row, "begin") if row["begin"] else end
    return start if 0 <= end - start <= 60 else end


def fetched(row: dict[str, Any]) -> bool:
    """Whether an agent is named."""
    return bool(row["agent"] or row["agent_tel"])


def apart(one: dict[str, Any], two: dict[str, Any], across: float) -> float:
    """Great-circle distance in km; between two districts without coordinates `across`."""
    if None in (one["lnt"], one["lat"], two["lnt"], two["lat"]):
        return across if one["district"] and two["district"] and one["district"] != two["district"] else 0.0
    x1, y1, x2, y2 = (radians(float(v)) for v in (one["lnt"], one["lat"], two["lnt"], two["lat"]))
    h = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(h))


def during_stay(records: Records, finding: dict[str, Any]) -> Found:
    """Days of use elsewhere on whole days inside a stay; families' errands follow a geometric law."""
    rows = records.of(finding)
    stays = [r for r in rows if r["med_type"] == STAY and r["begin"] and r["end"]]
    stays = [r for r in stays if day_of(r["end"]) > day_of(r["begin"]) + timedelta(days=1)]
    days = {
        day_of(row["begin"])
        for row in rows
        for stay in stays
        if row["begin"] and row["place"] != stay["place"]
        and day_of(stay["begin"]) < day_of(row["begin"]) < day_of(stay["end"])
    }  # fmt: skip
    given = finding["inputs"]
    alone = (given["expected"] / (1 + given["expected"])) ** len(days)
    return Found(len(days), given["expected"]).between(0.0, 2 * alone * given["examined"])


def after_death(records: Records, finding: dict[str, Any]) -> Found:
    """Independent occasions after the registered death: days of care, a stay counted as one."""
    grace, given = finding["parameters"]["grace"], finding["inputs"]
    by_person: dict[str, list[dict[str, Any]]] = {}
    for row in records.of(finding):
        died = records.people[row["person"]]["died"]
        if died and day_of(row["begin"]) > date.fromisoformat(died) + timedelta(days=grace):
            by_person.setdefault(row["person"], []).append(row)
    total = sum(occasions(rows) for rows in by_person.values())
    found = Found(total, given["expected"])
    if finding["kind"] != "shared_card/cards_of_the_dead":
        return slips(finding, total)
    chance = poisson_tail(total, given["expected"])
    ways = log_choose(given["examined"], len(by_person))
    return found.exactly(min(1.0, exp(log(max(chance, LEAST)) + ways)))


def occasions(rows: list[dict[str, Any]]) -> int:
    """Count days of care of one person; whatever falls into a stay is part of it."""
    stays = [(day_of(r["begin"]), day_of(r["end"])) for r in rows if r["med_type"] == STAY and r["end"]]
    events = set()
    for row in rows:
        begins = day_of(row["begin"])
        around = [first for first, last in stays if first <= begins <= last]
        events.add(min(around) if around else begins)
    return len(events)


def after_loss(records: Records, finding: dict[str, Any]) -> Found:
    """Days of use more than the days of grace after the card was reported lost or stopped."""
    days = set()
    for row in records.of(finding):
        card = records.cards.get(row["card"], {})
        reported = [date.fromisoformat(card[name]) for name in ("lost", "stopped") if card.get(name)]
        if reported and day_of(row["begin"]) > min(reported) + timedelta(days=finding["parameters"]["grace"]):
            days.add(records.day(row))
    return slips(finding, len(days))


def borrowed_card(records: Records, finding: dict[str, Any]) -> Found:
    """Days on which the card was shown under another name than its holder's."""
    own = {id_ for type_, id_, _role in finding["subjects"] if type_ == "card"}
    rows = [row for row in records.of(finding) if row["card"] in own]
    return slips(finding, len({records.day(r) for r in rows if r["person"] != records.cards[r["card"]]["holder"]}))


def absent_bearer(records: Records, finding: dict[str, Any]) -> Found:
    """Days with a biometric check that did not find the card's owner."""
    days = set()
    for check in records.checks.get(finding["anchor"][1], []):
        if check["result"] == "mismatch" or (check["result"] == "absent" and not check["ward"]):
            days.add(day_of(check["time"]))
    return slips(finding, len(days))


def impossible_items(records: Records, finding: dict[str, Any]) -> Found:
    """Days with diagnoses or services of the other sex or of another age."""
    words = {name: re.compile(text) for name, text in finding["inputs"]["words"].items()}
    days = {records.day(row) for row in records.of(finding) if impossible(records, row, words)}
    return slips(finding, len(days), times=2.0)


def impossible(records: Records, row: dict[str, Any], words: dict[str, Any]) -> bool:
    """Whether a settlement tells of another body than its person's."""
    codes = {row["diagnosis"]: ""} if row["diagnosis"] else {}
    codes.update({d["code"]: d["name"] for d in records.diagnoses.get(row["settlement"], [])})
    said = []
    for code, name in codes.items():
        upper = code.upper()
        child = bool(words["newborn"].search(upper) or words["child"].search(name))
        said.append((bool(words["female"].search(upper)), bool(words["male"].search(upper)),
                     bool(words["maternity"].search(upper)), child))  # fmt: skip
    for item in records.items.get(row["settlement"], []) if row["med_type"] != SHOP else []:
        found = [bool(words[name].search(item["name"])) for name in ("female_item", "male_item", "child_item")]
        said.append((found[0], found[1], False, found[2]))
    said = [one for one in said if one[0] or one[1] or one[3]]
    sex = records.people[row["person"]]["sex"]
    if (sex == "1" and any(one[0] for one in said)) or (sex == "2" and any(one[1] for one in said)):
        return True
    child = any(one[3] and not one[2] for one in said) and not any(one[2] for one in said)
    return child and row["med_type"] != SHOP and not row["agent"] and (row["age"] or 0) >= 18


def split_life(_records: Records, finding: dict[str, Any]) -> Found:
    """Sum of -ln p of the facets, and Fisher's product where facets speak for a share of the people only."""
    given = finding["inputs"]
    weights = [-log(max(p, LEAST)) for p in given["facets"]]
    found, weight, total = Found(sum(weights), 1.0), sum(weights), 0.0
    for chosen in range(2 ** len(weights)):
        on = [bool(chosen >> n & 1) for n in range(len(weights))]
        share, least = 1.0, 0.0
        for speaks, s in zip(on, given["speaks"]):  # noqa: B905 - both name the same facets
            share *= s if speaks else 1 - s
            least -= log(s) if speaks and s > 0 else 0.0
        if share > 0:
            total += share * (gamma_tail(sum(on), max(weight - least, 0.0)) if any(on) else float(weight <= 0))
    p_value = bounded(min(total, 1.0))
    return found.between(p_value, p_value * given["examined"])


def agent_clientele(records: Records, finding: dict[str, Any]) -> Found:
    """Settlements of one agent for other families away from the place the agent uses most."""
    given, rows = finding["inputs"], records.of(finding)
    away = sum(row["place"] != given["usual_place"] for row in rows)
    found = Found(away, len(rows) * given["usual_elsewhere"])
    families = {records.people[row["person"]]["family"] for row in rows}
    found.counted("families", len(families), finding["details"]["families"])
    return found.exactly(min(1.0, binomial_tail(away, len(rows), given["usual_elsewhere"]) * given["examined"]))
