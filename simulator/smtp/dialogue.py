"""The conversation, without the socket: each command becomes one call on the Visit, each Verdict one reply.

No policy here. What needs time (AUTH, the end of a text, STARTTLS) is given back as a coroutine for the session to run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session as Facts

from simulator.model.certificate import TlsFacts
from simulator.model.reply import Reply, reply
from simulator.rules.verdict import Verdict
from simulator.smtp import replies, syntax
from simulator.smtp.chunking import Chunking
from simulator.smtp.reader import Chunk, Flaw, Text
from simulator.smtp.settings import SmtpSettings
from simulator.smtp.signing import Signing
from simulator.smtp.tally import Answer, Tally
from simulator.smtp.visit import Visit
from simulator.wire import Share, TlsFailed


class Dialogue:
    """Speaks with one client. The session feeds it, and looks at its public attributes afterwards."""

    def __init__(self, door: str, visit: Visit, facts: Facts, settings: SmtpSettings, *,
                 behind: Callable[[], bool], secure: Callable[[], Awaitable[TlsFacts]], share: Share) -> None:
        """``behind`` tells whether input follows the command in hand, ``secure`` makes the TLS handshake.

        ``share`` is of the room for messages in hand.
        """
        self.door = door
        self.visit = visit
        self.facts = facts
        self.envelope = Envelope()
        self.tally = Tally(visit, settings)
        self.signing = Signing(door, visit, facts, self.tally)
        self.chunks = Chunking(self.tally, settings, share)
        self.text: Text | Chunk | None = None
        """What is being received: a message between 354 and its end, or a chunk behind BDAT."""
        self.storing = False
        """True while a message is in the hands of the Visit: that must not be cancelled."""
        self._settings = settings
        self._behind = behind
        self._secure = secure
        self._share = share
        self._tls: TlsFacts | None = None
        self._barred: Reply | None = None

    # What the session feeds.

    def greeting(self, tls: TlsFacts | None) -> bytes:
        """The first line; ``tls`` on a door that starts with the handshake."""
        if tls is not None:
            self._note_tls(tls)
        if self._barred is not None:
            return self._barred.encode()
        return f"220 {self._settings.hostname} ESMTP mssante-simulator\r\n".encode()

    def line(self, line: bytes) -> Answer:
        """A complete command line without its end, or the answer to a challenge."""
        spent = self.tally.command()
        if spent is not None:
            return spent
        if self.signing.exchange is not None:
            return self.signing.line(line, self.signing.exchange)
        name, _, rest = line.partition(b" ")
        name = name.upper()
        command = _COMMANDS.get(name)
        self.tally.verb = name.decode() if command is not None else ""
        refused = self._out_of_bounds(name, len(line))
        if command is None or refused is not None:
            return refused or self.tally.refuse(replies.UNKNOWN_COMMAND)
        try:
            argument = rest.decode().strip(" ")
        except UnicodeDecodeError:
            return self.chunks.out_of_step() if name == b"BDAT" else self.tally.refuse(replies.NOT_UTF8)
        return command(self, argument)

    def _out_of_bounds(self, name: bytes, length: int) -> bytes | None:
        if name in _FOREIGN:
            return self.tally.hang_up(replies.NOT_SMTP, "not-smtp")
        if self._barred is not None and name not in (b"QUIT", b"BDAT"):
            return self.tally.refuse(self._barred)
        if name in _JUNK and (spent := self.tally.junk()) is not None:
            return spent
        # The reader has measured AUTH.
        if length + 2 > self._settings.command_octets + _EXTRA.get(name, 0) and name != b"AUTH":
            return self.chunks.out_of_step() if name == b"BDAT" else self.tally.refuse(replies.LINE_TOO_LONG)
        return None

    def flawed_line(self, flaw: Flaw, start: bytes) -> bytes:
        """A line that is none, and how it begins. It also ends an exchange of AUTH."""
        distrusted = self.signing.give_up()
        self.tally.verb = ""
        words, rule = replies.LINE_FLAWS[flaw]
        if flaw is Flaw.ENDLESS or distrusted:
            return self.tally.hang_up(words, rule)
        return self.chunks.out_of_step() if start.upper() == b"BDAT " else self.tally.refuse(words, rule)

    def end_of_text(self, text: Text | Chunk) -> Answer:
        """The text has ended, or goes on beyond all bounds."""
        self.text = None
        if isinstance(text, Chunk):
            return self._end_of_chunk(text)
        return self._flawed_text(text.flaw) if text.flaw is not None else self._take(text.content)

    def _take(self, content: bytes) -> Answer:
        self.storing = True
        return self._store(content)

    def _flawed_text(self, flaw: Flaw) -> bytes:
        words, rule = replies.TEXT_FLAWS[flaw]
        self._drop()
        return self.tally.hang_up(words, rule) if flaw is Flaw.ENDLESS else self.tally.refuse(words, rule)

    def failed(self, error: Exception) -> bytes:
        """A command broke something of ours."""
        self.tally.ending |= self.signing.give_up()
        return self.tally.failed(error)

    # Commands, in the order of a session.

    def _ehlo(self, name: str) -> Answer:
        if not self._greet(name, True):
            return self.tally.refuse(replies.NAME_WANTED)
        offers = [self._settings.hostname, f"SIZE {self.visit.message_limit}",
                  "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING",
                  f"LIMITS RCPTMAX={min(self.visit.most_recipients, self._settings.recipients, _MOST_ANNOUNCED)}"]
        if self._tls is not None:
            offers.append("REQUIRETLS")
        if self._tls is None and self.door != "smtps" and self._settings.starttls:
            offers.append("STARTTLS")
        mechanisms = self.visit.mechanisms() if self._tls is not None else ()
        if mechanisms and self.door != "mx":
            offers.append("AUTH " + " ".join(mechanisms))
        return reply(250, "", *offers).encode()

    def _helo(self, name: str) -> Answer:
        if not self._greet(name, False):
            return self.tally.refuse(replies.NAME_WANTED)
        return reply(250, "", self._settings.hostname).encode()

    def _greet(self, name: str, extended: bool) -> bool:
        # Any one word: literals, underscores and names that do not exist are common, and prove nothing.
        if not name or " " in name or not name.isascii():
            return False
        self._drop()
        self.facts.host_name = name
        self.facts.extended_smtp = extended
        self.visit.greet(name, extended)
        return True

    def _starttls(self, argument: str) -> Answer:
        if argument:
            return self.tally.refuse(replies.NO_ARGUMENT)
        if self._tls is not None:
            return self.tally.refuse(replies.TLS_ALREADY)
        if not self._settings.starttls:
            return self.tally.refuse(replies.NOT_PROVIDED)
        if not self.facts.extended_smtp:
            return self.tally.refuse(replies.HELLO_FIRST)
        return self._handshake()

    async def _handshake(self) -> bytes:
        if self._behind():
            return self.tally.hang_up(replies.INJECTION, "starttls-injection")
        try:
            tls = await self._secure()
        except TlsFailed:
            self.tally.ending = True
            return b""
        # What was said in clear never counts (RFC 3207 4.2).
        self._drop()
        self.facts.host_name = None
        self.facts.extended_smtp = False
        self._note_tls(tls)
        return b""

    def _note_tls(self, tls: TlsFacts) -> None:
        self._tls = tls
        self.facts.ssl = {"tls": tls}
        verdict = self.visit.secured(tls)
        if verdict.reply is not None and verdict.refused:
            self._barred = verdict.reply

    def _auth(self, argument: str) -> Answer:
        return self.signing.begin(argument, self._tls, self.envelope.mail_from is not None)

    def _mail(self, argument: str) -> Answer:
        if self.facts.host_name is None:
            return self.tally.refuse(replies.HELLO_FIRST)
        if self.envelope.mail_from is not None:
            return self.tally.refuse(replies.SENDER_KNOWN)
        read = syntax.read_mail(argument, extended=self.facts.extended_smtp, may_sign_in=self.door != "mx",
                                secure=self._tls is not None)
        if isinstance(read, Reply):
            return self.tally.refuse(read)
        address, options = read
        if int(options.get("SIZE", "0")) > self.visit.message_limit:
            return self.tally.refuse(replies.TOO_BIG)
        verdict = self.visit.sender(address, options)
        if verdict.refused:
            return self.tally.refused(verdict)
        self.envelope.mail_from = "" if address is None else str(address)
        self.envelope.smtp_utf8 = "SMTPUTF8" in options
        return replies.SENDER_OK if verdict.reply is None else verdict.reply.encode()

    def _rcpt(self, argument: str) -> Answer:
        if self.envelope.mail_from is None:
            return self.tally.refuse(replies.MAIL_FIRST)
        read = syntax.read_rcpt(argument, extended=self.facts.extended_smtp, utf8=self.envelope.smtp_utf8)
        if isinstance(read, Reply):
            return self.tally.refuse(read)
        if self.chunks.open:
            return self.tally.refuse(replies.IN_CHUNKS)
        if len(self.envelope.rcpt_tos) >= self._settings.recipients:
            return self.tally.refused(Verdict(replies.TOO_MANY_RECIPIENTS))
        address, options = read
        verdict = self.visit.recipient(address, options)
        if verdict.refused:
            return self.tally.refused(verdict)
        self.envelope.rcpt_tos.append(str(address))
        return replies.RECIPIENT_OK if verdict.reply is None else verdict.reply.encode()

    def _data(self, argument: str) -> Answer:
        # DATA is the last command of a group (RFC 2920 3.1). What follows unasked would be taken for commands
        # if DATA were refused, and is how one message is hidden in another: whatever the door, it is not read.
        if self._behind():
            return self.tally.hang_up(replies.OUT_OF_STEP, "data-out-of-step")
        refusal = replies.NO_ARGUMENT if argument else self._no_text_now()
        if refusal is None and self.chunks.open:
            refusal = replies.IN_CHUNKS
        if refusal is not None:
            return self.tally.refuse(refusal)
        limit = self.visit.message_limit
        self.text = Text(limit, self._settings.text_line_octets, limit * self._settings.drain_factor, self._share)
        return replies.SEND_TEXT

    def _no_text_now(self) -> Reply | None:
        if self.envelope.mail_from is None:
            return replies.MAIL_FIRST
        return None if self.envelope.rcpt_tos else replies.RCPT_FIRST

    def _bdat(self, argument: str) -> Answer:
        refusal = self._barred or (None if self.facts.extended_smtp else replies.HELLO_FIRST) or self._no_text_now()
        chunk = self.chunks.begin(argument, self.visit.message_limit, refusal)
        if isinstance(chunk, bytes):
            return chunk
        if not chunk.wanted:
            return self._end_of_chunk(chunk)
        self.text = chunk
        return b""

    def _end_of_chunk(self, chunk: Chunk) -> Answer:
        if chunk.refusal is not None:
            if chunk.refusal in (replies.TOO_BIG, replies.NO_ROOM):
                self._drop()
            return self.chunks.refused(chunk, chunk.refusal)
        if not chunk.last:
            return replies.CHUNK_OK
        text = self.chunks.message()
        return self._flawed_text(text) if isinstance(text, Flaw) else self._take(text)

    async def _store(self, content: bytes) -> bytes:
        try:
            verdict = await self.visit.message(content)
        except Exception:
            self._drop()
            raise
        finally:
            self.storing = False
            self.chunks.forget()
            self.envelope = Envelope()
        if verdict.refused:
            return self.tally.refused(verdict)
        self.tally.mail()
        return (verdict.reply or replies.MESSAGE_OK).encode()

    def _rset(self, argument: str) -> Answer:
        if argument:
            return self.tally.refuse(replies.NO_ARGUMENT)
        self._drop()
        return replies.RESET_DONE

    def _noop(self, _argument: str) -> Answer:
        return replies.STILL_HERE

    def _vrfy(self, argument: str) -> Answer:
        return replies.CANNOT_VERIFY if argument else self.tally.refuse(replies.ARGUMENT_WANTED)

    def _expn(self, _argument: str) -> Answer:
        return self.tally.refuse(replies.NOT_PROVIDED)

    def _help(self, _argument: str) -> Answer:
        names = " ".join(name.decode() for name in _COMMANDS)
        return reply(214, "2.0.0", "Commands: " + names, "EHLO names the extensions; RFC 5321 says the rest").encode()

    def _quit(self, argument: str) -> Answer:
        if argument:
            return self.tally.refuse(replies.NO_ARGUMENT)
        self.tally.ending = True
        return replies.GOODBYE

    def _drop(self) -> None:
        """End a transaction that is under way."""
        self.chunks.forget()
        if self.envelope.mail_from is not None:
            self.envelope = Envelope()
            self.visit.reset()


_COMMANDS: Final[Mapping[bytes, Callable[[Dialogue, str], Answer]]] = {
    b"EHLO": Dialogue._ehlo,
    b"HELO": Dialogue._helo,
    b"STARTTLS": Dialogue._starttls,
    b"AUTH": Dialogue._auth,
    b"MAIL": Dialogue._mail,
    b"RCPT": Dialogue._rcpt,
    b"DATA": Dialogue._data,
    b"BDAT": Dialogue._bdat,
    b"RSET": Dialogue._rset,
    b"NOOP": Dialogue._noop,
    b"VRFY": Dialogue._vrfy,
    b"EXPN": Dialogue._expn,
    b"HELP": Dialogue._help,
    b"QUIT": Dialogue._quit,
}
_MOST_ANNOUNCED: Final = 999_999
"""RFC 9422 4 has room for six digits."""
_JUNK: Final = frozenset({b"EHLO", b"HELO", b"RSET", b"NOOP", b"VRFY", b"EXPN", b"HELP"})
_FOREIGN: Final = frozenset({b"GET", b"HEAD", b"POST", b"PUT", b"OPTIONS", b"CONNECT"})
"""A browser can be made to post to any port; its request must not be read on as commands."""
_EXTRA: Final[Mapping[bytes, int]] = {b"MAIL": syntax.MAIL_EXTRA, b"RCPT": syntax.RCPT_EXTRA}
"""Octets that the parameters add to the ordinary length."""
