"""Judging pairs of enrolments: who may, what holds, who came first, and that the next run obeys."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from cases.identities import IdentityBook, JudgedMeanwhileError, Word, ordered
from cases.store import CaseStore
from claims.audit import Audit, ReasonError
from claims.errors import NotFoundError
from claims.workspace import Workspace
from detectors.finding import ALERT_LINE
from detectors.identity_reuse.judgements import Ruling
from jobs.identity_pairs import path_of
from jobs.replay import replay
from tests.ui.app.identity_world import EYES, HERE, THERE, detect, workspace_of
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.errors import NoRightError
from ui.auth.gate import Gate
from ui.auth.roles import Role
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions
from ui.service.identity import IdentityService
from ui.service.identity_query import PairQuery, Standing

MAN = ("D1", "D2")
PEOPLE = {
    "wang": ({Role.INVESTIGATOR}, {"*"}),
    "li": ({Role.REVIEWER}, {"*"}),
    "chen": ({Role.INVESTIGATOR}, {HERE}),
    "sun": ({Role.AUDITOR}, {"*"}),
    "zhao": ({Role.OPERATOR}, {"*"}),
}


@dataclass(frozen=True)
class House:
    """One workspace and everybody's way in."""

    workspace: Workspace
    sessions: Sessions

    def of(self, name: str) -> IdentityService:
        """The service as `name` has it."""
        return IdentityService(Gate(self.sessions, self.sessions.open(name, "a")), self.workspace)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return workspace_of(tmp_path_factory.mktemp("identities"))


@pytest.fixture
def house(made: Workspace, tmp_path: Path) -> Iterator[House]:
    copytree(made.root, tmp_path / "w")
    engine = open_engine(tmp_path / "accounts.db")
    for name, (roles, regions) in PEOPLE.items():
        Accounts(engine).add(NewAccount(name, name, frozenset(roles), frozenset(regions)), by="test")
    yield House(Workspace(tmp_path / "w"), Sessions(engine))
    engine.dispose()


def id_of(service: IdentityService, *pair: str) -> str:
    everything = service.queue(PairQuery(Standing.ALL))
    found = [row.id for row in everything.rows if service.paper(row.id).proposal.key == pair]
    return found[0]


def joined(workspace: Workspace) -> set[tuple[str, ...]]:
    """Groups of enrolments that the last run shows above the line."""
    store = CaseStore.open(workspace.cases)
    run = store.last_run()
    assert run is not None
    found = store.findings(run.id).values()
    return {tuple(s.id for s in f.subjects) for f in found if f.score >= ALERT_LINE and "duplicate" in f.kind}


def test_the_queue_stands_surest_first_and_masks_names(house: House) -> None:
    queue = house.of("wang").queue(PairQuery())
    assert [row.probability for row in queue.rows] == sorted((r.probability for r in queue.rows), reverse=True)
    assert (queue.done, queue.total, queue.undo) == (0, 4, None)
    assert {name for row in queue.rows for name in row.names} == {"欧阳*明", "欧阳*铭", "诸葛*兰"}


def test_weights_add_up_and_every_field_stands_on_both_sides(house: House) -> None:
    service = house.of("wang")
    paper = service.paper(id_of(service, *MAN))
    weighed = sum(ground.bits or 0.0 for ground in paper.grounds)
    assert weighed + paper.proposal.prior == pytest.approx(paper.proposal.total, abs=1e-3)
    assert paper.proposal.probability == pytest.approx(1 / (1 + 2**-paper.proposal.total))
    shown = {line.column: line for ground in paper.grounds for line in ground.fields}
    assert shown["tel"].one == shown["tel"].other == "139****0001"
    assert shown["certno"].sign == "near" and shown["certno"].places == (13, 14, 18)[: len(shown["certno"].places)]
    assert shown["brdy"].one == "1966"
    assert [(held.column, held.holders) for held in paper.shared] == [("tel", 2)]
    assert "19660512" not in repr(paper.grounds)


