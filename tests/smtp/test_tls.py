"""STARTTLS, implicit TLS, signing in, and what must not survive the handshake."""

from __future__ import annotations

import asyncio
import smtplib
import ssl

import pytest

from simulator.model.reply import reply
from simulator.rules.verdict import Verdict
from simulator.smtp.door import SmtpSettings
from tests.smtp.conftest import OpenDoor, Place
from tests.smtp.recorder import PASSWORD
from tests.smtp.talk import CLOSED, HELLO, Client, sasl

pytestmark = pytest.mark.sockets

GOOD = sasl("", "a@alpha.example", PASSWORD)


async def secured(place: Place, context: ssl.SSLContext, name: str = "localhost") -> Client:
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    await client.starttls(context, name)
    return client


async def test_what_was_said_in_clear_is_forgotten(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    await client.ask("MAIL FROM:<a@alpha.example>")
    await client.starttls(context, "mx.alpha.example")
    await client.play("""
        C: RCPT TO:<b@beta.example>
        C: MAIL FROM:<a@alpha.example>
        C: EHLO client.example
        C: STARTTLS
        C: MAIL FROM:<a@alpha.example>
        C: QUIT
        S: 503 5.5.1 *
        S: 503 5.5.1 *
        S: 250-* REQUIRETLS
        S: 503 5.5.1 *
        S: 250 *
        S: 221 *
        S: <closed>""")
    assert ("reset",) in place.visit.told and ("secured", "alpha") in place.visit.told


@pytest.mark.parametrize("behind", [
    b"EHLO evil.example\r\n", b"x", b"\r\n", b"RSET\r\nMAIL FROM:<evil@alpha.example>\r\n"])
async def test_input_behind_starttls_closes_the_connection(open_door: OpenDoor, behind: bytes) -> None:
    """P7. Neither executed in clear nor kept for the time after the handshake."""
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    client.send(HELLO + b"STARTTLS\r\n" + behind)
    await client.play("S: 250-*\nS: 501 5.5.2 *")
    assert await client.reply() == CLOSED
    await place.visit.ended.wait()
    assert place.visit.told == [("greet", "client.example", True)] and place.visit.rules == ["starttls-injection"]


async def test_a_failed_handshake_ends_the_session_without_a_word_in_clear(open_door: OpenDoor) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    assert (await client.ask("STARTTLS")).startswith("220")
    client.send(b"NOOP\r\n" * 5)
    rest = await asyncio.wait_for(client.reader.read(), 5)
    assert b"250" not in rest and b"451" not in rest
    await place.visit.ended.wait()
    assert place.visit.breaches == []


async def test_leaving_during_the_handshake_ends_the_session(open_door: OpenDoor) -> None:
    place = await open_door("mx")
    client = await place.call()
    await client.reply()
    await client.ask(HELLO[:-2])
    await client.ask("STARTTLS")
    await client.close()
    await asyncio.wait_for(place.visit.ended.wait(), 5)


async def test_mechanisms_are_offered_only_inside_tls(open_door: OpenDoor, context: ssl.SSLContext,
                                                      context_with_certificate: ssl.SSLContext) -> None:
    for made, offer in ((context, "250 AUTH PLAIN LOGIN"), (context_with_certificate, "250 AUTH PLAIN LOGIN EXTERNAL")):
        place = await open_door()
        client = await secured(place, made)
        said = await client.ask(HELLO[:-2])
        assert said.endswith(offer) and "STARTTLS" not in said
    assert "AUTH" not in await (await secured(await open_door("mx"), context)).ask(HELLO[:-2])


async def test_implicit_tls_greets_after_the_handshake(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    place = await open_door("smtps")
    client = await place.call(context)
    await client.play(f"""
        S: 220 *
        C: EHLO client.example
        S: 250-* / 250-DSN / * / 250-REQUIRETLS / 250 AUTH PLAIN LOGIN
        C: STARTTLS
        S: 503 5.5.1 *
        C: AUTH PLAIN {GOOD}
        C: MAIL FROM:<a@alpha.example> AUTH=<>
        C: RCPT TO:<b@beta.example>
        C: DATA
        S: 235 2.7.0 *
        S: 250 *
        S: 250 *
        S: 354 *
        C: x
        C: .
        S: 250 *
        C: AUTH PLAIN {GOOD}
        S: 503 5.5.1 *""")
    (attempt,) = place.visit.attempts
    assert (attempt.door, attempt.client, attempt.mechanism) == ("smtps", "127.0.0.1", "PLAIN")
    assert (attempt.user, attempt.acting_for, attempt.secret) == ("a@alpha.example", "", PASSWORD)
    assert attempt.tls is place.visit.tls and attempt.tls is not None


async def test_exchanges_of_auth(open_door: OpenDoor, context_with_certificate: ssl.SSLContext) -> None:
    place = await open_door("smtps")
    client = await place.call(context_with_certificate)
    await client.play(f"""
        S: 220 *
        C: AUTH PLAIN {GOOD}
        S: 503 5.5.1 Say EHLO *
        C: EHLO client.example
        S: 250-*
        C: AUTH
        S: 501 5.5.4 *
        C: AUTH PLAIN one two
        S: 501 5.5.4 *
        C: AUTH CRAM-MD5
        S: 504 5.5.4 *
        C: AUTH PLAIN
        S: 334
        C: *
        S: 501 5.7.0 *
        C: AUTH PLAIN !!!
        S: 501 5.5.2 *
        C: AUTH PLAIN =
        S: 501 5.5.2 *
        C: auth login
        S: 334 VXNlcm5hbWU6
        C: =
        S: 501 5.5.2 *
        C: AUTH LOGIN {sasl("a@alpha.example")}
        S: 334 UGFzc3dvcmQ6
        C: {sasl("wrong")}
        S: 535 5.7.8 *
        C: AUTH PLAIN
        S: 334
        C: {sasl("org@alpha.example", "a@alpha.example", "wrong")}
        S: 535 5.7.8 *
        C: MAIL FROM:<a@alpha.example>
        S: 250 *
        C: AUTH PLAIN {GOOD}
        S: 503 5.5.1 Not during *
        C: RSET
        S: 250 *
        C: AUTH EXTERNAL =
        S: 235 2.7.0 *""")
    assert [(a.mechanism, a.user, a.acting_for) for a in place.visit.attempts] == [
        ("LOGIN", "a@alpha.example", ""), ("PLAIN", "a@alpha.example", "org@alpha.example"), ("EXTERNAL", "", "")]


async def test_external_needs_a_certificate(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    client = await (await open_door("smtps")).call(context)
    await client.reply()
    await client.ask(HELLO[:-2])
    assert (await client.ask("AUTH EXTERNAL =")).startswith("504 5.5.4")


async def test_the_door_hangs_up_when_told_to(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    client = await (await open_door("smtps")).call(context)
    await client.reply()
    await client.ask(HELLO[:-2])
    for _ in range(3):
        assert (await client.ask("AUTH PLAIN " + sasl("", "a", "b"))).startswith("535 5.7.8")
    assert await client.reply() == CLOSED


async def test_auth_lines_are_taken_up_to_their_limit(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    place = await open_door("smtps")
    client = await place.call(context)
    await client.reply()
    await client.ask(HELLO[:-2])
    longest = 12_288 - len("AUTH PLAIN ") - 1
    line = "AUTH PLAIN " + sasl("", "a", "p" * (longest * 3 // 4 - 3))
    assert 12_280 < len(line) <= 12_288
    assert (await client.ask(line)).startswith("535")
    assert len(place.visit.attempts[0].secret) == longest * 3 // 4 - 3
    assert (await client.ask("AUTH PLAIN " + "A" * (12_289 - 11))).startswith("500 5.5.6")
    assert (await client.ask("AUTH PLAIN")) == "334"
    assert (await client.ask("A" * 12_288)).startswith("501 5.5.2")
    assert (await client.ask("AUTH PLAIN")) == "334"
    assert (await client.ask("A" * 12_289)).startswith("500 5.5.6")
    assert (await client.ask("NOOP")).startswith("250")


async def test_a_handshake_may_be_refused_afterwards(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    no = Verdict(reply(550, "5.7.1", "This certificate is revoked"))
    client = await secured(await open_door("mx", secured_verdict=no), context)
    for line in ("EHLO x", "MAIL FROM:<a@alpha.example>", "NOOP"):
        assert await client.ask(line) == "550 5.7.1 This certificate is revoked"
    assert (await client.ask("QUIT")).startswith("221")
    client = await (await open_door("smtps", secured_verdict=no)).call(context)
    assert await client.reply() == "550 5.7.1 This certificate is revoked"


async def test_what_is_broken_never_shows_a_secret(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    place = await open_door("smtps", failing="sign_in")
    client = await place.call(context)
    await client.reply()
    await client.ask(HELLO[:-2])
    assert (await client.ask("AUTH PLAIN " + GOOD)) == "451 4.3.0 Something went wrong here; try again later"
    ((rule, what),) = place.visit.breaches
    assert rule == "internal-error" and PASSWORD not in what and "LookupError in " in what


async def test_leaving_while_signing_in_gives_the_try_up(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    place = await open_door("smtps", waiting="sign_in")
    client = await place.call(context)
    await client.reply()
    await client.ask(HELLO[:-2])
    client.send(b"AUTH PLAIN " + GOOD.encode() + b"\r\n")
    await place.visit.entered.wait()
    await client.reset()
    await asyncio.wait_for(place.visit.ended.wait(), 5)


async def test_a_big_message_over_tls_in_many_pieces(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    place = await open_door("smtps", message_limit=10_000_000)
    client = await place.call(context)
    body = b"".join(b"%d .dot and words to fill the line\r\n.%d\r\n" % (n, n) for n in range(50_000))
    assert (await client.mail(body.replace(b"\r\n.", b"\r\n..") + b".\r\n")).startswith("250")
    assert place.visit.messages == [body]


@pytest.mark.parametrize("door", ["submission", "smtps"])
async def test_smtplib_sends_mail(open_door: OpenDoor, context: ssl.SSLContext, door: str) -> None:
    place = await open_door(door)

    def send() -> None:
        port = place.listener.port
        if door == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL("localhost", port, context=context, timeout=5)
        else:
            server = smtplib.SMTP("localhost", port, timeout=5)
        with server:
            if door == "submission":
                server.starttls(context=context)
            server.login("a@alpha.example", PASSWORD)
            refused = server.sendmail("a@alpha.example", ["b@beta.example", "c@outside.example"],
                                      "Subject: x\n\n.\nend", mail_options=["RET=HDRS"], rcpt_options=["NOTIFY=NEVER"])
            assert refused == {"c@outside.example": (550, b"5.7.1 Not on the whitelist")}

    await asyncio.to_thread(send)
    assert place.visit.messages == [b"Subject: x\r\n\r\n.\r\nend\r\n"]
    assert place.visit.calls("recipient")[0] == ("b@beta.example", {"NOTIFY": "NEVER"})


async def test_settings_bound_a_session_inside_tls_too(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    client = await secured(await open_door("mx", SmtpSettings(errors=2)), context)
    assert (await client.ask("rubbish")).startswith("500")
    assert (await client.ask("rubbish")).startswith("421")
    assert await client.reply() == CLOSED
