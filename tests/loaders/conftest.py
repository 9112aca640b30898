"""Services that tests of loaders share."""

from collections.abc import Iterator

import pytest

from tests.loaders.postgres import Server, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server, started once."""
    with postgres_server() as server:
        yield server