def test_a_reveal_needs_a_reason_and_is_written_first(house: House) -> None:
    service = house.of("wang")
    pair = id_of(service, *MAN)
    with pytest.raises(ReasonError):
        service.reveal(pair, "x")
    unmasked = service.reveal(pair, "interview on Tuesday")
    entry = Audit(house.workspace.audit).entries()[-1]
    assert (entry.subject, entry.reason, entry.user) == ("pair:D1|D2", "interview on Tuesday", "wang")
    assert service.paper(pair, unmasked).names == ("欧阳晓明", "欧阳晓铭")
    assert house.of("li").paper(pair, unmasked).masked  # somebody else's permission shows nothing
    other = id_of(service, "T1", "T2")
    assert service.paper(other, unmasked).masked
    with pytest.raises(NoRightError):
        house.of("sun").reveal(pair, "interview on Tuesday")


def test_who_may_look_and_who_may_decide(house: House) -> None:
    pair = id_of(house.of("wang"), *MAN)
    assert house.of("sun").paper(pair).masked
    with pytest.raises(NoRightError):
        house.of("sun").judge(pair, Ruling.SAME, 0)
    with pytest.raises(NoRightError):
        house.of("zhao").queue(PairQuery())


def test_both_enrolments_must_lie_in_ones_regions(house: House) -> None:
    abroad = id_of(house.of("wang"), "T1", "T3")
    service = house.of("chen")
    assert {service.paper(row.id).proposal.regions for row in service.queue(PairQuery()).rows} == {(HERE, HERE)}
    for ask in (service.paper, service.cluster, lambda pair: service.judge(pair, Ruling.SAME, 0)):
        with pytest.raises(NotFoundError):
            ask(abroad)
    assert THERE not in str(service.cluster(id_of(service, "T1", "T2")))


def test_nobody_overwrites_unseen(house: House) -> None:
    wang, li = house.of("wang"), house.of("li")
    pair = id_of(wang, *MAN)
    seen = li.paper(pair).seen
    wang.judge(pair, Ruling.SAME, seen)
    with pytest.raises(JudgedMeanwhileError) as caught:
        li.judge(pair, Ruling.NOT_SAME, seen)
    assert (caught.value.entry.owner, caught.value.entry.ruling) == ("wang", Ruling.SAME)
    assert li.paper(pair).history[-1].ruling is Ruling.SAME
    li.judge(pair, Ruling.NOT_SAME, li.paper(pair).seen, "  two   brothers ")
    last = li.paper(pair).history[-1]
    assert (last.ruling, last.owner, last.reason) == (Ruling.NOT_SAME, "li", "two brothers")


def test_undo_goes_back_step_by_step_and_never_over_others(house: House) -> None:
    wang, li = house.of("wang"), house.of("li")
    first, second = (row.id for row in wang.queue(PairQuery()).rows[:2])
    for pair, ruling in ((first, Ruling.SAME), (second, Ruling.UNSURE), (first, Ruling.NOT_SAME)):
        wang.judge(pair, ruling, wang.paper(pair).seen)
    held = []
    while (undo := wang.queue(PairQuery()).undo) is not None:
        written, pair = wang.take_back(undo.id)
        held.append((pair, written.ruling))
    assert held == [(first, Ruling.SAME), (second, None), (first, None)]
    assert len(wang.paper(first).history) == 4  # nothing is removed
    mine = wang.judge(first, Ruling.SAME, wang.paper(first).seen)
    li.judge(first, Ruling.UNSURE, mine.id)
    assert wang.queue(PairQuery()).undo is None
    with pytest.raises(JudgedMeanwhileError):
        wang.take_back(mine.id)
    with pytest.raises(NotFoundError):
        li.take_back(mine.id)


