"""A tiny county that grows day by day, and a detector that is quick and knows its ring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from claims.workspace import Workspace
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Subject, say, strength_of
from detectors.snapshot import Snapshot
from graph.model import NodeType
from tests.scenarios import Row, certno, settlement, write_csv

FIRST = date(2026, 1, 5)
RING = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True)
class Regulars:
    """Whoever comes to one pharmacy on `days` days or more; a ring of them where there are four."""

    days: int = 3
    name: str = "regulars"
    version: str = "1"
    title: str = "regulars"
    kinds: tuple[str, ...] = ("collusion/regulars",)
    needs: Sequence[Need] = (Need("settlements", ("psn_no", "fixmedins_code")),)

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield one finding per place."""
        query = """
            SELECT fixmedins_code, psn_no, list(setl_id ORDER BY setl_id) AS records FROM visit
            JOIN person USING (p) JOIN place USING (i) WHERE pharmacy
            GROUP BY ALL HAVING count(DISTINCT day) >= $days ORDER BY ALL
        """
        places: dict[str, list[tuple[str, list[str]]]] = {}
        for row in snapshot.sql(query, {"days": self.days}).to_pylist():
            places.setdefault(row["fixmedins_code"], []).append((row["psn_no"], row["records"]))
        for place, regulars in places.items():
            if len(regulars) >= len(RING):
                yield self._finding(snapshot, place, regulars)

    def _finding(self, snapshot: Snapshot, place: str, regulars: list[tuple[str, list[str]]]) -> Finding:
        records = sorted(record for _, own in regulars for record in own)
        anchor = Subject(NodeType.INSTITUTION, place, Role.PLACE)
        words, p_value = say("regulars"), 1e-6 / len(records)
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=anchor,
            subjects=(anchor, *(Subject(NodeType.PERSON, person, Role.RECRUIT) for person, _ in regulars)),
            strength=strength_of(p_value),
            score=strength_of(p_value),
            statement=words,
            chance=Chance(words, len(records), 1.0, p_value, words),
            records=dict.fromkeys(records, Grade.PROBABLE),
            evidence=(Evidence(words, tuple(records)),),
            trials=(),
            denominator=len(places_of(snapshot)),
            denominator_of=words,
            data_version=snapshot.data_version,
        )


def places_of(snapshot: Snapshot) -> list[str]:
    return [row[0] for row in snapshot.db.execute("SELECT fixmedins_code FROM place").fetchall()]


EYES = (Regulars(),)


def day_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def visits(day: int, people: Sequence[str] = RING, place: str = "H2", hour: int = 10) -> list[Row]:
    """One purchase of 40 yuan of the fund for each of `people` on a day."""
    return [
        settlement(f"S{day:03d}{person}", person, f"{day_of(day)} {hour:02d}:{n:02d}:00", place, med_type="41",
                   fund="40.00", total="50.00")
        for n, person in enumerate(people)
    ]  # fmt: skip


def register(folder: Path) -> Path:
    """Write the persons and places of the county."""
    people = [
        {"psn_no": f"P{n}", "psn_name": f"示例{n}", "certno": certno(serial=f"{100 + n}"), "insutype": "390"}
        for n in range(1, 9)
    ]
    write_csv(folder / "insured.csv", people)
    places = [{"fixmedins_code": "H2", "fixmedins_name": "康民大药房", "fixmedins_type": "2"}]
    write_csv(folder / "institutions.csv", places)
    return folder


def deliver(inbox: Path, days: Sequence[int], name: str = "") -> Path:
    """Put the settlements of some days into the inbox, as one delivery."""
    folder = inbox / (name or f"d{days[0]:03d}")
    rows = [row for day in days for row in visits(day)]
    write_csv(folder / "settlements.csv", rows)
    return folder


def county(root: Path, days: Sequence[int]) -> tuple[Workspace, Path]:
    """Return a workspace that takes what lies in an inbox, and the inbox with the first delivery."""
    workspace, inbox = Workspace(root / "w"), root / "inbox"
    register(inbox / "d-register")
    deliver(inbox, days)
    workspace.root.mkdir()
    workspace.settings.write_text("run:\n  sources: ['../inbox/*']\n  wait: 20\n", encoding="utf-8")
    return workspace, inbox
