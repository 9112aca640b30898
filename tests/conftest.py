"""Fixtures every test may use."""

from collections.abc import Iterator

import pytest

from claims.language import set_language

SERVERS = ("neo4j", "postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a server run in one worker, so that only one server is started."""
    for item in items:
        for name in SERVERS:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are checked in English unless a test chooses otherwise."""
    set_language("en")
    yield
