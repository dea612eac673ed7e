"""Where trust spaces are opened: one configuration, one authority made once, a folder for each space."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import simulator
from simulator.app import identities
from simulator.config import Configuration, load
from simulator.config.settings import Failures
from simulator.domains.kinds import KINDS
from simulator.pki.authority import Authority
from simulator.pki.keys import KeyType
from simulator.rules.catalogue import CATALOGUE
from simulator.testing.space import Space

KEY = "ecdsa-p256"
"""Made in a thousandth of the time of the RSA keys that the real authority gives."""


class Quarters:
    """Opens spaces. Everything lies in ``folder``; ``log`` is a file that all events are appended to."""

    def __init__(self, config: Path | None = None, *, folder: Path, log: Path | None = None) -> None:
        """``config`` None is the configuration that ships. Raises ConfigurationError."""
        self.configuration = _for_tests(_read(config or shipped_configuration()))
        self._folder = folder
        self._log = log
        self._numbers = count(1)
        self._authority = self._make_authority()

    @contextmanager
    def open(self) -> Iterator[Space]:
        """A running space of its own, which ends with the ``with`` block, leaving nothing."""
        data = self._folder / f"space-{next(self._numbers)}"
        shutil.copytree(self._authority, data / "pki")
        try:
            with Space(self.configuration, data, log=self._log) as space:
                yield space
        finally:
            shutil.rmtree(data, ignore_errors=True)

    def _make_authority(self) -> Path:
        folder = self._folder / "authority"
        folder.mkdir(parents=True)
        operators = {operator.name: operator for operator in self.configuration.operators}
        authority = Authority.open(folder, lambda: datetime.now(UTC), KeyType(KEY))
        authority.ensure_all(identities.wanted(operators, self.configuration.mailboxes))
        return folder


def shipped_configuration() -> Path:
    """``config.yaml`` beside the package in a checkout, else where installing put it."""
    places = (
        Path(simulator.__file__).parents[1] / "config.yaml",
        Path(sysconfig.get_path("data")) / "share" / "mssante-simulator" / "config.yaml",
    )
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise FileNotFoundError("the configuration that ships is not installed here; name one with --mssante-config")
    return found


def _read(path: Path) -> Configuration:
    return load(
        path,
        today=datetime.now(UTC).date(),
        known_rules=[rule.name for rule in CATALOGUE],
        returning_rules=[rule.name for rule in CATALOGUE if rule.bounce is not None],
        domain_kinds={kind.name: kind.mailbox_kinds for kind in KINDS},
    )


def _for_tests(configuration: Configuration) -> Configuration:
    """Quick keys, and no penalty for wrong passwords where the file asks for the usual one.

    All clients of a suite come from one address, so the penalty of one test would be paid by the next."""
    access = configuration.access
    if access.failures == Failures():
        forgiving = access.failures.model_copy(update={"first_delay": 0.0, "tries_per_minute": sys.maxsize})
        access = access.model_copy(update={"failures": forgiving})
    return replace(configuration, pki=configuration.pki.model_copy(update={"key": KEY}), access=access)
