"""Who may do what: the documents hold the table of the code, and the book obeys it for every role."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cases.people import Actor, NoRightError, Role
from cases.work.appeals import Appeals
from cases.work.board import Board
from cases.work.matrix import markdown
from cases.work.model import Origin
from cases.work.notes import CaseNotes
from cases.work.rereads import Rereads
from cases.work.rights import RIGHT_ROLES, Right
from cases.work.settings import Limits, limits_of
from cases.work.stages import Stage, StepName
from claims.errors import NotFoundError, RinghoundError
from claims.language import speaking
from claims.workspace import SettingsError, Workspace
from tests.cases.work.casework import ANNA, BEN, WHY, Bureau

DOCS = Path(__file__).parents[3] / "docs" / "cases.md"
Asking = Callable[[Bureau, Actor, str], object]

ASKING: dict[Right, Asking] = {
    Right.SEE: lambda b, a, c: b.book.get(a, c),
    Right.OPEN: lambda b, a, _c: b.book.open_by_hand(a, Origin.TIP, "a letter", WHY, region="451201"),
    Right.WORK: lambda b, a, c: CaseNotes(b.book).comment(a, c, "seen"),
    Right.STEP: lambda b, a, c: b.book.step(a, c, StepName.PASS_ON, WHY),
    Right.ASSIGN: lambda b, a, c: b.book.assign(a, c, ANNA, WHY),
    Right.MERGE: lambda b, a, c: b.book.merge(a, c, "C-2026-999999", WHY),
    Right.JUDGE: lambda b, a, c: Appeals(b.book, Workspace(Path("none"))).judge(a, c, 1, accept=True, reason=WHY),
    Right.DRAW: lambda b, a, _c: Rereads(b.book).draw(a, 1, 1, WHY),
    Right.REREAD: lambda b, a, _c: Rereads(b.book).take(a, WHY),
    Right.BOARD: lambda b, a, _c: Board(b.book).workload(a),
}


def test_the_documents_hold_the_table() -> None:
    with speaking("en"):
        assert markdown() in DOCS.read_text("utf-8")


@pytest.mark.parametrize("role", list(Role))
def test_every_right_is_asked_of_every_role(bureau: Bureau, role: Role) -> None:
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    actor = Actor(f"a-{role.value}", frozenset({role}))
    assert set(ASKING) == set(Right)
    for right, ask in ASKING.items():
        try:
            ask(bureau, actor, case)
        except NoRightError:
            refused = True
        except RinghoundError:
            refused = False
        else:
            refused = False
        stepping = right is Right.STEP and role is Role.REVIEWER  # may step, but not from the first check
        assert refused == (role not in RIGHT_ROLES[right] or stepping), right


def test_nobody_without_a_role_learns_anything(bureau: Bureau) -> None:
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    for id_ in (case, "C-2026-999999"):
        with pytest.raises(NoRightError):
            bureau.book.get(Actor("nobody", frozenset()), id_)


def test_a_region_that_is_no_beginning_of_a_code_sees_nothing(bureau: Bureau) -> None:
    case = bureau.book.open_ring(ANNA, bureau.rings(1)[0].id, WHY).id
    for region in ("%", "_", "512", ""):
        sly = Actor("sly", frozenset({Role.LEAD}), frozenset({region} if region else ()))
        assert bureau.book.list(sly) == ()
        with pytest.raises(NotFoundError):
            bureau.book.get(sly, case)


def test_limits_are_read_strictly(tmp_path: Path, bureau: Bureau) -> None:
    workspace = Workspace(tmp_path)
    assert limits_of(workspace) == Limits()
    workspace.settings.write_text("casework: {limits: {first_check: 5}, largest_file: 9}", encoding="utf-8")
    limits = limits_of(workspace)
    assert (limits.days[Stage.FIRST_CHECK], limits.days[Stage.APPEAL], limits.largest_file) == (5, 10, 9)
    assert limits.due(Stage.FIRST_CHECK, bureau.clock()) == bureau.clock() + timedelta(days=5)
    assert limits.due(Stage.CLOSED, bureau.clock()) is None
    wrongs = ("{limits: {closed: 5}}", "{limits: {appeal: 0}}", "{limit: {}}", "{limits: [1]}", "{largest_file: yes}")
    for wrong in wrongs:
        workspace.settings.write_text(f"casework: {wrong}", encoding="utf-8")
        with pytest.raises(SettingsError):
            limits_of(workspace)


def test_steps_that_are_offered_are_those_that_are_taken(bureau: Bureau) -> None:
    ring = bureau.rings(1)[0]
    case = bureau.book.open_ring(ANNA, ring.id, WHY).id
    assert bureau.book.steps(ANNA, case) == (StepName.PASS_ON,)
    assert bureau.book.steps(BEN, case) == ()
    bureau.book.step(ANNA, case, StepName.PASS_ON, WHY)
    assert bureau.book.steps(ANNA, case) == ()
    assert set(bureau.book.steps(BEN, case)) == {StepName.UPHOLD, StepName.PROPOSE_CLEARING, StepName.RETURN}
    assert bureau.book.subjects(BEN, case)[0] == {member.key for member in ring.picture.members}
