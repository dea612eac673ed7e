"""BDAT: chunks of any size in any number, refusals that stay in step, and nothing hidden in a chunk (RFC 3030)."""

from __future__ import annotations

import re

import pytest

from simulator.smtp.door import SmtpSettings
from tests.smtp.conftest import OpenDoor, Place
from tests.smtp.talk import CLOSED, HELLO, Client

pytestmark = pytest.mark.sockets

TO = b"MAIL FROM:<a@alpha.example> BODY=8BITMIME\r\nRCPT TO:<b@beta.example>\r\n"
INJECTION = b"MAIL FROM:<evil@alpha.example>\r\nRCPT TO:<b@beta.example>\r\nBDAT 4 LAST\r\nevil"


def bdat(text: bytes, last: bool = False) -> bytes:
    return b"BDAT %d%b\r\n%b" % (len(text), b" LAST" if last else b"", text)


async def begun(place: Place, envelope: bytes = TO) -> Client:
    """A client past EHLO and the envelope."""
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    client.send(envelope)
    for _ in range(envelope.count(b"\r\n")):
        assert (await client.reply()).startswith("250")
    return client


async def heard(client: Client, *starts: str) -> None:
    for start in starts:
        assert (said := await client.reply()).startswith(start), said


async def test_a_message_in_chunks_arrives_as_it_was(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await begun(place)
    client.send(bdat(b"Subject: \xc3") + bdat(b"\xa9\r") + bdat(b"\n\r\n.\r\n..\r\n") + bdat(b"end\r\n", last=True))
    await heard(client, "250 2.0.0 Chunk", "250 2.0.0", "250 2.0.0", "250 2.0.0 Stored as 1")
    assert place.visit.messages == [b"Subject: \xc3\xa9\r\n\r\n.\r\n..\r\nend\r\n"] and place.visit.breaches == []
    assert place.visit.calls("message") and not place.visit.calls("reset")


async def test_the_envelope_and_two_messages_go_out_in_one_piece(open_door: OpenDoor) -> None:
    place = await open_door("mx")
    client = await begun(place, b"NOOP\r\n")
    client.send(TO + bdat(b"one\r\n", last=True) + TO + b"bdat 000 last\r\n")
    client.send(TO + bdat(b"x") + b"BDAT 0 LAST\r\nQUIT\r\n")
    await heard(client, "250", "250", "250 2.0.0 Stored as 1", "250", "250", "250 2.0.0 Stored as 2", "250", "250",
                "250 2.0.0 Chunk", "250 2.0.0 Stored as 3", "221", CLOSED)
    assert place.visit.messages == [b"one\r\n", b"", b"x\r\n"]


async def test_octet_by_octet(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await begun(place)
    whole = bdat(b"a\r\n\0"[:3]) + bdat(b"bb\r\n", last=True)
    for n in range(len(whole)):
        client.send(whole[n:n + 1])
        await client.writer.drain()
    await heard(client, "250", "250 2.0.0 Stored")
    assert place.visit.messages == [b"a\r\nbb\r\n"]


async def test_a_text_that_ends_inside_a_line_is_ended(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await begun(place)
    client.send(bdat(b"no end", last=True))
    await heard(client, "250 2.0.0 Stored")
    assert place.visit.messages == [b"no end\r\n"]


@pytest.mark.parametrize(("text", "code", "rule"), [
    (b"a\nb\r\n", "550 5.6.0", "bare-line-end"), (b"a\rb\r\n", "550 5.6.0", "bare-line-end"),
    (b"a\r", "550 5.6.0", "bare-line-end"), (b"a\r\n\n", "550 5.6.0", "bare-line-end"),
    (b"a\0b\r\n", "550 5.6.0", "nul-octet"), (b"x" * 999 + b"\r\n", "554 5.6.0", "text-line-length"),
    (b"x" * 999, "554 5.6.0", "text-line-length"), (b"a\r\n" + b"x" * 999, "554 5.6.0", "text-line-length"),
    (b"x\r\n.\n" + INJECTION, "550 5.6.0", "bare-line-end"),
])
async def test_a_flawed_text_is_refused_at_its_end(open_door: OpenDoor, text: bytes, code: str, rule: str) -> None:
    place = await open_door("mx")
    client = await begun(place)
    client.send(bdat(text[:2]) + bdat(text[2:], last=True) + TO + bdat(b"good\r\n", last=True))
    await heard(client, "250", code, "250", "250", "250 2.0.0 Stored as 1")
    assert place.visit.messages == [b"good\r\n"] and place.visit.rules == [rule]


@pytest.mark.parametrize("cut", range(8))
async def test_a_line_as_long_as_may_be_passes_wherever_it_is_cut(open_door: OpenDoor, cut: int) -> None:
    place = await open_door()
    text = b"a\r\n" + b"x" * 998 + b"\r\nb\r\n"
    client = await begun(place)
    client.send(bdat(text[:cut]) + bdat(text[cut:-cut - 1]) + bdat(text[-cut - 1:], last=True))
    await heard(client, "250", "250", "250 2.0.0 Stored")
    assert place.visit.messages == [text]


async def test_what_a_chunk_holds_is_never_a_command(open_door: OpenDoor) -> None:
    """The chunks of a refused message go by unread: before MAIL, without a recipient, past the size, after an error."""
    place = await open_door("mx", SmtpSettings(errors=99), message_limit=1000)
    client = await begun(place, b"NOOP\r\n")
    client.send(bdat(INJECTION, last=True))
    await heard(client, "503 5.5.1 Say MAIL")
    client.send(b"MAIL FROM:<a@alpha.example>\r\nRCPT TO:<b@outside.example>\r\n" + bdat(INJECTION, last=True))
    await heard(client, "250", "550", "503 5.5.1 No recipient")
    client.send(b"RSET\r\n" + TO + bdat(b"y" * 950) + bdat(INJECTION) + bdat(INJECTION) + bdat(INJECTION, last=True))
    await heard(client, "250", "250", "250", "250", "552 5.3.4", "503 5.5.1", "503 5.5.1")
    client.send(b"HELO old.example\r\n" + TO.replace(b" BODY=8BITMIME", b"") + bdat(INJECTION, last=True))
    await heard(client, "250", "250", "250", "503 5.5.1 Say EHLO")
    assert place.visit.messages == [] and not any("evil" in str(call) for call in place.visit.told)
    assert place.visit.rules == ["command-order", "command-order", "message-size", "command-order"]


async def test_a_barred_client_sends_its_chunk_for_nothing(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(starttls=True))
    client = await begun(place, b"NOOP\r\n")
    place.visit.failing = "sender"
    client.send(b"MAIL FROM:<a@alpha.example>\r\n" + bdat(INJECTION, last=True) + b"NOOP\r\n")
    await heard(client, "451", "503", "250 2.0.0 Still")


async def test_the_size_is_counted_over_all_chunks(open_door: OpenDoor) -> None:
    place = await open_door(message_limit=1000)
    client = await begun(place)
    half = b"x" * 498 + b"\r\n"
    client.send(bdat(half) + bdat(half, last=True))
    await heard(client, "250", "250 2.0.0 Stored")
    client.send(TO + bdat(half) + bdat(half) + bdat(b"x", last=True) + b"NOOP\r\n")
    await heard(client, "250", "250", "250", "250", "552 5.3.4", "250 2.0.0 Still")
    assert [len(message) for message in place.visit.messages] == [1000] and place.visit.calls("reset") == [()]


@pytest.mark.parametrize(("command", "code"), [
    (b"BDAT", "501"), (b"BDAT x", "501"), (b"BDAT -1 LAST", "501"), (b"BDAT 4 FIRST", "501"), (b"BDAT 4LAST", "501"),
    (b"BDAT 4 LAST x", "501"), (b"BDAT 0x4", "501"), (b"BDAT " + b"9" * 21, "501"),
    (b"BDAT 99999999999999999999", "552"),
    (b"BDAT 2001 LAST", "552"), (b"BDAT 4 LAST\n", "501"), (b"BDAT 4\0", "501"), (b"BDAT 4 " + b" " * 600, "501"),
    (b"BDAT 4" + b" " * 5000, "501"), (b"bdat \xff", "501"),
], ids=lambda value: str(value)[:20])
async def test_a_chunk_whose_end_nobody_knows_ends_the_session(open_door: OpenDoor, command: bytes, code: str) -> None:
    place = await open_door("mx", message_limit=1000)
    client = await begun(place)
    client.send(command + (b"" if command.endswith(b"\n") else b"\r\n") + INJECTION)
    await heard(client, code)
    assert await client.reply() == CLOSED
    assert place.visit.messages == [] and not any("evil" in str(call) for call in place.visit.told)


async def test_data_and_bdat_are_not_mixed_and_rset_forgets(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await begun(place)
    client.send(bdat(b"x\r\n") + b"RCPT TO:<c@beta.example>\r\nNOOP\r\nMAIL FROM:<a@alpha.example>\r\nDATA\r\n")
    await heard(client, "250", "503 5.5.1 The message has begun", "250", "503 5.5.1 The sender", "503")
    client.send(b"RSET\r\n" + bdat(b"lost", last=True) + TO + b"DATA\r\n")
    await heard(client, "250", "503 5.5.1 Say MAIL", "250", "250", "354")
    client.send(b"kept\r\n.\r\n" + TO + bdat(b"too\r\n", last=True))
    await heard(client, "250 2.0.0 Stored", "250", "250", "250 2.0.0 Stored")
    assert place.visit.messages == [b"kept\r\n", b"too\r\n"]


async def test_ehlo_in_the_middle_forgets_the_chunks(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await begun(place)
    client.send(bdat(b"old") + HELLO + TO + bdat(b"new", last=True))
    await heard(client, "250", "250-", "250", "250", "250 2.0.0 Stored")
    assert place.visit.messages == [b"new\r\n"]


async def test_chunks_in_the_pipeline_behind_a_refused_one_are_no_errors(open_door: OpenDoor) -> None:
    place = await open_door(settings=SmtpSettings(errors=3), message_limit=1000)
    client = await begun(place)
    client.send(bdat(b"x" * 1001) + bdat(b"x" * 900) * 20 + bdat(b"x", last=True) + b"NOOP\r\n")
    await heard(client, "552", *["503"] * 21, "250")
    assert place.visit.rules == ["message-size"]


async def test_empty_chunks_are_junk(open_door: OpenDoor) -> None:
    client = await begun(await open_door(settings=SmtpSettings(junk_commands=4)))
    client.send(b"BDAT 0\r\n" * 4)
    await heard(client, "250", "250", "250", "421 4.7.0", CLOSED)


async def test_a_message_in_chunks_has_its_time(open_door: OpenDoor) -> None:
    client = await begun(await open_door("mx", SmtpSettings(message_seconds=0.05)))
    client.send(b"BDAT 10\r\nx")
    await heard(client, "421 4.4.2", CLOSED)


async def test_a_client_that_leaves_inside_a_chunk_sends_nothing(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await begun(place)
    client.send(b"BDAT 10 LAST\r\nx")
    client.writer.write_eof()
    assert await client.reply() == CLOSED
    assert place.visit.messages == []


async def test_many_small_chunks_in_one_piece(open_door: OpenDoor) -> None:
    place = await open_door("mx")
    client = await begun(place)
    client.send(bdat(b"x\r\n") * 5000 + b"BDAT 0 LAST\r\n")
    await heard(client, *["250 2.0.0 Chunk"] * 5000, "250 2.0.0 Stored")
    assert place.visit.messages == [b"x\r\n" * 5000]


@pytest.mark.parametrize(("line", "code"), [
    (b"x" * 998 + b"\r\n", "250 2.0.0 Stored"), (b"x\r\n", "250 2.0.0 Stored"), (b"x" * 999 + b"\r\n", "554 5.6.0"),
    (b"x" * 7, "554 5.6.0"), (b"x\n", "550 5.6.0"), (b"x\r", "550 5.6.0"), (b"\r\n", "250 2.0.0 Stored")])
async def test_a_large_text_is_looked_at_in_pieces(open_door: OpenDoor, line: bytes, code: str) -> None:
    place = await open_door("mx", message_limit=1_000_000)
    client = await begun(place)
    text = line * (400_000 // len(line))
    for start in range(0, len(text), 77_777):
        client.send(bdat(text[start:start + 77_777]))
        await heard(client, "250 2.0.0 Chunk")
    client.send(bdat(b"end\r\n", last=True) + TO + bdat(b"x\r\n", last=True))
    await heard(client, code, "250", "250", "250 2.0.0 Stored")
    assert code.startswith("5") or place.visit.messages[0] == text + b"end\r\n"
    assert place.visit.messages[-1] == b"x\r\n"


async def test_binarymime_is_neither_announced_nor_taken(open_door: OpenDoor) -> None:
    client = await (await open_door()).call()
    await client.reply()
    said = await client.ask(HELLO[:-2])
    assert re.search(r"250-CHUNKING ", said) and "BINARYMIME" not in said
    assert (await client.ask("MAIL FROM:<a@alpha.example> BODY=BINARYMIME")).startswith("501")
