"""The relay's side of the ``mx`` door: one session with the next operator, message after message.

The peer must prove itself as we do: its certificate is good and its DN is one that the whitelist gives for the domain.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from simulator.model.reply import Reply
from simulator.outbox import CannotReach, Handed
from simulator.store.interface import QueuedRelay
from simulator.wire.client import Stream, dial
from simulator.wire.contexts import ClientTls
from simulator.wire.failure import TlsFailed

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\s+")
_MAIL_PARAMETERS = ("BODY", "SMTPUTF8", "REQUIRETLS")
_DSN_MAIL = ("RET", "ENVID")
_DSN_RCPT = ("NOTIFY", "ORCPT")
_MAX_REPLY_LINES = 100


@dataclass(frozen=True, slots=True)
class Hop:
    """A host that takes mail for a domain."""

    host: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Route:
    """What the application knows for the carrier."""

    find: Callable[[str], Awaitable[Sequence[Hop]]]
    """Hosts for a domain, preferred first; raises CannotReach."""
    identity: Callable[[str], ClientTls]
    """What an operator presents."""
    hello: Callable[[str], str]
    """The name an operator says in EHLO."""
    listed_dns: Callable[[str], Sequence[str]]
    """Certificate DNs that the whitelist gives for a domain."""
    connect_timeout: float = 10.0
    reply_timeout: float = 60.0


class Session:
    """An open session with a peer, past EHLO inside TLS."""

    def __init__(self, stream: Stream, host: str, extensions: dict[str, str], timeout: float) -> None:
        self._stream = stream
        self._host = host
        self._extensions = extensions
        self._timeout = timeout
        self._mails_left = _limit_on_mails(extensions)

    async def hand_over(self, relay: QueuedRelay, body: bytes) -> Handed:
        """Give one message for one recipient. Raises OSError or TimeoutError when the session breaks."""
        unfit = self._unfit(relay, body)
        if unfit is not None:
            return Handed(unfit, self._host)
        envelope = [self._mail(relay, body), self._rcpt(relay), "DATA"]
        self._mails_left -= 1
        answers = await self._envelope(envelope)
        bad = next((answer for answer in answers if answer.is_refusal), None)
        if len(answers) == len(envelope) and answers[-1].code == 354:
            # A peer that invites the text although it refused the recipient gets an empty one.
            self._stream.write(b".\r\n" if bad is not None else _stuffed(body))
            await self._stream.drain(timeout=self._timeout)
            final = await self._reply()
        else:
            final = answers[-1]
        answer = bad or final
        reusable = answer.code != 421 and self._mails_left > 0
        if bad is not None and reusable:
            await self._say("RSET")
        return Handed(answer, self._host, "DSN" in self._extensions, reusable=reusable)

    async def close(self) -> None:
        """Say goodbye without waiting long for the answer."""
        try:
            self._stream.write(b"QUIT\r\n")
            await self._reply(timeout=2.0)
        except (OSError, TimeoutError):
            pass
        self._stream.close()
        await self._stream.wait_closed()

    async def _envelope(self, commands: list[str]) -> list[Reply]:
        """Answers up to the first refusal; the commands go out together where the peer allows (RFC 2920)."""
        if "PIPELINING" in self._extensions:
            self._stream.write("".join(f"{command}\r\n" for command in commands).encode())
            return [await self._reply() for _ in commands]
        answers: list[Reply] = []
        for command in commands:
            answers.append(await self._say(command))
            if answers[-1].is_refusal:
                break
        return answers

    async def _say(self, command: str) -> Reply:
        self._stream.write(f"{command}\r\n".encode())
        return await self._reply()

    async def _reply(self, *, timeout: float | None = None) -> Reply:
        return await _read_reply(self._stream, timeout or self._timeout)

    def _mail(self, relay: QueuedRelay, body: bytes) -> str:
        words = [f"MAIL FROM:<{relay.sender}>"]
        if "SIZE" in self._extensions:
            words.append(f"SIZE={len(body)}")
        if not body.isascii() and "BODY" not in relay.options:
            # The client forgot to say so; the next host is told (RFC 6152 3).
            words.append("BODY=8BITMIME")
        allowed = [*_MAIL_PARAMETERS, *(_DSN_MAIL if "DSN" in self._extensions else ())]
        return " ".join([*words, *_parameters(relay, allowed)])

    def _rcpt(self, relay: QueuedRelay) -> str:
        allowed = _DSN_RCPT if "DSN" in self._extensions else ()
        return " ".join([f"RCPT TO:<{relay.recipient}>", *_parameters(relay, allowed)])

    def _unfit(self, relay: QueuedRelay, body: bytes) -> Reply | None:
        """What can be told without asking the peer."""
        limit = self._extensions.get("SIZE", "")
        if limit.isdecimal() and 0 < int(limit) < len(body):
            return Reply(552, "5.3.4", (f"{self._host} takes {limit} octets, the message has {len(body)}",))
        if "REQUIRETLS" in relay.options and "REQUIRETLS" not in self._extensions:
            # The certificate is checked for every message; what is missing is the promise to pass the demand on.
            return Reply(550, "5.7.30", (f"{self._host} does not announce REQUIRETLS, which the sender demands",))
        if "SMTPUTF8" in relay.options and "SMTPUTF8" not in self._extensions:
            return Reply(550, "5.6.7", (f"{self._host} does not take internationalised addresses",))
        if not body.isascii() and "8BITMIME" not in self._extensions:
            return Reply(550, "5.6.3", (f"{self._host} does not take 8-bit text",))
        if body.count(b"\n") != body.count(b"\r\n") or body.count(b"\r") != body.count(b"\r\n"):
            return Reply(550, "5.6.0", ("The message holds a bare CR or LF and is not passed on",))
        return None


class Carrier:
    """Opens sessions in the name of operators."""

    def __init__(self, route: Route) -> None:
        self._route = route

    async def connect(self, operator: str, domain: str) -> Session:
        """Reach a host of ``domain`` and prove both sides. Raises CannotReach, with the last host's reason."""
        failure = CannotReach(f"no host takes mail for {domain}")
        for hop in await self._route.find(domain):
            try:
                return await self._open(operator, domain, hop)
            except CannotReach as problem:
                failure = problem
            except TlsFailed as problem:
                failure = CannotReach(f"no TLS with {hop.host}: {problem}", status="4.7.5")
            except (OSError, TimeoutError, EOFError) as problem:
                failure = CannotReach(f"{hop.host} is not reached: {problem or type(problem).__name__}")
        raise failure

    async def _open(self, operator: str, domain: str, hop: Hop) -> Session:
        stream = await dial(hop.address, hop.port, timeout=self._route.connect_timeout)
        try:
            return await self._greet(stream, operator, domain, hop)
        except BaseException:
            stream.close()
            await asyncio.shield(stream.wait_closed())
            raise

    async def _greet(self, stream: Stream, operator: str, domain: str, hop: Hop) -> Session:
        timeout = self._route.reply_timeout
        hello = f"EHLO {self._route.hello(operator)}"
        _must_accept(await _read_reply(stream, timeout), hop)
        first = await _ask(stream, hello, timeout)
        _must_accept(first, hop)
        if "STARTTLS" not in _extensions(first):
            raise CannotReach(f"{hop.host} does not offer STARTTLS, mail never travels in clear", status="4.7.4")
        _must_accept(await _ask(stream, "STARTTLS", timeout), hop)
        facts = await stream.start_tls(self._route.identity(operator), hop.host)
        if not facts.peer.is_good:
            raise CannotReach(
                f"the certificate of {hop.host} is refused: {facts.peer.worth} ({facts.peer.reason})", status="4.7.5"
            )
        if facts.peer.subject not in self._route.listed_dns(domain):
            raise CannotReach(f"the whitelist does not give {facts.peer.subject} for {domain}", status="4.7.5")
        second = await _ask(stream, hello, timeout)
        _must_accept(second, hop)
        return Session(stream, hop.host, _extensions(second), timeout)


