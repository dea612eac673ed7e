"""Commands and messages made to cost more than they should: answered or refused, and nobody else notices (P14, P16)."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable

import pytest

from tests.journeys.people import DOCTOR, NURSE
from tests.journeys.running import Running
from tests.promises.caller import ATTACKER, Caller, reader, writer
from tests.promises.conftest import Unnoticed

pytestmark = pytest.mark.sockets

MIB = 1 << 20
COMMANDS = {
    "stars in LIST": b'LIST "" ' + b"*a" * 499 + b"b",
    "percents in LSUB": b'LSUB "" ' + b"%a" * 499 + b"b",
    "a reference and stars": b'LIST "' + b"a" * 400 + b'" ' + b"*a" * 299 + b"b",
    "a pattern past its limit": b'LIST "" ' + b"*" * 60_000,
    "nested parentheses": b"SEARCH " + b"(" * 30_000 + b"ALL" + b")" * 30_000,
    "NOT NOT NOT": b"SEARCH " + b"NOT " * 15_000 + b"ALL",
    "OR OR OR": b"SEARCH " + b"OR " * 9_000 + b"ALL " * 9_001,
    "a thousand keys": b"SEARCH " + b"TEXT x " * 999 + b"ALL",
    "five thousand ranges": b"UID FETCH " + b",".join(b"%d:*" % n for n in range(1, 5_001)) + b" (UID FLAGS ENVELOPE)",
    "the largest range": b"UID FETCH 1:4294967295 (UID BODYSTRUCTURE)",
    "numbers past all numbers": b"UID FETCH " + b"9" * 60_000 + b" UID",
    "STORE on everything": b"UID STORE 1:4294967295 +FLAGS (" + b" ".join(b"$f%d" % n for n in range(50)) + b")",
    "long flags": b"UID STORE 1:* +FLAGS (" + b"x" * 60_000 + b")",
    "hundreds of items": b"UID FETCH 1:* (" + b" ".join(b"BODY.PEEK[%d]" % n for n in range(1, 3_000)) + b")",
    "a deep part": b"UID FETCH 1:* BODY.PEEK[" + b"1." * 20_000 + b"1]",
    "a deep folder": b"CREATE " + b"/".join([b"d"] * 30_000),
    "a hundred literals": b"SEARCH" + b" TEXT {1000+}\r\n%b" % (b"x" * 1000) * 100,
    "a literal past all bounds": b"SEARCH TEXT {99999999999999999999}",
    "a literal of a terabyte": b"APPEND INBOX {1099511627776}",
    "threads": b"THREAD REFERENCES UTF-8 ALL",
    "sorted in every way": b"SORT (" + b" ".join([b"REVERSE SUBJECT", b"FROM", b"TO", b"DATE"] * 500) + b") UTF-8 ALL",
    "an endless line": b"x" * (2 * MIB),
}


@pytest.fixture(scope="module")
def filled(space: Running) -> Running:
    """A mailbox with a folder whose name fits the patterns, and with letters."""
    with reader(space, DOCTOR) as imap:
        imap.ok(b"CREATE " + b"a" * 60)
        letter = b"Subject: Re: x\r\nMessage-ID: <%d@x>\r\nReferences: <%d@x> <0@x>\r\n\r\nbonjour\r\n"
        for number in range(50):
            text = letter % (number, number - 1)
            imap.ok(b"APPEND INBOX {%d+}\r\n%b" % (len(text), text))
    return space


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_costly_command_costs_others_nothing(filled: Running, unnoticed: Unnoticed, command: bytes) -> None:
    with unnoticed(filled), reader(filled, DOCTOR, ATTACKER) as imap:
        imap.ok("SELECT INBOX")
        with contextlib.suppress(ConnectionError, ssl.SSLEOFError):  # closed before all was sent
            imap.send(b"".join(b"x%d %b\r\n" % (n, command) for n in range(3)) + b"last NOOP\r\n")
        line = b"* "
        while line and not line.startswith((b"last OK", b"* BYE")):
            line = imap.line()
            assert b"SERVERBUG" not in line
        assert line


def boundary_soup(octets: int) -> bytes:
    """Lines that may all be boundaries."""
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"--c\r\n" * ((octets - len(head)) // 5)


def nested(head: bytes, step: Callable[[int], bytes], octets: int) -> bytes:
    """``head``, then as many steps as fit."""
    parts, size, number = [head], len(head), 0
    while size < octets:
        parts.append(step(number))
        size += len(parts[-1])
        number += 1
    return b"".join(parts)


BIG = 9 * MIB
"""Octets; the cost grows with them, and the loop is not free while one message is parsed."""
BOMBS: dict[str, Callable[[], bytes]] = {
    "flat parts": lambda: nested(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", lambda _: b"--b\r\n\r\n", BIG),
    "nested multiparts": lambda: nested(
        b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n",
        lambda n: b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1), BIG),
    "nested messages": lambda: nested(b"", lambda _: b"Content-Type: message/rfc822\r\n\r\n", BIG),
    "near boundaries": lambda: boundary_soup(BIG),
    "one boundary for all": lambda: nested(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
        lambda _: b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", BIG),
    "long header fields": lambda: b"Subject: " + b"x\r\n " * (BIG // 4) + b"\r\n\r\nx\r\n",
    "many header fields": lambda: b"X: y\r\n" * (BIG // 6) + b"\r\nx\r\n",
    "many addresses": lambda: b"To: " + b"a@b.fr,\r\n " * (BIG // 10) + b"a@b.fr\r\n\r\nx\r\n",
    "nested comments": lambda: b"To: " + b"(" * 200_000 + b"\r\nDate: " + b"(" * 200_000 + b"\r\n\r\nx\r\n",
    "encoded words": lambda: b"Subject: " + b"=?utf-8?q?=C3=A9?=\r\n " * (BIG // 21) + b"\r\n\r\nx\r\n",
    "parameters": lambda: b"Content-Type: text/plain" + b";\r\n a*0*=''%41" * (BIG // 16) + b"\r\n\r\nx\r\n",
    "references": lambda: b"References: " + b"<a@b>\r\n " * (BIG // 8) + b"\r\n\r\nx\r\n",
    "one long text": lambda: b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + b"\xc3\xa9" * 400 + b"\r\n" + (
        b"\xc3\xa9" * 400 + b"\r\n") * (BIG // 802),
    "quoted-printable": lambda: b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=C3=A9=\r\n" * (BIG // 9),
    "base64": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + (b"w6nDqcOp" * 9 + b"\r\n") * (BIG // 74),
}
QUESTIONS = (
    b"FETCH * (ENVELOPE BODYSTRUCTURE)", b"FETCH * (BODY[HEADER] BODY[1.1.1.MIME] BODY[1] BINARY.SIZE[1])",
    b"FETCH * BODY[HEADER.FIELDS (To Subject References)]",
    b"SEARCH CHARSET UTF-8 TEXT {9+}\r\nintrouv\xc3\xa9 TO {1+}\r\nb",
    b"SEARCH HEADER References zzz SUBJECT zzz SENTON 1-Jan-2026", b"SORT (SUBJECT TO DATE) UTF-8 ALL",
    b"THREAD REFERENCES UTF-8 ALL",
)


def append(imap: Caller, text: bytes) -> None:
    imap.ok(b"APPEND Bomb {%d+}\r\n%b" % (len(text), text))


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_message_made_to_be_read_slowly_is_read_while_others_are_served(
        space: Running, unnoticed: Unnoticed, bomb: Callable[[], bytes]) -> None:
    text = bomb()
    with unnoticed(space), reader(space, NURSE, ATTACKER) as imap:
        imap.ok("CREATE Bomb")
        append(imap, text)
        imap.ok("SELECT Bomb")
        for question in QUESTIONS:
            answer = imap.command(question)[-1]
            assert b"SERVERBUG" not in answer and answer
        imap.ok("CLOSE")
        imap.ok("DELETE Bomb")


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_letter_made_to_be_read_slowly_is_taken_or_refused_while_others_are_served(
        space: Running, unnoticed: Unnoticed, bomb: Callable[[], bytes]) -> None:
    text = f"From: {NURSE}\r\nMessage-ID: <bomb@x.fr>\r\n".encode() + bomb()
    with unnoticed(space), writer(space, NURSE, ATTACKER) as smtp:
        for command in (f"MAIL FROM:<{NURSE}>", f"RCPT TO:<{NURSE}>", "DATA"):
            smtp.ask(command)
        smtp.send(text + b"\r\n.\r\n")
        assert smtp.reply()[:3] in ("250", "550", "500", "552", "554")
