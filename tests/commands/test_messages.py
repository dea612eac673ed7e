"""``mssim ls``, ``show`` and ``wait``."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from simulator.testing import Space
from tests.commands.conftest import TILLEULS, Mssim, a_letter

pytestmark = pytest.mark.sockets


def test_ls_is_a_table(space: Space, mssim: Mssim) -> None:
    number = a_letter(space)
    heads, line = mssim("ls", TILLEULS).splitlines()
    assert heads.split() == ["ID", "RECEIVED", "MAILBOX", "FROM", "SUBJECT"]
    assert re.fullmatch(
        rf"{re.escape(number)} +\*  \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d  {re.escape(TILLEULS)}  .*vial@\S+  Bonjour", line
    )
    assert json.loads(mssim("ls", "--json"))["items"][0]["id"] == number
    assert mssim("ls", "--limit", "1").splitlines()[-1].startswith("perhaps more: --after ")


def test_show_tells_one_message(space: Space, mssim: Mssim) -> None:
    number = a_letter(space, text="Une ligne\x1b[31m rouge\n")
    told = mssim("show", number)
    assert re.search(r"^subject +Bonjour$", told, re.MULTILINE)
    assert re.search(r"^attachment +note\.txt \(text/plain, 1 octets\)$", told, re.MULTILINE)
    assert told.endswith("\n\nUne ligne\ufffd[31m rouge\n")
    assert json.loads(mssim("show", number, "--json"))["subject"] == "Bonjour"
    assert mssim("show", "9.9") == ""
    assert (mssim.status, mssim.errors != "") == (1, True)


def test_show_gives_the_bytes(space: Space) -> None:
    number = a_letter(space)
    command = [sys.executable, "-m", "simulator", "show", number, "--raw", "--ready-file", str(space.ready_file)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert b"\r\nSubject: Bonjour\r\n" in done.stdout


def test_wait_returns_what_came_or_fails_with_what_was_seen(space: Space, mssim: Mssim) -> None:
    number = a_letter(space)
    assert number in mssim("wait", TILLEULS, "--subject", "Bonjour")
    assert json.loads(mssim("wait", TILLEULS, "--json"))["items"][0]["id"] == number
    assert mssim.status == 0
    mssim("wait", TILLEULS, "--subject", "Bonsoir", "--timeout", "0.05s")
    assert mssim.status == 1
    assert f"nearest: {number}" in mssim.errors
    assert f"seen: {number} 'Bonjour' from" in mssim.errors
    assert json.loads(mssim("wait", TILLEULS, "--subject", "Bonsoir", "--timeout", "0", "--json"))["status"] == 408
