"""A bureau on the case database of a test."""

from pathlib import Path

import pytest

from tests.cases.work.casework import Bureau


@pytest.fixture
def bureau(address: str | Path) -> Bureau:
    return Bureau.at(address)
