"""The examples open sockets: `make quick` leaves them out, like every test of this project that does."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them before they are chosen by their marks."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("sockets")
