"""Rows that come after the settlements: changed medical records, earlier verdicts."""

import numpy as np
import polars as pl

from claims.simulator.assemble import Plan
from claims.simulator.calendar import DAY
from claims.simulator.dice import stream
from claims.simulator.innocents import REASONS
from claims.simulator.planting import Member
from claims.simulator.tables.settlements import SettlementWriter, person_numbers
from claims.simulator.text import Dates, Lookup, padded
from claims.simulator.visits import Kind

_FIELDS = ("主诉", "现病史", "入院诊断", "体温单", "医嘱", "护理记录", "出院小结")
_OLD, _NEW = ("见病程", "体温36.5", "一般情况可", "症状较轻"), ("病情加重", "体温37.8", "需住院治疗", "反复发作")
_ON_PAPER = 1


def revisions(plan: Plan, dates: Dates, writer: SettlementWriter) -> pl.DataFrame:
    """Rows of `record_revisions`: few records of true stays are changed, many of stays on paper."""
    county = plan.county
    stays = plan.visits.filter((pl.col("kind") == int(Kind.STAY)) & (pl.col("refund") == 0))
    uid, paper = stays["uid"].to_numpy().astype(np.int64), stays["body"].to_numpy() == _ON_PAPER
    stays = stays.filter(pl.Series(county.dice.uniform("revised", uid) < np.where(paper, 0.45, 0.04)))
    rng, n = stream(county.settings.seed, "revisions"), stays.height
    late = stays["settle"].to_numpy() + np.minimum(rng.gamma(1.2, 3 * DAY, n), 20 * DAY).astype(np.int64)
    when = np.minimum(late, county.settings.days * DAY - 1)
    place = stays["place"].to_numpy().astype(np.int64)
    doctor = county.staff.doctor(place, np.zeros(n, np.int64), rng.random(n))
    rank = stays["rank"].to_numpy().astype(np.int64)
    order = np.argsort(when, kind="stable")
    frame = pl.DataFrame(
        {
            "rev_id": "X" + padded(np.arange(n) + 1, 8),
            "setl_id": writer.numbers(rank[order]),
            "mdtrt_id": pl.Series([None] * n, dtype=pl.String),
            "field_name": Lookup(_FIELDS)(rng.integers(0, len(_FIELDS), n)),
            "old_value": Lookup(_OLD)(rng.integers(0, len(_OLD), n)),
            "new_value": Lookup(_NEW)(rng.integers(0, len(_NEW), n)),
            "rev_time": dates.time(when[order]),
            "opter_id": writer.doctor(doctor[order]),
        }
    )
    return frame


def verdicts(plan: Plan, dates: Dates) -> pl.DataFrame:
    """Rows of `verdicts`: a few outcomes of earlier checks, some about today's rings."""
    county, rng = plan.county, stream(plan.county.settings.seed, "verdicts")
    rows: list[tuple[str, str, str, int, str]] = []
    for group in plan.groups:
        chance = 0.12 if group.ring else 0.03
        people = [member for member in group.members if member.type in ("person", "institution")]
        if people and rng.random() < chance:
            verdict = (
                str(rng.choice(["confirmed", "unsure", "cleared"], p=[0.7, 0.2, 0.1])) if group.ring else "cleared"
            )
            reason = "" if group.ring else REASONS[group.kind]
            rows.append(
                (*_subject(plan, people[int(rng.integers(len(people)))]), verdict, -int(rng.integers(20, 700)), reason)
            )
    for person in rng.integers(0, county.people.residents, 3 + county.settings.persons // 20_000):
        subject = _subject(plan, Member("person", int(person), ""))
        rows.append(
            (
                *subject,
                str(rng.choice(["cleared", "unsure", "confirmed"], p=[0.6, 0.3, 0.1])),
                -int(rng.integers(20, 700)),
                "",
            )
        )
    columns = list(zip(*sorted(rows, key=lambda row: row[3]), strict=True))
    day = np.array(columns[3], np.int64)
    return pl.DataFrame(
        {
            "subject_type": list(columns[0]),
            "subject_id": list(columns[1]),
            "verdict": list(columns[2]),
            "decided_at": dates.time(day * DAY + rng.integers(30_000, 62_000, len(day))),
            "reason": pl.Series(list(columns[4]), dtype=pl.String).replace("", None),
        }
    ).unique(["subject_type", "subject_id", "decided_at"], keep="first", maintain_order=True)


def _subject(plan: Plan, member: Member) -> tuple[str, str]:
    if member.type == "institution":
        return member.type, plan.county.places.codes[member.index]
    return member.type, str(person_numbers(plan.county, np.array([member.index]))[0])
