"""What a case adds to a dossier, read from the case itself."""

import shutil
from pathlib import Path

import pytest

from cases.exports.case_history import history_of
from cases.exports.dossier import dossier_of
from cases.exports.forms import BY_NAME
from cases.exports.naming import Naming, Show
from cases.exports.paper import Errand
from cases.people import Actor, Role
from cases.schema import engine_of
from cases.work.book import CaseBook
from cases.work.stages import StepName
from claims.errors import NotFoundError
from claims.workspace import Workspace
from tests.cases.exports.worlds import RING


def test_steps_of_a_case_stand_in_the_report(tmp_path: Path, ring_workspace: Workspace) -> None:
    workspace = Workspace(Path(shutil.copytree(ring_workspace.root, tmp_path / "workspace")))
    engine = engine_of(workspace.cases)
    book, anna = CaseBook(engine), Actor("张三", frozenset({Role.LEAD}))
    case = book.open_ring(anna, RING, "线索需要核查")
    book.step(anna, case.id, StepName.PASS_ON, "材料已核对")
    history = history_of(engine, case.id)
    assert history.number == case.id and history.lead == case.owner
    assert [step.reason for step in history.steps] == ["线索需要核查", "材料已核对"]
    dossier = dossier_of(workspace, RING, history)
    errand = Errand(dossier, "police", Naming.of(dossier, Show.SHORT))
    steps = BY_NAME["investigation"].context(errand)["steps"]
    assert isinstance(steps, list) and "立案" in steps[0] and "材料已核对" in steps[1]


def test_a_case_that_is_not_there_is_named(ring_workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="AJ-9"):
        history_of(engine_of(ring_workspace.cases), "AJ-9")
