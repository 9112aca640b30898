"""Every stage, every role, two users at once, against a small plain model of what the rules of procedure say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cases.people import Actor, NoRightError, Role
from cases.work.model import CaseError, Outcome
from cases.work.stages import Stage, StepName
from cases.work.tables import case_events, case_rings
from claims.errors import NotFoundError
from claims.ledger import size_of
from tests.cases.work.casework import FAR, NOBODY, WHY, Bureau, everything

# Written out once more on purpose: the table of the program is not the judge of itself.
WAY: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "first_check": {"pass_on": ("second_review", "IL", "prepared")},
    "second_review": {
        "uphold": ("appeal", "RL", "second"),
        "propose_clearing": ("final_review", "RL", "second"),
        "return": ("first_check", "RL", "second"),
    },
    "appeal": {"answered": ("verification", "IL", "prepared"), "unanswered": ("verification", "IL", "prepared")},
    "verification": {"verified": ("final_review", "IL", "prepared"), "ask_again": ("appeal", "IL", "prepared")},
    "final_review": {"send_back": ("verification", "L", "final"), "decide": ("closed", "L", "final")},
    "closed": {"reopen": ("second_review", "L", "final")},
}
AHEAD = {"pass_on", "uphold", "answered", "verified", "decide", "reopen"}
LETTERS = {Role.INVESTIGATOR: "I", Role.REVIEWER: "R", Role.LEAD: "L"}
FORBIDDEN = {"prepared": "", "second": "prepared final", "final": "prepared second"}

PEOPLE = [
    *(Actor(f"{role.value}{n}", frozenset({role}), frozenset({"4512"})) for role in Role for n in (1, 2, 3)),
    Actor("both", frozenset({Role.INVESTIGATOR, Role.REVIEWER}), frozenset({"*"})),
    FAR,
    NOBODY,
]
ACTORS = st.sampled_from(PEOPLE)


@dataclass
class Plain:
    """What the model knows of a case."""

    stage: str = "first_check"
    owner: str = ""
    parts: dict[str, set[str]] = field(default_factory=dict)


class CaseMachine(RuleBasedStateMachine):
    """Two people act on one or two cases; a stale view, a wrong role, stage, region or own work is refused."""

    bureau: Bureau
    reached: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        self.rings = {ring.id: ring for ring in self.bureau.rings(2)}
        self.plain: dict[str, Plain] = {}
        self.case_of: dict[str, str] = {}
        self.refused = self._count(refused=True)

    def _count(self, *, refused: bool) -> int:
        query = sa.select(sa.func.count()).where(case_events.c.refused.is_(refused))
        with self.bureau.store.engine.connect() as connection:
            return int(connection.scalar(query) or 0)

    @initialize()
    def begin(self) -> None:
        self.open(PEOPLE[0], 0)

    @rule(place=st.integers(0, 1), choices=st.lists(st.integers(0, 1_000), min_size=4, max_size=8))
    def go_far(self, place: int, choices: list[int]) -> None:
        for choice in choices:
            self.move_on(place, choice)

    @rule(actor=ACTORS, place=st.integers(0, 1))
    def open(self, actor: Actor, place: int) -> None:
        ring = sorted(self.rings)[place]
        known = self.case_of.get(ring)
        try:
            case = self.bureau.book.open_ring(actor, ring, WHY).id
        except (NoRightError, NotFoundError):
            self.refused += 1
            assert actor is FAR or actor is NOBODY or not any(role in LETTERS for role in actor.roles)
            return
        if known is not None and self.plain[known].stage != "closed":
            assert case == known
            return
        assert case not in self.plain
        self.case_of[ring] = case
        self.plain[case] = Plain(parts={actor.name: {"prepared"}})

    @rule(actor=ACTORS, name=st.sampled_from(list(StepName)), place=st.integers(0, 1), stale=st.booleans())
    def step(self, actor: Actor, name: StepName, place: int, stale: bool) -> None:
        ring = sorted(self.rings)[place]
        case = self.case_of.get(ring)
        if case is None:
            return
        plain = self.plain[case]
        taken = WAY[plain.stage].get(name.value)
        allowed = taken is not None and not stale and self._may(actor, plain, taken)
        seen = 0 if stale else None
        try:
            if name is StepName.DECIDE:
                self.bureau.book.decide(actor, case, everything(self.rings[ring], Outcome.CLEARED), WHY, seen=seen)
            else:
                self.bureau.book.step(actor, case, name, WHY, seen=seen)
        except (NoRightError, NotFoundError, CaseError):
            self.refused += 1
            assert not allowed, f"{actor.name} {name} at {plain.stage} was refused"
            return
        assert allowed and taken is not None, f"{actor.name} {name} at {plain.stage} went through"
        plain.stage, plain.owner = taken[0], ""
        plain.parts.setdefault(actor.name, set()).add(taken[2])

    @rule(place=st.integers(0, 1), choice=st.integers(0, 1_000))
    def move_on(self, place: int, choice: int) -> None:
        """A step that is allowed, so that cases get far."""
        case = self.case_of.get(sorted(self.rings)[place])
        if case is None:
            return
        plain = self.plain[case]
        ways = [
            (actor, name)
            for name, taken in WAY[plain.stage].items()
            for actor in PEOPLE
            if self._may(actor, plain, taken)
        ]
        ahead = [way for way in ways if way[1] in AHEAD]
        ways = ahead if ahead and choice % 3 else ways
        if not ways:  # everybody who is left has worked on it
            return
        actor, name = ways[choice % len(ways)]
        self.reached.add(plain.stage)
        self.step(actor, StepName(name), place, stale=False)

    def _may(self, actor: Actor, plain: Plain, taken: tuple[str, str, str]) -> bool:
        fits = any(LETTERS.get(role, "-") in taken[1] for role in actor.roles)
        return fits and actor is not FAR and not plain.parts.get(actor.name, set()) & set(FORBIDDEN[taken[2]].split())

    @rule(actor=ACTORS, other=ACTORS)
    def two_take_the_next(self, actor: Actor, other: Actor) -> None:
        got = []
        for person in (actor, other):
            try:
                found = self.bureau.book.take_next(person, WHY)
            except NoRightError:
                self.refused += 1
                continue
            if found is None:
                continue
            plain = self.plain[found.id]
            assert plain.owner == "" and plain.stage != "closed"
            assert any(self._may(person, plain, step) for step in WAY[plain.stage].values())
            plain.owner = person.name
            got.append(found.id)
        assert len(got) == len(set(got))

    @invariant()
    def the_cases_stand_where_the_model_says(self) -> None:
        watching = Actor("auditor", frozenset({Role.AUDITOR}))
        for case, plain in self.plain.items():
            file = self.bureau.book.get(watching, case)
            assert (file.stage.value, file.owner) == (plain.stage, plain.owner)
            assert (file.outcome is not None) == (file.stage is Stage.CLOSED)

    @invariant()
    def refusals_are_kept_and_every_event_has_its_leaf(self) -> None:
        assert self._count(refused=True) == self.refused
        with self.bureau.store.engine.connect() as connection:
            leaves = list(connection.scalars(sa.select(case_events.c.leaf)))
            active = list(connection.scalars(sa.select(case_rings.c.ring_id).where(case_rings.c.active)))
            size = size_of(connection) if leaves else 0
        assert len(set(leaves)) == len(leaves)
        assert all(leaf < size for leaf in leaves)
        assert len(set(active)) == len(active)


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is one: what a disk takes to flush is not what this is about."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(prefix="ringhound-cases-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def test_every_stage_role_and_two_users(address: str | Path, quick: Path) -> None:
    fresh = iter(range(10_000))

    class Machine(CaseMachine):
        reached: ClassVar[set[str]] = set()

        def __init__(self) -> None:
            self.bureau = Bureau.at(_new(address, quick, next(fresh)))
            super().__init__()

        def teardown(self) -> None:
            self.bureau.store.engine.dispose()

    examples = 7 if isinstance(address, Path) else 4
    calm = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None, suppress_health_check=calm, derandomize=True
        ),
    )
    assert Machine.reached >= set(WAY)


def _new(address: str | Path, folder: Path, number: int) -> str | Path:
    """A database of its own for every example: a fresh file, or the server's database emptied."""
    if isinstance(address, Path):
        return folder / f"cases{number}.db"
    engine = sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return address


@pytest.mark.parametrize("stage", list(WAY))
def test_the_model_speaks_of_every_stage(stage: str) -> None:
    from cases.work.stages import STEPS

    assert {name.value for start, name in STEPS if start.value == stage} == set(WAY[stage])
