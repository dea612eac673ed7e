"""An authority on a frozen clock, and the certificates of the promise P8, made once per session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from simulator.clock import Clock
from simulator.pki import Authority, KeyType
from tests.pki.matrix import NOW, Case, all_cases


@pytest.fixture
def clock() -> Clock:
    """Stands at NOW until a test moves it."""
    return Clock(NOW, frozen=True)


@pytest.fixture
def authority(tmp_path: Path, clock: Clock) -> Authority:
    """An empty authority of the test's own; P-256 because it is quick to make."""
    return Authority.open(tmp_path / "pki", clock.now, KeyType.ECDSA_P256)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority behind the matrix: RSA, as the real one."""
    return Authority.open(tmp_path_factory.mktemp("pki"), lambda: NOW, KeyType.RSA_2048)


@pytest.fixture(scope="session")
def matrix(shared: Authority, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Case]:
    """Every kind of chain, good and bad."""
    return all_cases(shared, tmp_path_factory.mktemp("foreign"))
