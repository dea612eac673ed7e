"""Conversations in clear: order of commands, replies, parameters, limits."""

from __future__ import annotations

import re

import pytest

from simulator.model.reply import reply
from simulator.rules.verdict import Verdict
from simulator.smtp.door import SmtpSettings
from tests.smtp.conftest import OpenDoor
from tests.smtp.talk import CLOSED, ENVELOPE

pytestmark = pytest.mark.sockets

SCRIPTS = {
    "a message in lock-step": """
        S: 220 localhost ESMTP *
        C: EHLO client.example
        S: 250-localhost / *
        C: MAIL FROM:<a@alpha.example>
        S: 250 2.1.0 *
        C: RCPT TO:<b@beta.example>
        S: 250 2.1.5 *
        C: DATA
        S: 354 *
        C: Subject: x
        C:
        C: ..dot
        C: .
        S: 250 2.0.0 Stored as 1
        C: QUIT
        S: 221 2.0.0 *
        S: <closed>""",
    "pipelined commands answered in order": """
        S: 220 *
        C: EHLO client.example
        C: NOOP
        C: MAIL FROM:<a@alpha.example>
        C: RCPT TO:<b@beta.example>
        C: RCPT TO:<c@outside.example>
        C: DATA
        S: 250-*
        S: 250 2.0.0 *
        S: 250 2.1.0 *
        S: 250 2.1.5 *
        S: 550 5.7.1 Not on the whitelist
        S: 354 *
        C: text
        C: .
        C: MAIL FROM:<>
        C: RCPT TO:<b@beta.example>
        C: RSET
        C: QUIT
        S: 250 2.0.0 Stored as 1
        S: 250 2.1.0 *
        S: 250 2.1.5 *
        S: 250 2.0.0 *
        S: 221 *
        S: <closed>""",
    "commands out of order": """
        S: 220 *
        C: MAIL FROM:<a@alpha.example>
        S: 503 5.5.1 Say EHLO first
        C: RCPT TO:<b@beta.example>
        S: 503 5.5.1 Say MAIL first
        C: DATA
        S: 503 5.5.1 Say MAIL first
        C: STARTTLS
        S: 503 5.5.1 Say EHLO first
        C: NOOP
        S: 250 *
        C: RSET
        S: 250 *
        C: VRFY b
        S: 252 2.0.0 *
        C: HELO client.example
        S: 250 localhost
        C: STARTTLS
        S: 503 5.5.1 Say EHLO first
        C: EHLO client.example
        S: 250-*
        C: RCPT TO:<b@beta.example>
        S: 503 5.5.1 Say MAIL first
        C: MAIL FROM:<a@alpha.example>
        S: 250 *
        C: MAIL FROM:<a@alpha.example>
        S: 503 5.5.1 The sender *
        C: DATA
        S: 503 5.5.1 No recipient *
        C: RCPT TO:<c@outside.example>
        S: 550 *
        C: DATA
        S: 503 5.5.1 No recipient *
        C: EHLO again.example
        S: 250-*
        C: RCPT TO:<b@beta.example>
        S: 503 *""",
    "arguments": """
        S: 220 *
        C: EHLO
        S: 501 5.5.4 *
        C: HELO two words
        S: 501 5.5.4 *
        C: EHLO é
        S: 501 5.5.4 *
        C: ehlo [127.0.0.1]
        S: 250-*
        C: HELO under_score
        S: 250 *
        C: HELP me
        S: 214-2.0.0 Commands: EHLO *
        C: VRFY
        S: 501 *
        C: EXPN list
        S: 502 5.5.1 *
        C: RSET now
        S: 501 *
        C: DATA now
        S: 501 *
        C: NOOP whatever
        S: 250 *
        C: BDAT 2 LAST
        C:
        S: 503 5.5.1 *
        C: rubbish
        S: 500 5.5.2 *
        C:
        S: 500 5.5.2 *
        C: MAIL FROM:a@b.fr
        S: 501 *
        C: QUIT now
        S: 501 *
        C: quit
        S: 221 *
        S: <closed>""",
    "HELO disables extensions": """
        S: 220 *
        C: HELO client.example
        S: 250 localhost
        C: MAIL FROM:<a@alpha.example> SIZE=1
        S: 555 5.5.4 *
        C: MAIL FROM:<a@alpha.example>
        S: 250 *""",
    "addresses beyond ASCII": """
        S: 220 *
        C: EHLO client.example
        S: 250-*
        C: MAIL FROM:<zoé@alpha.example>
        S: 553 5.6.7 *
        C: MAIL FROM:<a@alpha.example>
        S: 250 *
        C: RCPT TO:<zoé@beta.example>
        S: 553 5.6.7 *
        C: RSET
        S: 250 *
        C: MAIL FROM:<zoé@alpha.example> SMTPUTF8 BODY=8BITMIME
        S: 250 *
        C: RCPT TO:<zoé@beta.example>
        S: 250 *""",
    "declared size": """
        S: 220 *
        C: EHLO client.example
        S: 250-* / 250-SIZE 100000 / *
        C: MAIL FROM:<a@alpha.example> SIZE=100001
        S: 552 5.3.4 *
        C: MAIL FROM:<a@alpha.example> SIZE=99999999999999999999
        S: 552 5.3.4 *
        C: MAIL FROM:<a@alpha.example> SIZE=100000
        S: 250 *""",
    "a browser": """
        S: 220 *
        C: POST / HTTP/1.1
        C: Host: localhost
        S: 421 4.7.0 *
        S: <closed>""",
    "signing in without TLS": """
        S: 220 *
        C: EHLO client.example
        S: 250-*
        C: AUTH PLAIN AGEAYg==
        S: 538 5.7.11 *
        C: AUTH
        S: 538 5.7.11 *""",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
async def test_conversations(open_door: OpenDoor, script: str) -> None:
    place = await open_door()
    await (await place.call()).play(script)


async def test_ehlo_announces_what_is_honoured_and_nothing_else(open_door: OpenDoor) -> None:
    for name in ("mx", "submission"):
        client = await (await open_door(name)).call()
        await client.reply()
        assert await client.ask("EHLO client.example") == " / ".join((
            "250-localhost", "250-SIZE 100000", "250-8BITMIME", "250-SMTPUTF8", "250-PIPELINING",
            "250-ENHANCEDSTATUSCODES", "250-DSN", "250-CHUNKING", "250-LIMITS RCPTMAX=200", "250 STARTTLS"))


@pytest.mark.parametrize(("most", "settings", "said"), [
    (200, SmtpSettings(recipients=150), 150), (100, SmtpSettings(), 100),
    (10**9, SmtpSettings(recipients=10**9), 999_999)])
async def test_limits_tells_how_many_recipients_are_taken(
        open_door: OpenDoor, most: int, settings: SmtpSettings, said: int) -> None:
    client = await (await open_door("mx", settings, most_recipients=most)).call()
    await client.reply()
    assert f"LIMITS RCPTMAX={said} " in await client.ask("EHLO client.example")


async def test_a_door_without_identity_does_not_offer_starttls(open_door: OpenDoor) -> None:
    client = await (await open_door("mx", SmtpSettings(hostname="mx.alpha.example", starttls=False))).call()
    assert (await client.reply()).startswith("220 mx.alpha.example ")
    assert "STARTTLS" not in await client.ask("EHLO client.example")
    assert (await client.ask("STARTTLS")).startswith("502 5.5.1")


async def test_nobody_signs_in_on_the_mx_door(open_door: OpenDoor) -> None:
    client = await (await open_door("mx")).call()
    await client.reply()
    await client.ask("EHLO client.example")
    assert (await client.ask("AUTH PLAIN AGEAYg==")).startswith("502 5.5.1")


async def test_every_reply_after_hello_has_an_enhanced_code(open_door: OpenDoor) -> None:
    client = await (await open_door(settings=SmtpSettings(errors=99))).call()
    await client.reply()
    await client.ask("EHLO client.example")
    for line in ("NOOP", "RSET", "HELP", "VRFY x", "EXPN x", "XYZ", "", "MAIL", "MAIL FROM:<a@b.fr>", "RCPT TO:<>",
                 "RCPT TO:<b@c.fr>", "RCPT TO:<b@outside.example>", "AUTH PLAIN", "x\0", "QUIT"):
        said = await client.ask(line)
        assert re.fullmatch(r"([245])\d\d[ -]\1\.\d{1,3}\.\d{1,3} .+", said), said


async def test_the_visit_is_told_everything_in_order(open_door: OpenDoor) -> None:
    place = await open_door("mx", operator="alpha")
    client = await place.call()
    await client.play("""
        S: 220 *
        C: EHLO client.example
        C: MAIL FROM:<A@Alpha.example> size=12 RET=HDRS ENVID=q+2Bx
        C: RCPT TO:<b@beta.example> NOTIFY=Success,FAILURE ORCPT=rfc822;B@x.fr
        C: RSET
        C: RSET
        C: MAIL FROM:<> BODY=7bit
        C: RCPT TO:<b@beta.example>
        C: DATA
        S: 250-*
        S: 250 *
        S: 250 *
        S: 250 *
        S: 250 *
        S: 250 *
        S: 250 *
        S: 354 *
        C: x
        C: .
        C: HELO other.example
        C: QUIT
        S: 250 *
        S: 250 *
        S: 221 *
        S: <closed>""")
    visit = place.visit
    await visit.ended.wait()
    assert visit.told == [
        ("greet", "client.example", True),
        ("sender", "A@alpha.example", {"SIZE": "12", "RET": "HDRS", "ENVID": "q+2Bx"}),
        ("recipient", "b@beta.example", {"NOTIFY": "Success,FAILURE", "ORCPT": "rfc822;B@x.fr"}),
        ("reset",),
        ("sender", None, {"BODY": "7bit"}), ("recipient", "b@beta.example", {}), ("message", 3),
        ("greet", "other.example", False)]
    assert visit.messages == [b"x\r\n"] and visit.breaches == [] and visit.client == "127.0.0.1"
    assert place.office.doors == [("mx", "alpha")] and visit.why == "ended by the dialogue"


async def test_two_messages_on_one_connection(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await place.call()
    assert await client.mail(b"one\r\n.\r\n") == "250 2.0.0 Stored as 1"
    assert await client.mail(b".\r\n", hello=False) == "250 2.0.0 Stored as 2"
    assert place.visit.messages == [b"one\r\n", b""]


async def test_text_right_behind_data_ends_the_session_and_nothing_is_read(open_door: OpenDoor) -> None:
    """RFC 2920 3.1: DATA ends a group. On every door."""
    for name in ("mx", "submission"):
        place = await open_door(name)
        client = await place.call()
        await client.reply()
        await client.ask("EHLO client.example")
        client.send(ENVELOPE + b"text\r\n.\r\nQUIT\r\n")
        await client.play("S: 250 *\nS: 250 *\nS: 554 5.5.0 *")
        assert await client.reply() == CLOSED
        assert place.visit.messages == [] and place.visit.rules == ["data-out-of-step"]


async def test_a_refusal_of_421_ends_the_session(open_door: OpenDoor) -> None:
    place = await open_door()
    client = await place.call()
    await client.reply()
    await client.ask("EHLO client.example")
    place.visit.sender = lambda *_: Verdict(reply(421, "4.3.2", "Not today"))  # type: ignore[method-assign]
    assert await client.ask("MAIL FROM:<a@alpha.example>") == "421 4.3.2 Not today"
    assert await client.reply() == CLOSED


async def test_a_message_over_the_limit_is_refused_and_the_session_stays_in_step(open_door: OpenDoor) -> None:
    place = await open_door(message_limit=1000)
    client = await place.call()
    assert (await client.mail(b"x" * 498 + b"\r\n" + b"x" * 498 + b"\r\n.\r\n")).startswith("250")
    said = await client.mail(b"x" * 498 + b"\r\n" + b"x" * 499 + b"\r\n.\r\n", hello=False)
    assert said.startswith("552 5.3.4")
    assert (await client.mail(b"x\r\n.\r\n", hello=False)).startswith("250")
    assert [len(message) for message in place.visit.messages] == [1000, 3]
    assert place.visit.rules == ["message-size"] and place.visit.told.count(("reset",)) == 1


async def test_a_message_far_over_the_limit_ends_the_session(open_door: OpenDoor) -> None:
    place = await open_door(message_limit=1000)
    client = await place.call()
    assert (await client.mail(b"x" * 78 + b"\r\n" + (b"y" * 78 + b"\r\n") * 30)).startswith("552 5.3.4")
    assert await client.reply() == CLOSED


@pytest.mark.parametrize("text, code, rule", [
    (b"a\nb\r\n", "550 5.6.0", "bare-line-end"), (b"a\rb\r\n", "550 5.6.0", "bare-line-end"),
    (b"a\0b\r\n", "550 5.6.0", "nul-octet"), (b"x" * 999 + b"\r\n", "554 5.6.0", "text-line-length"),
    (b"x\n.\nMAIL FROM:<evil@alpha.example>\nRCPT TO:<b@beta.example>\nDATA\ny\r\n", "550 5.6.0", "bare-line-end"),
])
async def test_a_flawed_text_is_refused_after_its_end(open_door: OpenDoor, text: bytes, code: str, rule: str) -> None:
    place = await open_door("mx")
    client = await place.call()
    assert (await client.mail(text + b".\r\n")).startswith(code)
    assert (await client.mail(b"good\r\n.\r\n", hello=False)).startswith("250")
    assert place.visit.messages == [b"good\r\n"] and place.visit.rules == [rule]


@pytest.mark.parametrize("line", [b"NOOP\n", b"NO\rOP\r\n", b"NOOP\0\r\n", b"MAIL FROM:<a@alpha.example>\n"])
async def test_a_flawed_command_line_is_refused(open_door: OpenDoor, line: bytes) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    await client.ask("EHLO client.example")
    client.send(line)
    assert (await client.reply()).startswith("500 5.5.2")
    assert (await client.ask("NOOP")).startswith("250")
    assert len(place.visit.breaches) == 1 and not place.visit.calls("sender")


async def test_command_lines_have_their_limits(open_door: OpenDoor) -> None:
    client = await (await open_door()).call()
    await client.reply()
    assert (await client.ask("EHLO " + "x" * (512 - 7))).startswith("250-")
    assert (await client.ask("EHLO " + "x" * (512 - 6))).startswith("500 5.5.2")
    assert (await client.ask("NOOP " + "x" * 4096)).startswith("500 5.5.2")
    assert (await client.ask("MAIL FROM:<a@alpha.example> ENVID=" + "x" * 100 + " " * 500)).startswith("250")
    assert (await client.ask("RCPT TO:<b@beta.example> ORCPT=rfc822;" + "x" * 493)).startswith("250")
    assert (await client.ask("RCPT TO:<b@beta.example>" + " " * 1200)).startswith("500 5.5.2")
    assert (await client.ask("NOOP")).startswith("250")


async def test_a_line_that_never_ends_closes_the_connection(open_door: OpenDoor) -> None:
    client = await (await open_door(settings=SmtpSettings(line_drain=10_000))).call()
    await client.reply()
    client.send(b"x" * 20_000)
    assert (await client.reply()).startswith("500 5.5.2")


@pytest.mark.parametrize("settings, line, allowed, last", [
    (SmtpSettings(commands=5), "NOOP", 5, "421 4.7.0 Too many commands in"),
    (SmtpSettings(junk_commands=4), "RSET", 4, "421 4.7.0 Too many commands that"),
    (SmtpSettings(errors=3), "rubbish", 2, "421 4.7.0 Too many errors"),
])
async def test_a_session_has_limits(open_door: OpenDoor, settings: SmtpSettings, line: str, allowed: int,
                                    last: str) -> None:
    place = await open_door(settings=settings)
    client = await place.call()
    await client.reply()
    for _ in range(allowed):
        assert not (await client.ask(line)).startswith("421")
    assert (await client.ask(line)).startswith(last)
    assert await client.reply() == CLOSED
    assert place.visit.rules[-1] == "session-limits"


async def test_refusals_and_recipients_have_limits_and_mail_forgives(open_door: OpenDoor) -> None:
    place = await open_door(settings=SmtpSettings(refusals=3, recipients=2, errors=2, junk_commands=2))
    client = await place.call()
    await client.reply()
    await client.ask("EHLO client.example")
    for _ in range(3):
        for line, code in (("MAIL FROM:<a@alpha.example>", "250"), ("RCPT TO:<b@outside.example>", "550"),
                           ("RCPT TO:<b@beta.example>", "250"), ("RCPT TO:<c@beta.example>", "250"),
                           ("RCPT TO:<d@beta.example>", "452 4.5.3"), ("rubbish", "500"), ("NOOP", "250"),
                           ("DATA", "354"), ("x\r\n.", "250")):
            assert (await client.ask(line)).startswith(code), line
    await client.ask("MAIL FROM:<a@alpha.example>")
    for code in ("550", "550", "421"):
        assert (await client.ask("RCPT TO:<b@outside.example>")).startswith(code)
    assert await client.reply() == CLOSED
