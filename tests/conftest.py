"""Fixtures every test may use."""

import os
from collections.abc import Iterator

import pytest

# A console takes its width once, when it is made: before any test sets one for its own output.
for _size in ("COLUMNS", "LINES"):
    os.environ.pop(_size, None)

# Child processes know nothing of the fixture below.
os.environ["RINGHOUND_LANG"] = "en"

import ui.commands.options  # noqa: E402, F401
from claims.language import set_language  # noqa: E402

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
