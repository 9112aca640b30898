"""Rings, runs and cases of an invented county, as many as a test wants."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import sqlalchemy as sa

from claims.workspace import Workspace
from detectors.finding import Statement
from graph.model import NodeType
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.roles import Role
from ui.auth.schema import open_engine
from ui.service.desk import CaseLine
from ui.service.ring_query import Group
from ui.service.ring_table import RingTable
from ui.service.rings import Dot, Preview, RingRow
from ui.service.runs import RunLine
from ui.service.wiring import RING_LIST

KINDS = (
    "shared_card/hoarded_burst",
    "shared_card/two_places",
    "collusion/box_resale",
    "collusion/lockstep_pharmacy",
    "identity_reuse/shared_handle",
)
STATUSES = ("new", "changed", "open", "in_review")
PASSWORD = "seven quiet herons wade"
NOW = datetime(2026, 11, 20, 6, 30)
PEOPLE = {
    "wang": ("王敏", {Role.INVESTIGATOR}),
    "li": ("李强", {Role.LEAD, Role.INVESTIGATOR}),
    "zhao": ("赵岚", {Role.OPERATOR}),
    "sun": ("孙立", {Role.AUDITOR}),
    "admin": ("管理员", {Role.ADMINISTRATOR}),
}


def copy_of(county: Workspace, root: Path) -> Workspace:
    """A copy of a county: its databases by their own means, without the list the pages make again."""
    shutil.copytree(county.root, root, ignore=shutil.ignore_patterns("*.db", "*.db-*", "*.log"))
    for database in county.root.glob("*.db"):
        if database.name != RING_LIST:
            with closing(sqlite3.connect(database)) as source:
                source.execute("VACUUM INTO ?", (str(root / database.name),))
    return Workspace(root)


def add_people(workspace: Workspace, **change: bool) -> Accounts:
    """One account of each role that the pages tell apart."""
    book = Accounts(open_engine(workspace.cases))
    for name, (title, roles) in PEOPLE.items():
        must = change.get(name, False)
        book.add(NewAccount(name, title, frozenset(roles), password=PASSWORD, must_change=must), by="test")
    return book


def previews(count: int, seed: int = 5) -> Iterator[tuple[Group, Preview]]:
    """Invented rings; most are to be looked at, some explained, some below the line."""
    random = Random(seed)
    for number in range(1, count + 1):
        yield random.choices((Group.OPEN, Group.EXPLAINED, Group.BELOW), (8, 1, 1))[0], _preview(random, number)


def _preview(random: Random, number: int) -> Preview:
    people = random.randint(2, 40)
    place = random.randint(1, 60)
    first = NOW.date() - timedelta(days=random.randint(0, 200))
    row = RingRow(
        id=f"R{number:06d}",
        number=number,
        family=(kind := random.choice(KINDS)).partition("/")[0],
        kind=kind,
        status=random.choice(STATUSES),
        score=round(random.betavariate(4, 2), 3),
        fund=Decimal(random.randint(300_00, 3_000_000_00)) / 100,
        people=people,
        place=f"P4501{place:05d}",
        place_name=f"平安县第{place}大药房",
        region=random.choice(("450102", "450103", "450221")),
        first_seen=first,
        changed_at=NOW - timedelta(hours=random.randint(0, 900)),
        change=Statement(f"新增 {people % 5 + 1} 名参保人。", f"{people % 5 + 1} insured persons joined."),
        owner="wang" if number % 97 == 3 else "",
        due=NOW.date() + timedelta(days=number % 9 - 2) if number % 97 == 3 else None,
        trend=tuple(float(random.randint(0, 900)) for _ in range(12)),
    )
    dots = (
        *(Dot(NodeType.PERSON, 0.4) for _ in range(min(people, 30))),
        Dot(NodeType.INSTITUTION),
        Dot(NodeType.DOCTOR),
    )
    last = len(dots) - 2
    return Preview(
        row,
        Statement(
            f"{people} 张医保卡在 {row.place_name} 同一收银台反复于数分钟内依次使用，远多于偶然所能解释。",
            f"{people} cards were used within minutes of each other at one till, far more often than chance allows.",
        ),
        dots,
        (*((n, last) for n in range(last)), *((n, last + 1) for n in range(0, last, 3))),
        {NodeType.PERSON: people, NodeType.CARD: people, NodeType.INSTITUTION: 1, NodeType.DOCTOR: 1},
    )


def ring_table(path: Path, count: int) -> RingTable:
    """A filled list in a file."""
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})
    table = RingTable(engine)
    table.create()
    table.replace(previews(count))
    return table


@dataclass(frozen=True)
class SomeRuns:
    """Two runs, the newest with a word of warning."""

    def recent(self, limit: int) -> Sequence[RunLine]:
        """Newest first."""
        notes = (Statement("未能读取：药品追溯码缺失 12%。", "12 % of trace codes are missing."),)
        runs = (
            RunLine(
                2,
                4,
                "0.1.0",
                "finished",
                NOW - timedelta(hours=3),
                NOW - timedelta(hours=2),
                812,
                143,
                12,
                31,
                2.4,
                notes,
            ),
            RunLine(
                1, 3, "0.1.0", "finished", NOW - timedelta(hours=27), NOW - timedelta(hours=26), 790, 131, 131, 0, 2.1
            ),
        )
        return runs[:limit]


@dataclass(frozen=True)
class SomeCases:
    """One case for whoever asks."""

    def of(self, owner: str, limit: int) -> Sequence[CaseLine]:
        """One case."""
        return (CaseLine("C1", "平安县药房聚集刷卡", "复核中", date(2026, 12, 1), Decimal("128431.20")),)[:limit]
