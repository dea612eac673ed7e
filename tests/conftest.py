"""What every test may lean on. Fixtures of one subject stand in the folder of that subject."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def default_config() -> Path:
    """The configuration that ships."""
    return ROOT / "config.yaml"
