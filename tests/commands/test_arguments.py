"""What may be written behind ``mssim`` for a running simulator, and what is answered when none is there."""

from __future__ import annotations

import pytest

from simulator.cli import main
from simulator.commands.connection import NO_SIMULATOR
from simulator.commands.space import duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("0", 0), ("30s", 30), ("5min", 300), ("4h", 14_400), ("2d 1h", 176_400), ("1.5h", 5400)],
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["soon", "", "3 weeks", "-1"])
def test_what_is_no_duration_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["clock", "advance", "--url=x", "--", text])
    assert ended.value.code == 2
    assert "is no duration, expected such as 30s, 5min, 4h or 2d" in capsys.readouterr().err


def test_no_simulator_has_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", "--url", "http://127.0.0.1:9"]) == NO_SIMULATOR
    assert "no simulator answers at http://127.0.0.1:9" in capsys.readouterr().err
