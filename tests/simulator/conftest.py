"""Counties shared by the tests of the simulator."""

from pathlib import Path

import pytest

from tests.simulator.counties import make


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county without faulty rows."""
    return make(tmp_path_factory.mktemp("clean") / "county", dirty=False)


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A larger county with faulty rows at real rates."""
    return make(tmp_path_factory.mktemp("dirty") / "county", persons=8000)
