"""What pages ask about rings that were really detected: the list, the runs, a ring's sheet, suspicion."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

import ui.service.ring_source as ring_source
from cases.model import Ring, Status
from cases.store import CaseStore
from claims.audit import Audit
from claims.errors import NotFoundError
from claims.workspace import Workspace
from detectors.finding import Evidence, Statement
from graph.model import NodeRef, NodeType
from tests.ui.app.conftest import Visitor, context_of, paper_of
from ui.auth.errors import NoRightError
from ui.auth.roles import Role
from ui.cases_desk import CasesDesk
from ui.service.house import House
from ui.service.ring_lines import main_place, spoken
from ui.service.ring_query import Group, RingQuery
from ui.service.ring_sheet import Revealed, RingPaper
from ui.service.ring_story import bursts, chosen, weeks
from ui.service.ring_table import RingTable
from ui.service.ring_trials import tried_of

Visit = Callable[[House, str], Visitor]
ALL = frozenset("*")


def test_the_list_shows_what_the_run_found(real: House, store: CaseStore) -> None:
    found = {ring.id: ring for ring in store.rings()}
    shown = {
        row.id: (group, row)
        for group in Group
        for row in real.rings.page(RingQuery(group=group, size=100, regions=ALL)).rows
    }
    assert shown.keys() == found.keys()
    for id_, (group, row) in shown.items():
        ring = found[id_]
        assert (row.score, row.fund, row.people) == (
            ring.picture.score,
            ring.picture.exposure.fund,
            ring.picture.people,
        )
        assert (group is Group.OPEN) == (ring.status is Status.NEW)
        assert row.region.startswith("51")
        assert 0 < sum(row.trend) <= float(row.fund) + 0.01
        assert row.change.en == "first found"


def test_the_list_is_filled_once_and_again_after_a_change(
    real: House, store: CaseStore, burst: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    real.rings.page(RingQuery(regions=ALL))
    fills: list[str] = []
    fill = ring_source._fill

    def counted(desk: CasesDesk, table: RingTable, stamp: str) -> None:
        fills.append(stamp)
        fill(desk, table, stamp)

    monkeypatch.setattr(ring_source, "_fill", counted)
    real.rings.assign([burst.id], "wang", date(2026, 12, 24), "li")
    real.rings.page(RingQuery(regions=ALL))
    assert not fills
    monkeypatch.setattr(ring_source, "FORM", "another")
    threads = [threading.Thread(target=real.rings.page, args=(RingQuery(regions=ALL),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fills) == 1
    (row,) = real.rings.page(RingQuery(owner="wang", regions=ALL)).rows
    assert (row.id, row.due) == (burst.id, date(2026, 12, 24)), "whom a ring was given to outlives the filling"
    real.rings.assign([burst.id], "", None, "li")


def test_a_merged_ring_leaves_the_list_and_its_owner_gets_the_heir(
    real: House, store: CaseStore, burst: Ring, request: pytest.FixtureRequest
) -> None:
    first = next(ring for ring in store.rings() if ring.id != burst.id and ring.status is Status.NEW)
    real.rings.assign([first.id], "wang", None, "li")
    merged: Ring = request.getfixturevalue("merged")
    assert [row.id for row in real.rings.page(RingQuery(owner="wang", regions=ALL)).rows] == [burst.id]
    heir = real.rings.preview(merged.id)
    assert heir is not None
    assert heir.row.id == burst.id
    real.rings.assign([burst.id], "", None, "li")


def test_runs_are_those_of_the_store(real: House, store: CaseStore) -> None:
    (line,) = real.runs.recent(10)
    run = store.last_run()
    assert run is not None
    statuses = [ring.status for ring in store.rings()]
    assert (line.id, line.findings, line.rings) == (run.id, run.counts["findings"], run.counts["rings"])
    assert line.above == line.new == statuses.count(Status.NEW)
    assert line.changed == 0


def test_a_paper_holds_the_ring_masked(real: House, visit: Visit, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    assert paper.masked
    assert len(paper.records) == len(burst.picture.records)
    assert all("*" in line.name for line in paper.records)
    assert all("*" in member.name for member in paper.sheet.members if member.type is NodeType.PERSON)
    counted = sum(line.record.fund for line in paper.records if line.grade != "lawful")
    assert counted == burst.picture.exposure.fund
    assert sum(part.adds for part in paper.parts) > 0


def test_a_selection_narrows_the_records(real: House, visit: Visit, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    lane = paper.story.lanes[0]
    own = chosen(paper.records, [lane.key])
    assert {line.record.person for line in own} == {lane.key[1]}
    assert 0 < len(own) < len(paper.records) == len(chosen(paper.records, []))
    days, cells = weeks(own)
    assert sum(count for count, _fund in cells.values()) == len(own)
    assert all(day in days for _key, day in cells)
    assert all((later - earlier) == timedelta(weeks=1) for earlier, later in pairwise(days))


def test_bursts_are_those_of_the_evidence(real: House, visit: Visit, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    assert paper.story.bursts
    best = max(paper.story.bursts, key=lambda one: one.people)
    assert best.people >= 7, "the planted burst"
    assert best.last - best.first < timedelta(minutes=30)
    told = {(f"{one.first:%Y-%m-%d %H:%M}–{one.last:%H:%M}", one.people) for one in paper.story.bursts}
    lines = [f"{line.statement.en}" for line in paper.findings[0].evidence]
    assert len(lines) == paper.findings[0].details["batches"]
    for line in lines:
        assert any(line.startswith(f"{when}, ") and f": {people} of the " in line for when, people in told), line
    inside = [line for line in paper.records if best.first <= line.record.time <= best.last]
    assert len({line.record.person for line in inside}) >= best.people


def test_evidence_of_one_person_or_of_two_days_is_no_burst(real: House, visit: Visit, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    one = paper.records[0]
    alone = [line for line in paper.records if line.record.person == one.record.person]
    later = next(line for line in paper.records if line.record.time.date() != one.record.time.date())
    for lines in ([], alone, [one, later]):
        told = Evidence(Statement("", ""), tuple(line.record.id for line in lines))
        assert bursts([replace(paper.findings[0], evidence=(told,))], paper.records) == ()


def test_place_and_sentence_are_of_one_finding(real: House, visit: Visit, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    records = [line.record for line in paper.records]
    busiest = main_place(burst.picture, records)
    elsewhere = next(record for record in records if record.place != busiest)
    assert main_place(burst.picture, records, {elsewhere.id}) == elsewhere.place
    weaker = replace(paper.findings[0], statement=Statement("另一条", "another"))
    assert spoken([weaker, paper.findings[0]], paper.sheet.statement) is paper.findings[0]
    assert paper.places[0] == paper.row.place_name
    assert len(paper.places) == len(set(paper.places))


def test_the_list_names_the_place_of_the_finding_that_speaks(real: House, visit: Visit, store: CaseStore) -> None:
    rings = [ring for ring in store.rings() if len(ring.picture.numbers) > 1]
    assert rings
    for ring in rings:
        paper = paper_of(real, visit, ring)
        assert paper.findings[0].statement == paper.sheet.statement
        own = {line.record.place for line in paper.records if line.record.id in paper.findings[0].records}
        assert paper.row.place in own


def test_an_explanation_is_told_once(real: House, visit: Visit, burst: Ring) -> None:
    finding = paper_of(real, visit, burst).findings[0]
    first = finding.trials[0]
    better = replace(first, explains=0.5, result=Statement("另一结果", "another result"))
    other = replace(finding, trials=(better, *finding.trials[1:]))
    tried = tried_of([finding, finding, other])
    assert len({one.test for one in tried}) == len(tried) == len({trial.test for trial in finding.trials})
    assert tried[0].test == first.test
    assert [result.findings for result in tried[0].results] == [(1, 2), (3,)]
    assert tried[0].explains == 0.5
    assert all(one.results[0].findings == (1, 2, 3) for one in tried[1:])


def test_revealing_needs_a_right_a_reason_and_is_written_down(
    real: House, visit: Visit, county: Workspace, burst: Ring
) -> None:
    with pytest.raises(NoRightError):
        context_of(real, visit, "sun").sheets.reveal(burst.id, "looking into it")
    service = context_of(real, visit, "wang").sheets
    revealed = service.reveal(burst.id, "interview on Monday")
    entry = Audit(county.audit).entries()[-1]
    assert (entry.user, entry.subject, entry.reason) == ("wang", burst.id, "interview on Monday")
    paper = service.paper(burst.id, revealed)
    assert isinstance(paper, RingPaper)
    assert not paper.masked
    assert not any("*" in line.name for line in paper.records)
    forged = service.paper(burst.id, Revealed(burst.id, "li"))
    assert isinstance(forged, RingPaper)
    assert forged.masked, "what another account revealed lifts nothing"
    auditor = context_of(real, visit, "sun").sheets
    with pytest.raises(NoRightError):
        auditor.paper(burst.id, Revealed(burst.id, "sun"))


def test_outside_ones_regions_there_is_no_paper(real: House, visit: Visit, burst: Ring) -> None:
    context = context_of(real, visit, "wang")
    real.accounts.set_rights("wang", {Role.INVESTIGATOR}, {"990000"}, by="t")
    try:
        for call in (lambda: context.sheets.paper(burst.id), lambda: context.suspicion.members(burst.id)):
            with pytest.raises(NotFoundError):
                call()
    finally:
        real.accounts.set_rights("wang", {Role.INVESTIGATOR}, {"*"}, by="t")


def test_suspicion_is_the_best_score_of_a_nodes_rings(real: House, visit: Visit, store: CaseStore, burst: Ring) -> None:
    suspicion = context_of(real, visit, "wang").suspicion
    members = suspicion.members(burst.id)
    assert {(ref.type, ref.id) for ref in members} == {member.key for member in burst.picture.members}
    assert members[0].type is NodeType.PERSON
    scores = suspicion.of([*members, NodeRef(NodeType.PERSON, "nobody")])
    assert scores.keys() == set(members)
    for ref, score in scores.items():
        own = [r.picture.score for r in store.rings() if (ref.type, ref.id) in {m.key for m in r.picture.members}]
        assert score == max(own)
