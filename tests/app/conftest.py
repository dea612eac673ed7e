"""A simulator in the test's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from simulator.app import Simulator
from simulator.config import Configuration, load

ROOT = Path(__file__).resolve().parents[2]


def configured(folder: Path, *changes: tuple[str, str]) -> Configuration:
    """The default configuration with texts replaced; quick keys."""
    text = (ROOT / "config.yaml").read_text()
    for old, new in (("key: rsa-2048", "key: ecdsa-p256"), *changes):
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "config.yaml"
    path.write_text(text)
    return load(path, today=date.today())


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[Simulator]:
    """The default space on free ports, keeping nothing."""
    async with Simulator(configured(tmp_path)) as running:
        yield running
