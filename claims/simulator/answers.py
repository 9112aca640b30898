"""The key to the county: planted rings and innocent groups as JSON lines."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from claims.simulator.assemble import Plan
from claims.simulator.calendar import DAY
from claims.simulator.innocents import REASONS
from claims.simulator.planting import Group, Member
from claims.simulator.tables.settlements import SettlementWriter, card_numbers, person_numbers

Line = Mapping[str, object]
TRUTH, INNOCENT, DIRTY = "truth.jsonl", "innocent.jsonl", "dirty.jsonl"


def write_lines(path: Path, lines: Iterable[Line]) -> int:
    """Write JSON lines; how many."""
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def answers(plan: Plan, writer: SettlementWriter) -> tuple[list[Line], list[Line]]:
    """(truth, innocent): every planted ring, every innocent group, with their settlements."""
    visits = plan.visits.filter((pl.col("group") >= 0) & (pl.col("refund") == 0)).sort("group", "rank")
    numbers = writer.numbers(visits["rank"].to_numpy().astype(np.int64)).to_list()
    group, settle = visits["group"].to_numpy(), visits["settle"].to_numpy()
    bounds = np.searchsorted(group, np.arange(len(plan.groups) + 1))
    truth: list[Line] = []
    innocent: list[Line] = []
    for one in plan.groups:
        first, last = int(bounds[one.number]), int(bounds[one.number + 1])
        line = {
            "kind": one.kind,
            "members": [_member(plan, member) for member in one.members],
            "settlements": numbers[first:last],
            **_days(plan, settle[first:last].tolist()),
        }
        if one.ring:
            truth.append({"ring_id": f"R{len(truth) + 1:05d}", **line, **_shape(one)})
        else:
            innocent.append(
                {"group_id": f"N{len(innocent) + 1:05d}", **line, "why": REASONS[one.kind], "parameters": one.details}
            )
    return truth, innocent


def _shape(group: Group) -> Line:
    return {"family": group.kind.partition("/")[0], "parameters": group.details}


def _days(plan: Plan, seconds: list[int]) -> Line:
    if not seconds:
        return {"first_day": None, "last_day": None}
    start = plan.county.settings.start
    first, last = (start + timedelta(days=int(s) // DAY) for s in (min(seconds), max(seconds)))
    return {"first_day": first.isoformat(), "last_day": last.isoformat()}


def _member(plan: Plan, member: Member) -> Line:
    county, index = plan.county, np.array([member.index])
    match member.type:
        case "person":
            number = str(person_numbers(county, index)[0])
        case "card":
            number = str(card_numbers(county, index)[0])
        case "doctor":
            number = county.staff.codes[member.index]
        case "institution":
            number = county.places.codes[member.index]
        case _:
            raise ValueError(member.type)
    return {"type": member.type, "id": number, "role": member.role}
