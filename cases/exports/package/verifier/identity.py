"""Statistics of several enrolments of one body or hand, computed again from pseudonyms that keep equality."""

from __future__ import annotations

from math import log
from typing import Any

from cases.exports.package.verifier.found import Found
from cases.exports.package.verifier.tables import Records, fen, neighbours, order
from cases.exports.package.verifier.tails import binomial_tail, chi_squared_tail, zeta_from

SUSPECT, TOP, EXPONENT = 3, 50, 4.0  # of the tail of shared handles, as the detector fits it


def enrolments(finding: dict[str, Any]) -> list[str]:
    """Enrolments a finding names."""
    return sorted({id_ for type_, id_, role in finding["subjects"] if type_ == "person" and role == "enrolment"})


def turns(records: Records, finding: dict[str, Any]) -> int:
    """How often use passes from one enrolment to another."""
    people = [row["person"] for row in sorted(records.of(finding), key=order)]
    return sum(one != two for one, two in neighbours(people))


def used(records: Records, finding: dict[str, Any]) -> Found:
    """How many enrolments, and how often they take turns; the odds themselves rest on names that stay at home."""
    found = Found()
    found.counted("enrolments (参保登记)", len(enrolments(finding)), finding["details"]["enrolments"])
    return found.counted("turns (交替使用)", turns(records, finding), finding["details"]["turns"])


def same_certificate(records: Records, finding: dict[str, Any]) -> Found:
    """Enrolments under one certificate number, told by equal pseudonyms."""
    held: dict[str, int] = {}
    for person in enrolments(finding):
        number = records.people[person]["certificate"]
        held[number] = held.get(number, 0) + 1
    found = used(records, finding)
    found.observed = float(max(held.values()))
    # Lives in common only make it rarer than clerical error alone would.
    return found.between(0.0, max(finding["chance"]["expected"], 1e-300))


def same_template(records: Records, finding: dict[str, Any]) -> Found:
    """Use in turn, and the smallest of the similarities enclosed; templates never leave the house."""
    found = used(records, finding)
    found.observed = min(finding["inputs"]["similarities"])
    return found


def shared_handle(records: Records, finding: dict[str, Any]) -> Found:
    """Enrolments that give one account, telephone or address; the tail of its kind is fitted again."""
    given, anchor = finding["inputs"], finding["anchor"]
    column = {"account": "account", "phone": "telephone", "address": "address"}[anchor[0]]
    holders = sum(records.people[person][column] == anchor[1] for person in enrolments(finding))
    found = Found(float(holders), 1.0)
    return found.exactly(min(1.0, expected_values(given, holders) * given["kinds"]))


def expected_values(given: dict[str, Any], holders: int) -> float:
    """Expected number of values with at least so many holders: a power law without the largest few."""
    largest = sorted(given["largest"])
    beyond = sum(size >= holders for size in largest) - SUSPECT
    if beyond > 0:
        return float(beyond)
    top = largest[: max(0, len(largest) - SUSPECT)][-TOP:]
    least, logs = float(min([2, *top])), sum(log(size) for size in top)  # as the detector: never above two
    best, exponent = None, EXPONENT
    for step in range(218):
        power = 1.1 + step * 0.05
        fit = -len(top) * log(zeta_from(power, least)) - power * logs + log(power - 1) - (power - 1) / EXPONENT
        if best is None or fit > best:
            best, exponent = fit, power
    return (len(top) + 1) * zeta_from(exponent, holders) / zeta_from(exponent, least)


def one_hand_ghosts(records: Records, finding: dict[str, Any]) -> Found:
    """Settlements equal to another of the group on the same day, by diagnosis and goods or by diagnosis and amount."""
    probable = [records.settlements[record] for record in finding["records"]["probable"]]
    alike = set()
    for core in finding["inputs"]["cores"]:
        members = set(core["members"])
        rows = [records.settlements[record] for record in core["rows"]]
        equal = equal_sets(records, rows, core["by"], core["rate"])[0]
        alike |= {row["settlement"] for row in equal if row["person"] in members}
    result = Found(float(len(alike)))
    if alike != {row["settlement"] for row in probable}:
        result.wrong("相同结算与所述不一致", "the equal settlements are not those stated")
    total = sum(fen(row["fund"]) for row in probable)
    result.counted("fund of equal settlements (fen)", total, finding["inputs"]["fund"])
    lead = finding["inputs"]["cores"][0]
    rows = [records.settlements[record] for record in lead["rows"]]
    p_value = min(1.0, 2 * equal_sets(records, rows, lead["by"], lead["rate"])[1])
    return result.exactly(min(1.0, p_value * finding["inputs"]["examined"]))


def equal_sets(
    records: Records, rows: list[dict[str, Any]], how: str, rate: float
) -> tuple[list[dict[str, Any]], float]:
    """The largest set of equal claims of each day with two persons or more, and the chance of all of them."""
    days: dict[int, dict[str, dict[str, Any]]] = {}
    for row in sorted(rows, key=order):
        days.setdefault(records.day(row), {}).setdefault(row["person"], row)
    alike, weight, tested = [], 0.0, 0
    for people in days.values():
        if len(people) < 2:
            continue
        sets: dict[str, list[dict[str, Any]]] = {}
        for row in people.values():
            sets.setdefault(claim_of(records, row, how), []).append(row)
        most = max(len(own) for own in sets.values())
        chance = min(1.0, len(people) * binomial_tail(most - 1, len(people) - 1, rate))
        weight, tested = weight - 2 * log(max(1e-300, chance)), tested + 1
        alike += [row for own in sets.values() if len(own) == most > 1 for row in own]
    return alike, chi_squared_tail(weight, tested) if tested else 1.0


def claim_of(records: Records, row: dict[str, Any], how: str) -> str:
    """Name of what was claimed: diagnosis group with the goods, or with the amount."""
    goods = sorted({item["code"] for item in records.items.get(row["settlement"], [])})
    what = goods if how == "goods" and goods else [row["total"]]
    return "\0".join([row["diagnosis"][:3], *what])
