"""``mssim code``: the digits of the simulated clock."""

from __future__ import annotations

import pyotp
import pytest

from simulator.cli import main
from simulator.testing import Space
from tests.commands.conftest import Mssim
from tests.house.sources import ROOT

CONFIG = ["--config", str(ROOT / "config.yaml")]
SECRET = "TESTISABELLE2345TESTISABELLE2345"

pytestmark = pytest.mark.sockets


def test_the_code_is_that_of_the_simulated_clock(space: Space, mssim: Mssim) -> None:
    space.do(space.controls.time.freeze)
    mssim("clock", "advance", "40d")
    assert mssim("code", "isabelle.fontaine", *CONFIG).strip() == pyotp.TOTP(SECRET).at(space.now)
    assert mssim.status == 0


def test_an_account_without_codes_or_unknown_is_told(mssim: Mssim) -> None:
    assert mssim("code", "275126322074974", *CONFIG) == ""
    assert (mssim.status, "has no one-time codes" in mssim.errors) == (2, True)
    mssim("code", "nobody", *CONFIG)
    assert (mssim.status, "there are" in mssim.errors) == (2, True)


def test_without_a_simulator_it_goes_by_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", "isabelle.fontaine", *CONFIG, "--url", "http://127.0.0.1:9"]) == 0
    assert capsys.readouterr().out.strip().isdigit()
