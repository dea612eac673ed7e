"""Running in the foreground: exit statuses without a process of one's own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from simulator.app.run import PORT_IN_USE, run_until_stopped
from tests.app.conftest import configured

pytestmark = [pytest.mark.sockets]


def run(tmp_path: Path, *, data: Path | None, port_base: int) -> int:
    return run_until_stopped(configured(tmp_path), data=data, host="127.0.0.1", port_base=port_base, ready_file=None,
                             log_format="json")


def test_a_port_in_use_is_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(tmp_path, data=None, port_base=port - 25) == PORT_IN_USE
    assert f"port {port}" in capsys.readouterr().err


def test_a_damaged_store_is_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "mail.sqlite3").write_bytes(b"this is no database " * 1000)
    assert run(tmp_path, data=data, port_base=0) == 1
    told = capsys.readouterr().err
    assert "mail.sqlite3" in told and "Traceback" not in told
