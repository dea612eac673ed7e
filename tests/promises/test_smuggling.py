"""One end of a message only, both ways in, over the real relay: what was hidden is not stored or passed on (P9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.people import DOCTOR, ISABELLE, KARIM, NURSE
from tests.journeys.running import Running
from tests.promises.caller import Caller, operator, reader, writer

pytestmark = pytest.mark.sockets

FALSE_ENDS = (
    b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r.\n",
    b"\r\n.\r\r\n", b"\r\n.\n\r\n", b"\n\n.\n\n", b"\r\r.\r\r", b"\n\r.\n\r", b"\n\r.\r\n", b"\r\n.\n\r",
    b"\r\n.\r\0\n", b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\0\n.\r\0\n", b"\n.\0\n", b"\r\n..\n", b"\n..\r\n",
    b"\r\n.\r.\r\n",
)
HIDDEN = b"MAIL FROM:<%b>\r\nRCPT TO:<%b>\r\nDATA\r\nFrom: %b\r\nSubject: hidden\r\n\r\nhidden\r\n.\r\n"


def smuggle(caller: Caller, sender: str, to: str, false_end: bytes) -> list[str]:
    """Every reply after the one to DATA, up to that of a last NOOP."""
    for command in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"):
        assert caller.ask(command)[:3] in ("250", "354")
    head = f"From: {sender}\r\nMessage-ID: <honest@x.fr>\r\n\r\nhonest".encode()
    caller.send(head + false_end + HIDDEN % (sender.encode(), to.encode(), sender.encode()) + b"VRFY x\r\n")
    said = [caller.reply()]
    while not said[-1].startswith("252 "):
        assert said[-1], "closed"
        said.append(caller.reply())
    return said


def test_there_are_as_many_variants_as_promised() -> None:
    assert len(set(FALSE_ENDS)) == 23
    assert not [end for end in FALSE_ENDS if b"\r\n.\r\n" in end]


@pytest.mark.parametrize("false_end", FALSE_ENDS, ids=repr)
@pytest.mark.parametrize("way_in, sender", [
    pytest.param(lambda space: writer(space, DOCTOR), DOCTOR, id="submission"),
    pytest.param(lambda space: operator(space, "mailiz"), NURSE, id="mx")])
def test_what_is_hidden_behind_a_false_end_is_one_refused_message(
        space: Running, way_in: Callable[[Running], Caller], sender: str, false_end: bytes) -> None:
    with way_in(space) as caller:
        said = smuggle(caller, sender, ISABELLE, false_end)
    assert [reply[:10] for reply in said] == ["550 5.6.0 ", "252 2.0.0 "], said


def delivered(space: Running, message_id: str, after: int) -> None:
    """Return once it is."""
    space.wait_for(lambda e: e["kind"] == "delivered" and e.get("message_id") == message_id, after=after)


def test_no_mailbox_holds_any_of_it(space: Running) -> None:
    before = space.now
    for caller, sender in ((writer(space, DOCTOR), DOCTOR), (operator(space, "mailiz"), NURSE)):
        with caller:
            for command in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{KARIM}>", "DATA"):
                caller.ask(command)
            last = f"last.{sender}"
            assert caller.ask(f"From: {sender}\r\nMessage-ID: <{last}>\r\n\r\nlast\r\n.").startswith("250 ")
            delivered(space, f"<{last}>", before)
    assert {e["mailbox"] for e in space.events if e["kind"] == "delivered"} == {KARIM}
    with reader(space, ISABELLE) as imap:
        assert b"* 0 EXISTS\r\n" in imap.ok("SELECT INBOX")