def test_filters_and_progress(house: House) -> None:
    service = house.of("wang")
    pair = id_of(service, *MAN)
    service.judge(pair, Ruling.SAME, 0)
    queue = service.queue(PairQuery())
    assert (queue.done, queue.total, pair in {row.id for row in queue.rows}) == (1, 4, False)
    for standing, count in ((Standing.JUDGED, 1), (Standing.MINE, 1), (Standing.ALL, 4)):
        assert len(service.queue(PairQuery(standing)).rows) == count
    assert not house.of("li").queue(PairQuery(Standing.MINE)).rows
    assert len(service.queue(PairQuery(Standing.ALL, kind="same_certificate")).rows) == 1
    assert len(service.queue(PairQuery(Standing.ALL, least=20)).rows) == 1
    assert len(service.queue(PairQuery(Standing.ALL, most=8)).rows) == 2


def test_the_next_pair_is_one_nobody_judged(house: House) -> None:
    service = house.of("wang")
    rows = service.queue(PairQuery(Standing.ALL)).rows
    service.judge(rows[1].id, Ruling.SAME, 0)
    queue = service.queue(PairQuery(Standing.ALL))
    assert queue.next_open(rows[0].id) == rows[2].id
    assert queue.next_open(rows[3].id) == rows[0].id
    assert (queue.after(rows[0].id, -1), queue.after(rows[3].id)) == (rows[0].id, rows[3].id)


def test_the_group_and_its_weakest_link(house: House) -> None:
    service = house.of("wang")
    cluster = service.cluster(id_of(service, "T1", "T2"))
    assert cluster.members == ("T1", "T2", "T3")
    assert {part.members for part in cluster.parts} == {("T1", "T2"), ("T3",)}
    weights = {(link.one, link.other): link.bits for link in cluster.links}
    assert cluster.cut == pytest.approx(weights["T1", "T3"] + weights["T2", "T3"], abs=1e-3)
    assert not cluster.bridge
    service.judge(id_of(service, "T2", "T3"), Ruling.NOT_SAME, 0)
    after = service.cluster(id_of(service, "T1", "T2"))
    assert after.bridge and after.weakest[0].pair == id_of(service, "T1", "T3")


@pytest.mark.parametrize("ruling", [Ruling.NOT_SAME, Ruling.SAME])
def test_the_next_run_obeys_and_undo_restores(house: House, ruling: Ruling) -> None:
    wang = house.of("wang")
    assert MAN in joined(house.workspace)
    entry = wang.judge(id_of(wang, *MAN), ruling, 0)
    obeyed = detect(house.workspace)
    assert (MAN in joined(house.workspace)) is (ruling is Ruling.SAME)
    assert wang.paper(id_of(wang, *MAN)).history  # the pair is still proposed, with what was said of it
    again = replay(house.workspace, obeyed.run.id, detectors=EYES)
    assert again.same
    wang.take_back(entry.id)
    assert replay(house.workspace, obeyed.run.id, detectors=EYES).same  # a past run is repeated as it was
    if ruling is Ruling.NOT_SAME:
        detect(house.workspace)
        assert MAN in joined(house.workspace)


def test_strangers_judged_one_person_are_joined(house: House) -> None:
    assert ("N0001", "N0002") not in joined(house.workspace)
    book = IdentityBook(CaseStore.open(house.workspace.cases).engine)
    book.judge(Word(ordered("N0002", "N0001"), Ruling.SAME, "li", datetime.now(UTC)))
    result = detect(house.workspace)
    pair = next(f for f in result.findings if {s.id for s in f.subjects} == {"N0001", "N0002"})
    assert pair.strength >= ALERT_LINE
    service = house.of("wang")
    assert service.paper(id_of(service, "N0001", "N0002")).proposal.total < 0  # by the model alone they are two


def test_pairs_that_were_not_kept_are_made_again(house: House) -> None:
    service = house.of("wang")
    before = service.queue(PairQuery()).rows
    path_of(house.workspace, 1).unlink()
    assert service.queue(PairQuery()).rows == before


def test_nothing_detected_is_a_sentence(tmp_path: Path, house: House) -> None:
    with pytest.raises(NotFoundError, match="Nothing was detected yet"):
        replace(house.of("wang"), workspace=Workspace(tmp_path / "none")).queue(PairQuery())
