"""SCRAM-SHA-256 at a door: the exchange of lines, its flaws, and the moment from which one is signed in."""

from __future__ import annotations

import ssl
from base64 import b64decode, b64encode

import pytest

from simulator.smtp.door import SmtpSettings
from tests.scram_client import ScramClient
from tests.smtp.conftest import OpenDoor, Place
from tests.smtp.recorder import PASSWORD
from tests.smtp.talk import CLOSED, HELLO, Client

pytestmark = pytest.mark.sockets

USER = "a@alpha.example"


def coded(text: bytes) -> str:
    return b64encode(text).decode()


async def inside(place: Place, context: ssl.SSLContext) -> Client:
    client = await place.call(context)
    await client.reply()
    assert "AUTH SCRAM-SHA-256 PLAIN LOGIN" in await client.ask(HELLO[:-2])
    return client


@pytest.fixture
async def place(open_door: OpenDoor) -> Place:
    offered = ("SCRAM-SHA-256", "PLAIN", "LOGIN")
    return await open_door("smtps", signing_takes_mechanisms=offered)


async def challenged(client: Client, line: str) -> bytes:
    """The decoded challenge to a line."""
    said = await client.ask(line)
    assert said.startswith("334 "), said
    return b64decode(said[4:])


@pytest.mark.parametrize("header", ["n,,", "y,,", "n,a=org@alpha.example,"])
@pytest.mark.parametrize("initial", [True, False])
async def test_both_sides_prove_themselves(
        place: Place, context: ssl.SSLContext, header: str, initial: bool) -> None:
    client = await inside(place, context)
    scram = ScramClient(USER, PASSWORD, header)
    if initial:
        first = await challenged(client, f"AUTH SCRAM-SHA-256 {coded(scram.first)}")
    else:
        assert await client.ask("AUTH SCRAM-SHA-256") == "334"
        first = await challenged(client, coded(scram.first))
    final = await challenged(client, coded(scram.final(first)))
    assert scram.server_is_right(final)
    assert (await client.ask("")) == "235 2.7.0 Signed in"
    (attempt,) = place.visit.attempts
    assert (attempt.mechanism, attempt.user, attempt.secret) == ("SCRAM-SHA-256", USER, "")
    assert attempt.acting_for == ("org@alpha.example" if "a=" in header else "")
    assert PASSWORD not in repr(attempt)
    assert (await client.ask("AUTH PLAIN =")).startswith("503 5.5.1 Already")


async def test_a_wrong_password_is_refused_like_any_wrong_proof(place: Place, context: ssl.SSLContext) -> None:
    client = await inside(place, context)
    for _ in range(3):
        scram = ScramClient(USER, "wrong")
        first = await challenged(client, f"AUTH SCRAM-SHA-256 {coded(scram.first)}")
        assert (await client.ask(coded(scram.final(first)))).startswith("535 5.7.8")
    assert await client.reply() == CLOSED


@pytest.mark.parametrize("answer", ["*", "AAAA", "MAIL FROM:<a@alpha.example>", "x\n", "\0"])
async def test_a_client_that_distrusts_the_server_is_not_signed_in(
        place: Place, context: ssl.SSLContext, answer: str) -> None:
    """The story has noted the sign-in already: the connection ends, and nothing can be done with it."""
    client = await inside(place, context)
    scram = ScramClient(USER, PASSWORD)
    first = await challenged(client, f"AUTH SCRAM-SHA-256 {coded(scram.first)}")
    await challenged(client, coded(scram.final(first)))
    client.send(answer.encode() + b"\r\nMAIL FROM:<a@alpha.example>\r\n")
    assert (await client.reply()).startswith("50")
    assert await client.reply() == CLOSED
    assert not place.visit.calls("sender")


@pytest.mark.parametrize("opening", [
    b"", b"n", b"n,,", b"n,,n=,r=abc", b"n,,n=a@b", b"p=tls-unique,,n=a,r=abc", b"n,,m=x,n=a,r=abc", b"n,,n=a=b,r=abc",
    b"n,,n=a\0b,r=abc", b"n,,n=\xff,r=abc", b"n,,n=a,r=a c", b"n,a=,n=a,r=abc", b"n,,n=a\x07,r=abc",
    b"n,,n=a,r=" + b"x" * 2000], ids=lambda value: str(value)[:24])
