"""Write a county as the data standard's tables, and the answers beside them."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.other_county import registers
from benchmarks.other_county.bills import Bills, bill
from benchmarks.other_county.closing import Closed, close
from benchmarks.other_county.registers import Names
from benchmarks.other_county.settings import DAY
from benchmarks.other_county.settling import claims, moments
from benchmarks.other_county.world import STAY, Planted, World


def write(world: World, folder: Path) -> None:
    """Write every table this county keeps, `truth.jsonl` and `innocent.jsonl`."""
    folder.mkdir(parents=True, exist_ok=True)
    closed, names, style = close(world), Names(world), world.style
    bills = bill(world, closed)
    frames = {
        "insured": registers.insured(world, names),
        "institutions": registers.institutions(world, names),
        "practitioners": registers.practitioners(world, names),
        **claims(world, closed, bills, names),
    }
    for name, kept in (("cards", style.cards), ("relations", style.relations)):
        frames |= {name: getattr(registers, name)(world, names)} if kept else {}
    frames |= {"bio_checks": _checks(world, closed, names)} if style.checks else {}
    frames |= {"stock_moves": _stock(world, closed, bills, names)} if style.stock else {}
    for name, frame in frames.items():
        frame.write_csv(folder / f"{name}.csv", datetime_format=style.time_format)
    if style.templates:
        registers.templates(world, names).write_parquet(folder / "bio_templates.parquet")
    _answers(world, closed, names, world.rings, folder / "truth.jsonl")
    _answers(world, closed, names, world.innocent, folder / "innocent.jsonl")


def _checks(world: World, closed: Closed, names: Names) -> pl.DataFrame:
    """Ward rounds with a camera: nearly everybody is there, the planted ones are not."""
    dice, columns = world.settings.dice("checks"), closed.columns
    stays = np.flatnonzero((columns["kind"] == STAY) & (columns["length"] > DAY))
    away = {(person, place, minute // DAY) for person, place, minute, _ in world.absences}
    rows = [
        (columns["person"][v], columns["place"][v], day * DAY + 900 + int(v) % 90)
        for v in stays
        for day in range(columns["minute"][v] // DAY + 1, closed.settled[v] // DAY, 2)
    ]
    luck = dice.random(len(rows))
    result = [
        "absent" if (int(p), int(i), m // DAY) in away or luck[n] < 0.02 else "mismatch" if luck[n] > 0.998 else "match"
        for n, (p, i, m) in enumerate(rows)
    ]
    minute = np.array([row[2] for row in rows], dtype=np.int64)
    return pl.DataFrame(
        {
            "check_id": [f"K{n}" for n in range(len(rows))],
            "check_time": moments(world, minute, minute * 0),
            "fixmedins_code": [names.place[row[1]] for row in rows],
            "psn_no": [names.person[row[0]] for row in rows],
            "method": "face",
            "result": result,
        }
    )


def _stock(world: World, closed: Closed, bills: Bills, names: Names) -> pl.DataFrame:
    """What pharmacies bought and sold, box by box, and moves that were planted."""
    sold = np.flatnonzero(np.array([code is not None for code in bills.code]))
    place, minute = closed.columns["place"][bills.visit[sold]], closed.columns["minute"][bills.visit[sold]]
    places = [*place, *place, *(move[0] for move in world.moves)]
    code = [*bills.code[sold], *bills.code[sold], *(move[2] for move in world.moves)]
    drug = [*bills.item[sold], *bills.item[sold], *(move[1] for move in world.moves)]
    kind = ["101"] * len(sold) + ["102"] * len(sold) + [move[3] for move in world.moves]
    bought = np.maximum(minute - (sold % 20 + 2) * DAY, 0)
    when = np.concatenate([bought, minute, np.array([move[4] for move in world.moves], np.int64)])
    return pl.DataFrame(
        {
            "inv_chg_id": [f"W{n}" for n in range(len(places))],
            "fixmedins_code": [names.place[p] for p in places],
            "med_list_codg": [f"X{world.settings.seed % 10}{n * 97 + 5000:07d}" for n in drug],
            "drug_trac_codg": code,
            "inv_chg_type": kind,
            "cnt": 1,
            "inv_chg_time": moments(world, when, when * 0),
        }
    )


def _answers(world: World, closed: Closed, names: Names, groups: Iterable[Planted], path: Path) -> None:
    where = {int(row): place for place, row in enumerate(closed.number)}
    lines = []
    for number, group in enumerate(groups):
        visits = [where[row] for row in group.rows if row in where]
        unseen = () if world.style.cards else ("card",)
        members = [{"type": m.type, "id": names.of(m), "role": m.role} for m in group.members if m.type not in unseen]
        days = [str(world.style.start + timedelta(days=int(closed.settled[v]) // DAY)) for v in visits]
        ours = "ring_id" if path.stem == "truth" else "group_id"
        line = {
            ours: f"{path.stem}-{world.settings.seed}-{number}",
            "kind": group.kind,
            "members": members,
            "settlements": [closed.setl_id[v] for v in visits],
            "first_day": min(days, default=None),
            "last_day": max(days, default=None),
            "why": group.why,
        }
        lines.append(line | ({"family": group.kind.split("/")[0]} if "/" in group.kind else {}))
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
