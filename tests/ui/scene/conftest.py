"""A desk over the small town."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from claims.workspace import Workspace
from graph.embedded.writer import write_store
from tests.graph.worlds import write_tables
from tests.ui.scene.town import town, visit
from ui.scene.desk import SceneDesk
from ui.scene.looking import sight_of
from ui.scene.store import SceneStore


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's graph, written once."""
    folder = tmp_path_factory.mktemp("town") / "ws"
    write_store(write_tables(town(), Workspace(folder)))
    return folder


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Workspace:
    """A workspace of one's own whose graph is the town."""
    shutil.copytree(built, tmp_path / "ws")
    return Workspace(tmp_path / "ws")


@pytest.fixture
def desk(workspace: Workspace) -> SceneDesk:
    """An empty desk."""
    store = SceneStore.open(workspace)
    return SceneDesk(visit(workspace), store, store.new_draft("li"))


Send = Callable[..., None]


@pytest.fixture
def send(desk: SceneDesk) -> Send:
    """Send one event as the browser would, naming nodes by their keys."""

    def sending(op: str, *keys: str, **values: object) -> None:
        ids = sight_of(desk).ids
        given = [ids.get(key, key) for key in keys]
        event = {"seq": desk.draft.state.ack + 1, "op": op, "ids": given, "draft": desk.draft.id, **values}
        desk.apply([event])

    return sending
