"""The relay's side of a session, against peers that follow a script over real TLS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from simulator.model.certificate import Use
from simulator.outbox import CannotReach
from simulator.pki.authority import Authority
from simulator.pki.keys import KeyType
from simulator.pki.leaves import Issued
from simulator.pki.requests import ServerRequest
from simulator.smtp.carrier import Carrier, Hop, Route, Session
from simulator.store.interface import QueuedRelay
from simulator.wire.contexts import ClientTls, ServerTls
from simulator.wire.listener import Gate, Listener

pytestmark = [pytest.mark.sockets]

DOMAIN = "pharmacie.bfc.mssante.fr"
HOST = "mx.bfc.mssante.fr"
LETTER = b"Subject: x\r\n\r\n.a line with a dot\r\n\xc3\xa9\r\n"
FULL = ("PIPELINING", "SIZE 10000", "8BITMIME", "SMTPUTF8", "DSN")


class Peer(asyncio.Protocol):
    """Answers each verb from a script; keeps what it was told."""

    def __init__(self, script: dict[str, str], extensions: tuple[str, ...], said: list[bytes], starttls: bool) -> None:
        self._script, self._extensions, self._said, self._starttls = script, extensions, said, starttls
        self._buffer = b""
        self._text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._write("220 peer")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer:
            end = b"\r\n.\r\n" if self._text and not self._buffer.startswith(b".\r\n") else b"\r\n"
            piece, found, rest = self._buffer.partition(end)
            if not found:
                return
            self._buffer = rest
            self._said.append(piece + (found if self._text else b""))
            self._answer("TEXT" if self._text else piece.split()[0].decode().upper(), piece)

    def _answer(self, verb: str, line: bytes) -> None:
        self._text = False
        answer = self._script.get(verb, "250 2.0.0 ok")
        if answer == "drop":
            self._transport.abort()  # type: ignore[attr-defined]
            return
        if verb == "EHLO":
            secure = self._transport.get_extra_info("tls") is not None
            words = self._extensions if secure else (("STARTTLS",) if self._starttls else ())
            for word in ("peer", *words)[:-1] if words else ():
                self._write(f"250-{word}")
            answer = f"250 {words[-1] if words else 'peer'}"
        elif verb == "STARTTLS":
            self._write("220 2.0.0 go")
            self._pending = asyncio.ensure_future(self._transport.start_tls())  # type: ignore[attr-defined]
            return
        elif verb == "DATA" and "DATA" not in self._script:
            answer = "354 go"
        self._text = answer.startswith("354")
        self._write(answer)

    def _write(self, line: str) -> None:
        self._transport.write(line.encode() + b"\r\n")  # type: ignore[attr-defined]


class Bench:
    """An authority, one peer and a carrier toward it."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.said: list[bytes] = []
        self.listed = [self.server(HOST).subject]

    def server(self, host: str) -> Issued:
        return self.authority.ensure(host, self.request(host))

    @staticmethod
    def request(host: str) -> ServerRequest:
        return ServerRequest(host, (host,), (), "GRADES TEST", "399990001200017", "Doubs (25)")

    @asynccontextmanager
    async def carrier(self, script: dict[str, str] | None = None, *, extensions: tuple[str, ...] = FULL,
                      starttls: bool = True, issued: Issued | None = None) -> AsyncIterator[Carrier]:
        """A carrier toward a peer of this script."""
        judge = partial(self.authority.judge, resumed=False)
        identity = (issued or self.server(HOST)).credentials
        tls = ServerTls(identity, {}, judge, ())
        factory: Callable[[], asyncio.Protocol] = lambda: Peer(script or {}, extensions, self.said, starttls)  # noqa: E731
        listener = Listener("127.0.0.1", 0, factory, tls, gate=Gate())
        await listener.start()

        async def find(domain: str) -> list[Hop]:
            assert domain == DOMAIN
            return [Hop(HOST, "127.0.0.1", listener.port)]

        own = ClientTls(self.server("mx.mailiz.mssante.fr").credentials, judge)
        route = Route(find, lambda _: own, lambda name: f"mx.{name}.mssante.fr", lambda _: self.listed, 10, 10)
        try:
            yield Carrier(route)
        finally:
            await listener.stop()
            await listener.close_all(1)

    @asynccontextmanager
    async def session(self, script: dict[str, str] | None = None, *, extensions: tuple[str, ...] = FULL,
                      starttls: bool = True, issued: Issued | None = None) -> AsyncIterator[Session]:
        """An open session with that peer."""
        async with self.carrier(script, extensions=extensions, starttls=starttls, issued=issued) as carrier:
            session = await carrier.connect("mailiz", DOMAIN)
            try:
                yield session
            finally:
                await session.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    folder: Path = tmp_path_factory.mktemp("pki")
    yield Authority.open(folder, lambda: datetime.now(UTC), KeyType.ECDSA_P256)


