"""The table of rights asked through the services: every action of every role, and what regions keep apart."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cases.people
from cases.evaluation.evaluate import Ask
from cases.people import Role
from cases.work.model import Origin
from cases.work.rereads import Rereads
from cases.work.stages import StepName
from claims.errors import NotFoundError, RinghoundError
from claims.workspace import Workspace
from detectors.identity_reuse.judgements import Ruling
from graph.model import NodeRef, NodeType
from tests.ui.app.conftest import Visitor, context_of
from tests.ui.app.rights_world import NEAR, WHY, Both, at_work, place_of_ours
from tests.ui.app.world import copy_of
from ui.auth.errors import NoRightError
from ui.auth.journal import recent
from ui.auth.matrix import markdown, roles_of
from ui.auth.roles import Action
from ui.canvas import asset
from ui.config.settings import from_environment
from ui.pages.explorer import visit_of
from ui.scene.exports import EXPORTS, export
from ui.scene.opening import Asked, open_desk
from ui.service.cases_door import acting
from ui.service.cases_query import CaseQuery, Scope
from ui.service.house import Context, House, house_of
from ui.service.identity_query import PairQuery
from ui.service.ledger import LedgerQuery
from ui.service.referrals_query import ReferralQuery
from ui.service.ring_query import Group, RingQuery

DOCS = Path(__file__).parents[3] / "docs" / "rights.md"
NOBODY = NodeRef(NodeType.PERSON, "nobody")
Visit = Callable[[House, str], Visitor]

# What is asked of each action: a call that gets past the guard only with the right, and then does no harm.
ASKING: dict[Action, Callable[[Context, Both], object]] = {
    Action.SEE_DESK: lambda c, b: c.desk.morning(),
    Action.SEE_RINGS: lambda c, b: c.rings.page(RingQuery()),
    Action.ASSIGN_RINGS: lambda c, b: c.rings.assign([], "", None),
    Action.EXPLORE: lambda c, b: c.suspicion.of([NOBODY]),
    Action.SEE_RECORDS: lambda c, b: c.entities.find("nobody"),
    Action.COMPARE_IDENTITIES: lambda c, b: c.identities.queue(PairQuery()),
    Action.DECIDE_IDENTITIES: lambda c, b: c.identities.judge("none", Ruling.UNSURE, 0),
    Action.REVEAL: lambda c, b: c.reveals.reveal(NOBODY, "label", WHY),
    Action.EXPORT: lambda c, b: c.evaluations.report(Ask(), ""),
    Action.SEE_CASES: lambda c, b: c.case_work.paper(b.theirs.case),
    Action.SEE_REFERRALS: lambda c, b: c.referrals.page(ReferralQuery()),
    Action.SEE_EVALUATION: lambda c, b: c.evaluations.evaluate(Ask()),
    Action.SEND_REFERRALS: lambda c, b: c.referrals.take(b.theirs.referral, "none.zip"),
    Action.SEE_LEDGER: lambda c, b: c.ledger.page(LedgerQuery()),
    Action.SEE_RUNS: lambda c, b: c.runs.recent(),
    Action.SEE_QUARANTINE: lambda c, b: c.quarantine.page(1, "cards", 1, 1),
    Action.EXPORT_QUARANTINE: lambda c, b: c.quarantine.file(1, "cards", "csv", ""),
    Action.RETRY_QUARANTINE: lambda c, b: c.quarantine.retry(None, "none.csv", b""),
    Action.MANAGE_ACCOUNTS: lambda c, b: c.people.all(),
    Action.OPEN_CASE: lambda c, b: c.case_work.acts.open_by_hand(Origin.TIP, "a letter", "a tip", "", WHY),
    Action.WORK_CASE: lambda c, b: c.case_work.acts.comment(b.theirs.case, "seen"),
    Action.STEP_CASE: lambda c, b: c.case_work.acts.step(b.theirs.case, StepName.PASS_ON, "", 0),
    Action.ASSIGN_CASE: lambda c, b: c.case_work.acts.assign(b.theirs.case, "nobody", WHY, 0),
    Action.MERGE_CASES: lambda c, b: c.case_work.acts.merge(b.theirs.case, b.ours.case, WHY, 0),
    Action.JUDGE_ANSWERS: lambda c, b: c.case_work.hearing.judge(b.theirs.case, 0, accept=True, reason=WHY),
    Action.DRAW_REREADS: lambda c, b: Rereads(c.case_work.door.book).draw(acting(c.account), 1, 1, WHY),
    Action.REREAD: lambda c, b: Rereads(c.case_work.door.book).take(acting(c.account), WHY),
    Action.SEE_BOARD: lambda c, b: c.case_work.numbers(),
}


@pytest.fixture(scope="module")
def both(divided: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Both:
    return at_work(copy_of(divided, tmp_path_factory.mktemp("rights") / "workspace"))


@pytest.fixture
def office(both: Both, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("RINGHOUND_WORKSPACE", str(both.workspace.root))
    house_of.cache_clear()
    found = house_of(from_environment())
    yield found
    found.engine.dispose()
    house_of.cache_clear()


@pytest.fixture
def near(office: House, visit: Visit) -> Context:
    return context_of(office, visit, NEAR)


def test_the_documents_hold_the_tables() -> None:
    assert DOCS.read_text("utf-8") == markdown(), "stale: run `python -m ui.auth.matrix > docs/rights.md`"


@pytest.mark.parametrize("role", list(Role))
def test_every_action_is_asked_of_every_role(both: Both, office: House, visit: Visit, role: Role) -> None:
    assert set(ASKING) == set(Action)
    context = context_of(office, visit, role.value)
    for action, ask in ASKING.items():
        try:
            ask(context, both)
        except (NoRightError, cases.people.NoRightError):
            refused = True
        except RinghoundError:
            refused = False
        else:
            refused = False
        assert refused == (role not in roles_of(action)), action


def test_what_lies_outside_answers_as_what_does_not_exist(both: Both, office: House, near: Context) -> None:
    theirs, secrets = both.theirs, both.secrets()
    person = next(id_ for id_, what in secrets.items() if what == "person")
    place = next(id_ for id_, what in secrets.items() if what == "institution")
    asked: dict[Callable[[str], object], tuple[str, str]] = {
        near.sheets.paper: (theirs.ring.id, "R-2026-999999"),
        lambda ring: near.sheets.reveal(ring, WHY): (theirs.ring.id, "R-2026-999999"),
        near.rings.preview: (theirs.ring.id, "R-2026-999999"),
        near.suspicion.members: (theirs.ring.id, "R-2026-999999"),
        near.case_work.paper: (theirs.case, "C-2026-999999"),
        near.case_work.history: (theirs.case, "C-2026-999999"),
        near.case_work.files: (theirs.case, "C-2026-999999"),
        lambda case: near.case_work.acts.comment(case, "hello"): (theirs.case, "C-2026-999999"),
        lambda case: near.case_work.take_out(case, theirs.file, WHY): (theirs.case, "C-2026-999999"),
        lambda number: near.case_work.take_out(both.ours.case, int(number), WHY): (str(theirs.file), "77"),
        lambda number: near.referrals.line(int(number)): (str(theirs.referral), "77"),
        lambda number: near.referrals.take(int(number), "a.zip"): (str(theirs.referral), "77"),
        near.referrals.subject: (theirs.ring.id, "R-2026-999999"),
        lambda case: near.referrals.subject(case=case): (theirs.case, "C-2026-999999"),
        lambda id_: near.entities.open("institution", id_): (place, "H99999999999"),
        lambda id_: near.entities.open("person", id_): (person, "42022400009999999999"),
        lambda id_: near.reader().node(NodeRef(NodeType.PERSON, id_)): (person, "42022400009999999999"),
        lambda id_: open_desk(visit_of(near), Asked(node=f"person:{id_}")): (person, "42022400009999999999"),
        lambda id_: open_desk(visit_of(near), Asked(scene=id_)): (theirs.scene, "nothing-there"),
    }
    for ask, (hidden, unknown) in asked.items():
        answers = []
        for id_ in (hidden, unknown):
            with pytest.raises(NotFoundError) as refused:
                ask(id_)
            answers.append(re.sub(rf"\b{re.escape(id_)}\b", "…", str(refused.value)))
        assert answers[0] == answers[1]
    tried = [event for event in recent(office.engine, 50) if (event.actor, event.act) == (NEAR, "denied")]
    assert len(tried) >= 8, "what was tried is written down"


def test_lists_counts_and_searches_know_one_side_only(both: Both, near: Context) -> None:
    own = {ring for ring, region in both.rings.items() if both.rings[both.ours.ring.id] == region}
    pages = [near.rings.page(RingQuery(group=group, size=100)) for group in Group]
    assert {row.id for page in pages for row in page.rows} <= own
    assert sum(page.total for page in pages) == len(own)
    text = str(int(both.theirs.ring.id[-6:]))
    assert near.rings.page(RingQuery(text=text)).total == near.rings.page(RingQuery(text="999999")).total == 0
    listed = near.case_work.listed(CaseQuery(scope=Scope.ALL))
    assert [file.id for file in listed.files] == [both.ours.case]
    assert sum(listed.counts.values()) == 1
    assert not near.case_work.listed(CaseQuery(scope=Scope.ALL, text=both.theirs.case)).files
    assert [line.referral.id for line in near.referrals.page(ReferralQuery()).lines] == [both.ours.referral]
    secrets = both.secrets()
    for text in (text for text, what in secrets.items() if what in ("institution", "name")):
        assert near.entities.find(text) == []
        assert near.reader().search(text) == ()
    ours = place_of_ours(both)
    assert ours in [face.ref.id for face in near.entities.find(ours)]
    assert ours in [node.ref.id for node in near.reader().search(ours)]


def test_files_that_leave_hold_one_side_only(both: Both, near: Context) -> None:
    secrets = both.secrets()
    desk = open_desk(visit_of(near), Asked(ring=both.ours.ring.id))
    for number, id_ in enumerate(desk.faces.ids(list(desk.scene.items)).values(), 1):
        desk.apply([{"seq": number, "op": "expand", "ids": [id_], "draft": desk.draft.id}])
    assert len(desk.scene.items) > len(both.ours.ring.picture.members), "something beside the ring was added"
    files = [export(desk, form, asset, reason=WHY).content for form in EXPORTS]
    files += [document.content for document in near.evaluations.report(Ask(), WHY).documents]
    for content in files:
        assert not [what for text, what in secrets.items() if text in unpacked(content)]


def unpacked(content: bytes) -> str:
    """All text of a file, of what is zipped in it, too."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
