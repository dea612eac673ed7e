"""``mssim dispense`` and ``indicators``."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from simulator.testing import Space
from tests.commands.conftest import TILLEULS, Mssim, a_letter

pytestmark = pytest.mark.sockets

ZOE = "275126322074974"
EVER = ("--since", "2000-01-01")


def test_a_pharmacy_dispenses(mssim: Mssim) -> None:
    assert mssim("dispense", ZOE, "pont", "--date", "2026-02-03") == f"pont dispensed to {ZOE} on 2026-02-03\n"
    told = json.loads(mssim("dispense", ZOE, TILLEULS, "--date", "2026-02-04", "--not-reimbursed", "--json"))
    assert told == {"structure": "tilleuls", "date": "2026-02-04", "reimbursed": False}
    assert "not reimbursed" in mssim("dispense", ZOE, "pont", "--not-reimbursed")
    mssim("dispense", ZOE, "pond")
    assert mssim.status == 1 and "did you mean pont?" in mssim.errors


def test_every_counter_is_on_a_line(space: Space, mssim: Mssim) -> None:
    a_letter(space)
    said = mssim("indicators", *EVER)
    assert re.search(r"^tilleuls +3 +0 +1 +33.33 % +5 % +240 € +Pharmacie des Tilleuls$", said, re.MULTILINE)
    assert re.search(r"^morel +1 +0 +0 +0 % ", said, re.MULTILINE)
    assert said.rstrip().endswith("la section indicators de la configuration la change.")
    assert json.loads(mssim("indicators", "--json"))["items"][0]["structure"] == "tilleuls"
    assert re.search(r"^pont +0 +0 +0 +- ", mssim("indicators", "--until", "2000-01-01"), re.MULTILINE)


def test_one_counter_is_told_with_its_dispensings(space: Space, mssim: Mssim) -> None:
    a_letter(space)
    said = mssim("indicators", TILLEULS, *EVER)
    assert "rate              33.33 %, threshold 5 %" in said and "due               240 € of 240 €" in said
    assert re.search(rf"{ZOE} +Zoé ADRUN +compte : message reçu le [-0-9]+ avec paul\.vial@", said)
    assert json.loads(mssim("indicators", "tilleuls", "--json", *EVER))["dispensings"] == 3


def test_a_sheet_is_written_octet_for_octet(space: Space) -> None:
    command = [sys.executable, "-m", "simulator", "indicators", "tilleuls", "--csv", *EVER]
    said = subprocess.run([*command, "--ready-file", str(space.ready_file)], capture_output=True, check=True).stdout
    assert said.startswith(b"\xef\xbb\xbfDate;INS;") and said.count(b"\r\n") == 4
