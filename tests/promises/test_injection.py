"""What is sent in clear before or behind STARTTLS never counts inside TLS: real handshakes, both protocols (P7)."""

from __future__ import annotations

import ssl

import pytest

from tests.journeys.people import DOCTOR
from tests.journeys.running import Running
from tests.promises.caller import Caller, b64

pytestmark = pytest.mark.sockets

SMTP = (b"EHLO evil.example\r\n", b"RSET\r\n", b"MAIL FROM:<evil@medecin.mssante.fr>\r\n", b"NOOP", b"\r\n")
IMAP = (b"x NOOP\r\n", b"x LOGIN a b\r\n", b"x LOGOUT\r\n", b"x CAPA", b"\r\n", b"x LOGIN {3}\r\n")
DOORS = [*(("submission", part) for part in SMTP), ("mx", SMTP[0]), *(("imap", part) for part in IMAP)]


def before_tls(space: Running, door: str) -> tuple[Caller, bytes]:
    """A session in clear, and its command to change."""
    caller = Caller(space, door)
    if door == "imap":
        caller.line()
        return caller, b"a STARTTLS\r\n"
    caller.reply()
    caller.ask("EHLO client.example")
    return caller, b"STARTTLS\r\n"


def said_inside(caller: Caller, flight: bytes) -> bytes:
    """Send what stands before the handshake and the first flight of a handshake in one write, then go on with it.

    What the server says inside TLS unasked; nothing when it closed.
    """
    inside, outside = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = caller.context.wrap_bio(inside, outside, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    caller.send(flight + outside.read())
    caller.line()  # the answer to STARTTLS in clear
    try:
        while True:
            if not (data := caller.sock.recv(65_536)):
                return b""
            inside.write(data)
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                continue
        caller.sock.sendall(outside.read())
        tls.write(b"VRFY x\r\nz NOOP\r\n")
        caller.sock.sendall(outside.read())
        said = b""
        while b"\n" not in said:
            if not (data := caller.sock.recv(65_536)):
                return said
            inside.write(data)
            try:
                said += tls.read(65_536)
            except ssl.SSLWantReadError:
                continue
        return said
    except (ConnectionError, ssl.SSLError):
        return b""


@pytest.mark.parametrize(("door", "injected"), DOORS)
def test_behind_starttls_in_one_segment_with_the_handshake(space: Running, door: str, injected: bytes) -> None:
    caller, starttls = before_tls(space, door)
    with caller:
        assert said_inside(caller, starttls + injected) == b""


@pytest.mark.parametrize(("door", "injected"), DOORS)
def test_behind_the_answer_to_starttls(space: Running, door: str, injected: bytes) -> None:
    caller, starttls = before_tls(space, door)
    with caller:
        caller.send(starttls)
        caller.line()
        caller.send(injected + b"\r\n" * 10)
        assert b"OK" not in (rest := caller.rest()) and b"250" not in rest


@pytest.mark.parametrize("door", ["submission", "imap"])
def test_a_login_begun_in_clear_is_not_finished_inside(space: Running, door: str) -> None:
    caller, starttls = before_tls(space, door)
    with caller:
        if door == "imap":
            caller.send(b"a LOGIN {5}\r\n")
            caller.line()
            caller.send(b"ab cd")
            caller.send(b" e\r\n")
            assert b"PRIVACYREQUIRED" in caller.line()
        else:
            assert caller.ask(f"AUTH PLAIN {b64(chr(0) + DOCTOR + chr(0) + 'vial-medecin')}").startswith("538 ")
        caller.send(starttls)
        caller.line()
        caller.start_tls()
        if door == "imap":
            assert caller.command("SELECT INBOX")[-1].endswith(b"BAD Sign in first\r\n")
        else:
            assert caller.ask(f"MAIL FROM:<{DOCTOR}>").startswith("503 ")
            caller.ask("EHLO client.example")
            assert caller.ask(f"MAIL FROM:<{DOCTOR}>").startswith("530")
