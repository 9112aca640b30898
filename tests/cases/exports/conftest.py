"""One detected county for all tests of documents."""

from collections.abc import Iterator

import pytest

from cases.exports.dossier import Dossier
from claims.language import speaking
from claims.workspace import Workspace
from tests.cases.exports.worlds import dossier_at, ring_county


@pytest.fixture(scope="session")
def ring_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with speaking("en"):
        yield ring_county(tmp_path_factory.mktemp("ring-county"))


@pytest.fixture(scope="session")
def masked(ring_workspace: Workspace) -> Dossier:
    return dossier_at(ring_workspace)


@pytest.fixture(scope="session")
def unmasked(ring_workspace: Workspace) -> Dossier:
    return dossier_at(ring_workspace, unmasked=True)
