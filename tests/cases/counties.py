"""A small loaded county and detectors that say what a test wants said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from claims.workspace import Workspace
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Subject, Trial
from detectors.snapshot import Snapshot
from graph.model import NodeType
from tests.cases.making import said
from tests.loaders.kit import load_world, workspace
from tests.scenarios import settlement, village


def county(tmp_path: Path) -> Workspace:
    """The village, and its three people together at the pharmacy on five days."""
    world = village()
    for day in range(5):
        for number in (1, 2, 3):
            time = f"2026-03-{day + 1:02} 09:{number:02}:00"
            row = settlement(f"R{day}{number}", f"P{number}", time, "H2", med_type="41", fund="900", total="1000")
            world["settlements"].append(row)
    load_world(tmp_path, world)
    return workspace(tmp_path)


@dataclass(frozen=True)
class Says:
    """Yields one finding about everybody seen at a place, in the order of the snapshot."""

    name: str = "crowd"
    version: str = "1"
    title: str = "A crowd"
    kinds: Sequence[str] = ("collusion/lockstep_pharmacy",)
    needs: Sequence[Need] = (Need("settlements"),)
    place: str = "H2"
    score: float = 0.8
    explains: float = 0.0

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Yield it."""
        query = """
            SELECT setl_id, psn_no FROM visit JOIN person USING (p) JOIN place USING (i)
            WHERE fixmedins_code = $1 ORDER BY v
        """
        rows = snapshot.sql(query, [self.place]).to_pylist()
        if not rows:
            return
        people = sorted({row["psn_no"] for row in rows})
        subjects = [Subject(NodeType.PERSON, person, Role.RECRUIT) for person in people]
        phone = Subject(NodeType.PHONE, "13900000001", Role.HANDLE)
        yield Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=subjects[0],
            subjects=(*subjects, phone, Subject(NodeType.INSTITUTION, self.place, Role.PLACE)),
            strength=0.8,
            score=self.score,
            statement=said(f"{len(people)} people, reached at 13900000001"),
            chance=Chance(said("days together"), 5.0, 0.1, 1e-8, said("everybody comes by chance.")),
            records={row["setl_id"]: Grade.PROBABLE for row in rows},
            evidence=(Evidence(said("five mornings"), tuple(row["setl_id"] for row in rows)),),
            trials=(Trial("household", self.explains, said("two of three share a household")),),
            denominator=12,
            denominator_of=said("groups"),
            data_version=snapshot.data_version,
        )


@dataclass(frozen=True)
class Fails(Says):
    """Raises, as long as `when` says so, with personal data in its text."""

    name: str = "broken"
    when: Callable[[], bool] = lambda: True

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Raise, or yield."""
        if self.when():
            raise RuntimeError("45010219600307123X")
        yield from super().detect(snapshot)