@pytest.fixture
def bench(authority: Authority) -> Bench:
    return Bench(authority)


def relay(**options: str) -> QueuedRelay:
    return QueuedRelay(1, "mailiz", "paul@medecin.mssante.fr", f"team@{DOMAIN}", b"", options=options)


async def test_a_letter_arrives_with_its_dots_doubled_and_its_parameters(bench: Bench) -> None:
    async with bench.session() as session:
        handed = await session.hand_over(relay(RET="HDRS", ENVID="x1", NOTIFY="SUCCESS", BODY="8BITMIME"), LETTER)
    assert (handed.reply.code, handed.peer, handed.announces_dsn, handed.reusable) == (250, HOST, True, True)
    mail, rcpt, data, text = bench.said[3:7]
    assert mail == b"MAIL FROM:<paul@medecin.mssante.fr> SIZE=%d BODY=8BITMIME RET=HDRS ENVID=x1" % len(LETTER)
    assert rcpt == b"RCPT TO:<team@pharmacie.bfc.mssante.fr> NOTIFY=SUCCESS"
    assert data == b"DATA"
    assert text == b"Subject: x\r\n\r\n..a line with a dot\r\n\xc3\xa9\r\n.\r\n"
    assert bench.said[0] == b"EHLO mx.mailiz.mssante.fr"


async def test_a_plain_peer_is_asked_step_by_step_and_gets_no_parameters(bench: Bench) -> None:
    async with bench.session(extensions=()) as session:
        handed = await session.hand_over(relay(NOTIFY="SUCCESS"), b"Subject: x\r\n\r\nascii\r\n")
    assert handed.reply.code == 250
    assert not handed.announces_dsn
    assert b"RCPT TO:<team@pharmacie.bfc.mssante.fr>" in bench.said


@pytest.mark.parametrize(("script", "code", "status"), [
    ({"MAIL": "550 5.7.1 no"}, 550, "5.7.1"),
    ({"RCPT": "550-5.1.1 nobody\r\n550 5.1.1 here", "DATA": "554 5.5.1 no recipients"}, 550, "5.1.1"),
    ({"RCPT": "452 4.2.2 full"}, 452, "4.2.2"),
    ({"TEXT": "451 4.3.0 later"}, 451, "4.3.0"),
    ({"DATA": "421 4.3.2 bye"}, 421, "4.3.2"),
])
async def test_a_refusal_is_told_with_its_code_and_the_session_is_kept_in_step(
        bench: Bench, script: dict[str, str], code: int, status: str) -> None:
    script = dict(script)
    async with bench.session(script) as session:
        handed = await session.hand_over(relay(), LETTER)
        assert (handed.reply.code, handed.reply.status) == (code, status)
        assert handed.reusable is (code != 421)
        if handed.reusable:
            script.clear()
            assert (await session.hand_over(relay(), LETTER)).reply.code == 250


async def test_a_lost_answer_is_a_broken_session(bench: Bench) -> None:
    async with bench.session({"TEXT": "drop"}) as session:
        with pytest.raises(OSError):
            await session.hand_over(relay(), LETTER)


