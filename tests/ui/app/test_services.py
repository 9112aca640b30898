"""Loads, quarantine and reveals as pages ask for them: guarded, masked, written down."""

from collections.abc import Callable
from pathlib import Path

import pytest

from claims.aliases import Aliases
from claims.audit import Audit, ReasonError
from claims.errors import NotFoundError
from claims.simulator import simulate
from claims.workspace import Workspace
from graph.masking import Masks
from graph.model import NodeRef, NodeType
from graph.store import GraphReader, Node
from loaders.load import load
from tests.ui.app.conftest import Visitor, said
from ui.auth.errors import NoRightError
from ui.service.house import House
from ui.service.loads import LoadService
from ui.service.quarantine import QuarantineService
from ui.service.reveal import LABEL, RevealService

Visit = Callable[[House, str], Visitor]
PERSON = NodeRef(NodeType.PERSON, "P1")


@pytest.fixture
def loaded(workspace: Workspace, house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house after one load of a small county with faulty rows."""
    source: Path = tmp_path_factory.mktemp("county") / "in"
    simulate(source, persons=1200, days=20, seed=3)
    load(workspace, source)
    return house


def test_a_load_is_told_table_by_table(loaded: House, workspace: Workspace, visit: Visit) -> None:
    service = LoadService(visit(loaded, "zhao").gate, workspace)
    (line,) = service.recent()
    tables = service.tables(line.id)
    assert line.loaded == sum(table.loaded for table in tables) > 0
    assert all(0.0 <= column.share <= 1.0 for table in tables for column in table.columns)
    assert service.readiness(line.id)
    with pytest.raises(NotFoundError):
        service.tables(99)


def test_quarantine_leaves_masked_unless_with_right_and_reason(
    loaded: House, workspace: Workspace, visit: Visit
) -> None:
    operator = QuarantineService(visit(loaded, "zhao").gate, workspace)
    waiting = operator.waiting()
    assert waiting
    part = waiting[0]
    assert len(operator.page(part.load, part.table, 1, 5)) == min(5, part.rows)
    with pytest.raises(ReasonError):
        operator.file(part.load, part.table, "csv", " ")
    assert operator.file(part.load, part.table, "csv", "back to the agency").startswith(b"\xef\xbb\xbf")
    entry = Audit(workspace.audit).entries()[-1]
    assert (entry.user, entry.act, entry.reason) == ("zhao", "export", "back to the agency")
    investigator = QuarantineService(visit(loaded, "wang").gate, workspace)
    for call in (
        lambda: investigator.page(part.load, part.table, 1, 5),
        lambda: investigator.file(part.load, part.table, "csv", "curious"),
        lambda: investigator.retry(part.load),
    ):
        with pytest.raises(NoRightError):
            call()


def test_rows_that_fail_again_stay(loaded: House, workspace: Workspace, visit: Visit) -> None:
    operator = QuarantineService(visit(loaded, "zhao").gate, workspace)
    before = sum(part.rows for part in operator.waiting())
    done = operator.retry(1)
    assert (done.resolved, done.staying) == (0, before)


@pytest.mark.parametrize("part", ["load", "complete", "days", "quarantine"])
def test_the_pages_show_the_load(loaded: House, visit: Visit, part: str) -> None:
    app = visit(loaded, "zhao").run("runs", part=part)
    assert app.dataframe or app.selectbox(key="runs.series")
    assert "Nothing was loaded yet." not in said(app)


class OnePerson:
    """A reader that knows one person."""

    data_version = 7

    def node(self, ref: NodeRef) -> Node:
        """The person."""
        return Node(ref, "王小明", False, {"tel": "13912341234"})


def test_one_field_is_revealed_with_a_reason(
    house: House, workspace: Workspace, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader: GraphReader = OnePerson()  # type: ignore[assignment]
    service = RevealService(visit(house, "wang").gate, workspace, lambda: reader)
    assert service.masked(PERSON) == Masks(Aliases(workspace.aliases)).node(reader.node(PERSON))
    assert "小" not in service.masked(PERSON).label
    with pytest.raises(ReasonError):
        service.reveal(PERSON, LABEL, "x")
    assert Audit(workspace.audit).entries() == ()
    assert service.reveal(PERSON, LABEL, "summons to be written") == "王小明"
    entry = Audit(workspace.audit).entries()[-1]
    assert (entry.user, entry.act, entry.subject) == ("wang", "reveal", "person:P1")
    auditor = RevealService(visit(house, "sun").gate, workspace, lambda: reader)
    with pytest.raises(NoRightError):
        auditor.reveal(PERSON, LABEL, "curious enough")
