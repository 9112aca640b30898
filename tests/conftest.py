"""Fixtures every test may use."""

from collections.abc import Iterator

import pytest

from claims.language import set_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages are checked in English unless a test chooses otherwise."""
    set_language("en")
    yield
