"""What importing the wire brings along."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.sockets
def test_twisted_is_not_imported() -> None:
    code = ("import sys, simulator.wire; "
            "print([m for m in sys.modules if m.partition('.')[0] in ('twisted', 'aiosmtpd', 'uvloop')])")
    answer = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