async def _ask(stream: Stream, command: str, timeout: float) -> Reply:
    stream.write(f"{command}\r\n".encode())
    return await _read_reply(stream, timeout)


async def _read_reply(stream: Stream, timeout: float) -> Reply:
    """One reply, all its lines (RFC 5321 4.2.1). Raises ConnectionError when it is not one."""
    lines: list[str] = []
    status = ""
    while True:
        raw = (await stream.readline(timeout=timeout)).decode("ascii", "replace").rstrip("\r\n")
        if len(lines) == _MAX_REPLY_LINES or not re.match(r"[2-5]\d\d(?:[ -]|$)", raw):
            raise ConnectionError(f"the peer's answer is not an SMTP reply: {raw[:80]!r}")
        text = raw[4:]
        if found := _STATUS.match(text):
            status, text = found[1], text[found.end() :]
        lines.append(text)
        if raw[3:4] != "-":
            return Reply(int(raw[:3]), status, tuple(lines))


def _extensions(greeting: Reply) -> dict[str, str]:
    """Keywords of an EHLO reply with their parameters."""
    words = (line.partition(" ") for line in greeting.lines[1:])
    return {keyword.upper(): parameters for keyword, _, parameters in words}


def _limit_on_mails(extensions: dict[str, str]) -> float:
    """MAIL commands that the peer takes in one session (RFC 9422 4.1). Its RCPTMAX is at least our one recipient."""
    found = re.search(r"(?:^| )MAILMAX=([1-9][0-9]{0,5})(?: |$)", extensions.get("LIMITS", ""), re.IGNORECASE)
    return int(found[1]) if found is not None else math.inf


def _must_accept(answer: Reply, hop: Hop) -> None:
    if answer.is_refusal:
        raise CannotReach(
            f"{hop.host} says {answer}", permanent=not answer.is_transient, status=answer.status or "4.3.2"
        )


def _parameters(relay: QueuedRelay, allowed: Sequence[str]) -> list[str]:
    chosen = ((name, relay.options[name]) for name in allowed if name in relay.options)
    return [f"{name}={value}" if value else name for name, value in chosen]


def _stuffed(body: bytes) -> bytes:
    """The text with its dots doubled and its end (RFC 5321 4.5.2)."""
    text = body.replace(b"\r\n.", b"\r\n..")
    if text.startswith(b"."):
        text = b"." + text
    return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")
