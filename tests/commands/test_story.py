"""``mssim journal`` and ``explain``."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from simulator.testing import Refused, Space
from tests.commands.conftest import TILLEULS, Mssim, a_letter

pytestmark = pytest.mark.sockets


def test_a_refusal_is_found_in_the_journal_and_explained(space: Space, mssim: Mssim) -> None:
    since = space.newest_event()
    with pytest.raises(Refused):
        space.doctor("vial").sends(to="x@gmail.com")
    told = mssim("journal", "--since", str(since), "--kind", "refusal")
    assert "gmail.com is not on the whitelist" in told
    number = told.split()[0]
    told = mssim("explain", number)
    assert re.search(r"^rule +recipient-domain-is-listed$", told, re.MULTILINE)
    assert re.search(r"^remedy +write to a mailbox of the trust space", told, re.MULTILINE)
    assert json.loads(mssim("explain", number, "--json"))["ref"] == "F1, F21; mssante-rules 9: reply assumed"
    assert json.loads(mssim("journal", "--since", str(since), "--kind", "refusal", "--json"))["seq"] == int(number)


def test_the_journal_is_followed_until_the_reader_goes(space: Space) -> None:
    a_letter(space, "Avant")
    command = [sys.executable, "-m", "simulator", "journal", "--follow", "--kind", "relayed", "--json",
               "--since", str(space.newest_event()), "--ready-file", str(space.ready_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        for subject in ("Pendant", "Ensuite"):  # the first may still be in the page that comes before the stream
            a_letter(space, subject)
            assert json.loads(follower.stdout.readline())["mailbox"] == TILLEULS
        follower.terminate()
