"""``mssim reset``, ``whitelist`` and ``clock``."""

from __future__ import annotations

import json
import re

import pytest

from tests.commands.conftest import Mssim

pytestmark = pytest.mark.sockets


def test_the_whitelist_is_shown_and_changed(mssim: Mssim) -> None:
    assert re.search(r"^medecin\.mssante\.fr +mailiz +CN=mx\.mailiz", mssim("whitelist", "ls"), re.MULTILINE)
    assert mssim("whitelist", "withdraw", "medecin.mssante.fr") == "medecin.mssante.fr is off the whitelist\n"
    assert "medecin" not in mssim("whitelist", "ls")
    assert "is on the whitelist: CN=mx.mailiz" in mssim("whitelist", "put", "medecin.mssante.fr")
    assert json.loads(mssim("whitelist", "put", "x.mssante.fr", "--dn", "CN=x,C=FR", "--json"))["dns"] == ["CN=x,C=FR"]
    assert mssim("reset") == "the trust space is as configured again\n"
    assert "x.mssante.fr" not in mssim("whitelist", "ls")


def test_the_clock_is_shown_and_moved(mssim: Mssim) -> None:
    assert "running" in mssim("clock", "show")
    assert "2 days and 01:00:0" in mssim("clock", "advance", "2d 1h")
    assert "frozen" in mssim("clock", "freeze")
    assert json.loads(mssim("clock", "run", "--json"))["frozen"] is False