async def test_an_opening_that_is_none_does_not_fit(place: Place, context: ssl.SSLContext, opening: bytes) -> None:
    client = await inside(place, context)
    assert (await client.ask(f"AUTH SCRAM-SHA-256 {coded(opening) or '='}")).startswith("501 5.5.2")
    assert not place.visit.attempts
    assert (await client.ask("NOOP")).startswith("250")


@pytest.mark.parametrize(("change", "by"), [
    (b"c=biws", b"c=eSws"), (b"c=biws", b"c=AAAA"), (b",r=", b",r=x"), (b",p=", b",q="), (b",p=", b",p=AAAA"),
    (b",p=", b",m=1,p="), (b"c=", b"d="), (b"=", b"\xff")], ids=str)
async def test_a_final_that_belongs_to_another_exchange_does_not_fit(
        place: Place, context: ssl.SSLContext, change: bytes, by: bytes) -> None:
    client = await inside(place, context)
    scram = ScramClient(USER, PASSWORD)
    first = await challenged(client, f"AUTH SCRAM-SHA-256 {coded(scram.first)}")
    final = scram.final(first).replace(change, by, 1)
    assert (await client.ask(coded(final))).startswith("501 5.5.2")
    assert not place.visit.attempts
    assert (await client.ask("MAIL FROM:<a@alpha.example>")).startswith("250")


async def test_a_client_may_give_up(place: Place, context: ssl.SSLContext) -> None:
    client = await inside(place, context)
    await challenged(client, f"AUTH SCRAM-SHA-256 {coded(ScramClient(USER, PASSWORD).first)}")
    assert (await client.ask("*")).startswith("501 5.7.0")
    assert (await client.ask("NOOP")).startswith("250")


async def test_plus_is_not_offered(place: Place, context: ssl.SSLContext) -> None:
    client = await inside(place, context)
    assert (await client.ask("AUTH SCRAM-SHA-256-PLUS")).startswith("504")
    assert (await client.ask("AUTH SCRAM-SHA-1")).startswith("504")


# -- the time before it
@pytest.mark.parametrize("door", ["submission", "smtps"])
async def test_one_signs_in_within_a_minute(open_door: OpenDoor, context: ssl.SSLContext, door: str) -> None:
    place = await open_door(door, SmtpSettings(before_login_seconds=0.1))
    client = await place.call(context if door == "smtps" else None)
    assert (await client.reply()).startswith("220")
    assert (await client.reply()).startswith("421 4.7.0 Nobody signed in")
    assert await client.reply() == CLOSED
    await place.visit.ended.wait()
    assert place.visit.why == "did not sign in"


async def test_activity_does_not_lengthen_it(open_door: OpenDoor) -> None:
    place = await open_door("submission", SmtpSettings(before_login_seconds=0.1, junk_commands=10**9))
    client = await place.call()
    await client.reply()
    while (said := await client.ask("NOOP")).startswith("250"):
        await place.turn()
    assert said.startswith("421 4.7.0 Nobody signed in")


async def test_whoever_signed_in_has_all_the_time(open_door: OpenDoor, context: ssl.SSLContext) -> None:
    """Also when it took a while: a sign-in in hand is waited for."""
    place = await open_door("smtps", SmtpSettings(before_login_seconds=0.5), waiting="sign_in")
    client = await place.call(context)
    await client.reply()
    await client.ask(HELLO[:-2])
    client.send(b"AUTH PLAIN " + coded(f"\0{USER}\0{PASSWORD}".encode()).encode() + b"\r\n")
    await place.visit.entered.wait()
    other = await place.call(context)
    await other.play("S: 220 *\nS: 421 4.7.0 *\nS: <closed>")
    place.visit.let_go.set()
    assert (await client.reply()).startswith("235")
    assert (await client.ask("NOOP")).startswith("250")


async def test_operators_need_not_sign_in(open_door: OpenDoor) -> None:
    place = await open_door("mx", SmtpSettings(before_login_seconds=0.0))
    client = await place.call()
    await client.play("S: 220 *\nC: EHLO x\nS: 250-*\nC: NOOP\nS: 250 *")
