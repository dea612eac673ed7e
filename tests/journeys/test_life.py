"""The life of the process: starting, refusing to start, stopping, starting again."""

from __future__ import annotations

import imaplib
import json
import smtplib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.people import DOCTOR, ISABELLE, TILLEULS
from tests.journeys.running import ROOT, Running

pytestmark = [pytest.mark.sockets]


def mssim(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simulator", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )


def test_what_was_accepted_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Running(tmp_path)
    with smtplib.SMTP_SSL("localhost", first.port("smtps"), context=first.trust(), timeout=20) as smtp:
        smtp.login(DOCTOR, first.account(DOCTOR)["password"])
        smtp.sendmail(
            DOCTOR, [TILLEULS], f"From: {DOCTOR}\r\nSubject: avant\r\nMessage-ID: <avant@x.fr>\r\n\r\nBonjour\r\n"
        )
    first.wait_for(lambda e: e["kind"] == "delivered")
    newest = first.now
    authority = Path(first.ca).read_bytes()
    assert first.stop() == 0
    assert not first.ready_file.exists()
    again = Running(tmp_path)
    assert Path(again.ca).read_bytes() == authority
    assert again.now > newest
    with imaplib.IMAP4_SSL("localhost", again.port("imaps"), ssl_context=again.trust(), timeout=20) as imap:
        imap.login(f"{TILLEULS}*{ISABELLE}", again.password_and_code(ISABELLE))
        imap.select("INBOX", readonly=True)
        assert imap.search(None, "SUBJECT", "avant")[1] == [b"1"]
    assert again.stop() == 0


def test_a_stop_says_goodbye_to_those_connected(tmp_path: Path) -> None:
    running = Running(tmp_path)
    imap = imaplib.IMAP4_SSL("localhost", running.port("imaps"), ssl_context=running.trust(), timeout=20)
    smtp = socket.create_connection(("127.0.0.1", running.port("submission")), timeout=20)
    assert smtp.recv(200).startswith(b"220 ")
    assert running.stop() == 0
    assert smtp.recv(200).startswith(b"421 ")
    assert imap.readline().startswith(b"* BYE")
    smtp.close()
    imap.shutdown()


def test_a_port_in_use_names_the_port_and_the_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        base = taken.getsockname()[1] - 25
        ended = mssim("up", "--ephemeral", "--port-base", str(base))
    assert ended.returncode == 3
    assert str(base + 25) in ended.stderr
    assert "--port-base" in ended.stderr


def test_a_bad_configuration_names_line_key_and_the_nearest_spelling(tmp_path: Path) -> None:
    wrong = tmp_path / "config.yaml"
    text = (ROOT / "config.yaml").read_text().replace("    message_size: 20 MiB", "    mesage_size: 20 MiB")
    wrong.write_text(text)
    line = next(n for n, content in enumerate(text.splitlines(), 1) if "mesage_size" in content)
    ended = mssim("up", "--config", wrong, "--ephemeral")
    assert ended.returncode == 2
    assert f"{wrong}:{line}: operators.bfc.mesage_size:" in ended.stderr
    assert "message_size" in ended.stderr


def test_two_simulators_do_not_share_a_data_folder(tmp_path: Path) -> None:
    running = Running(tmp_path)
    ended = mssim("up", "--data", tmp_path / "data", "--port-base", "0")
    assert ended.returncode == 1
    assert "another simulator runs on" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert running.stop() == 0


def test_the_ready_file_tells_programs_everything(tmp_path: Path) -> None:
    running = Running(tmp_path, "--ephemeral")
    ready = json.loads((tmp_path / "ready.json").read_text())
    assert ready["version"] == 1
    assert ready["pid"] == running.process.pid
    assert {"mx", "submission", "smtps", "imap", "imaps", "dns"} <= ready["ports"].keys()
    team = running.account(TILLEULS)
    assert team["members"] and "password" not in team
    for door in ("mx", "submission", "smtps", "imap", "imaps", "dns"):
        socket.create_connection(("127.0.0.1", ready["ports"][door]), timeout=20).close()
    assert running.stop() == 0
    assert not (tmp_path / "data").exists()
