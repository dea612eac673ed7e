"""The demonstration, played whole by smtplib and imaplib."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.app.demo import SCENES, play
from tests.app.conftest import configured

pytestmark = [pytest.mark.sockets]


def test_every_scene_ends_as_it_should(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = play(configured(tmp_path, ("first_delay: 1 s", "first_delay: 0 s")))
    told = capsys.readouterr().out
    assert status == 0, told
    assert told.count("\n   ok\n") == len(SCENES)
    assert "Remedy:" in told