@pytest.mark.parametrize(("extensions", "body", "options", "status"), [
    (("SIZE 10",), LETTER, {}, "5.3.4"),
    (("SIZE 10000",), LETTER, {}, "5.6.3"),
    (FULL, b"Subject: x\r\n\r\nbare\nline\r\n", {}, "5.6.0"),
    (("8BITMIME",), LETTER, {"SMTPUTF8": ""}, "5.6.7"),
    (FULL, LETTER, {"REQUIRETLS": ""}, "5.7.30"),
])
async def test_what_the_peer_cannot_take_is_refused_without_asking(
        bench: Bench, extensions: tuple[str, ...], body: bytes, options: dict[str, str], status: str) -> None:
    async with bench.session(extensions=extensions) as session:
        handed = await session.hand_over(relay(**options), body)
    assert handed.reply.status == status
    assert not any(line.startswith(b"MAIL") for line in bench.said)


async def test_a_demand_for_tls_is_passed_on_and_eight_bit_text_is_declared(bench: Bench) -> None:
    async with bench.session(extensions=(*FULL, "REQUIRETLS")) as session:
        assert (await session.hand_over(relay(REQUIRETLS=""), LETTER)).reply.code == 250
    words = bench.said[3].split()
    assert words.count(b"REQUIRETLS") == 1 and words.count(b"BODY=8BITMIME") == 1


@pytest.mark.parametrize("limits", ["RCPTMAX=1 MAILMAX=2", "mailmax=2", "X=y MAILMAX=2 RCPTDOMAINMAX=1"])
async def test_a_session_carries_as_many_mails_as_the_peer_takes(bench: Bench, limits: str) -> None:
    """RFC 9422 4.1. A refused mail counts too."""
    script = {"RCPT": "550 5.1.1 no"}
    async with bench.session(script, extensions=(*FULL, f"LIMITS {limits}")) as session:
        assert (await session.hand_over(relay(), LETTER)).reusable
        script.clear()
        handed = await session.hand_over(relay(), LETTER)
        assert (handed.reply.code, handed.reusable) == (250, False)


@pytest.mark.parametrize("limits", ["RCPTMAX=1", "", "MAILMAX=0", "MAILMAX=x", "XMAILMAX=1"])
async def test_other_limits_end_no_session(bench: Bench, limits: str) -> None:
    async with bench.session(extensions=(*FULL, f"LIMITS {limits}")) as session:
        for _ in range(3):
            assert (await session.hand_over(relay(), LETTER)).reusable


async def test_mail_never_travels_in_clear(bench: Bench) -> None:
    with pytest.raises(CannotReach, match="does not offer STARTTLS"):
        async with bench.session(starttls=False):
            pass


async def test_a_peer_off_the_whitelist_gets_nothing(bench: Bench) -> None:
    bench.listed = ["CN=another,C=FR"]
    with pytest.raises(CannotReach, match=r"the whitelist does not give CN=mx\.bfc\.mssante\.fr") as refused:
        async with bench.session():
            pass
    assert (refused.value.permanent, refused.value.status) == (False, "4.7.5")


async def test_a_peer_with_an_expired_certificate_gets_nothing(bench: Bench) -> None:
    long_ago = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
    old = bench.authority.issue(bench.request(HOST), not_before=long_ago[0], not_after=long_ago[1])
    with pytest.raises(CannotReach, match="expired"):
        async with bench.session(issued=old):
            pass
    assert bench.authority.judge((), Use.SERVER).worth == "none"


async def test_a_silent_place_is_not_reached(bench: Bench) -> None:
    async def nowhere(_: str) -> list[Hop]:
        return [Hop(HOST, "127.0.0.1", 1)]

    judge = partial(bench.authority.judge, resumed=False)
    own = ClientTls(bench.server(HOST).credentials, judge)
    carrier = Carrier(Route(nowhere, lambda _: own, lambda name: name, lambda _: [], 5, 5))
    with pytest.raises(CannotReach, match="is not reached"):
        await carrier.connect("mailiz", DOMAIN)
