"""One connection of an SMTP door: the socket side of a Dialogue.

The class is aiosmtpd's ``SMTP`` with its stream reader and command loop replaced: all complete lines of the input are
handled before the loop gets its turn back, and their replies leave in one write. aiosmtpd's loop waits once per line,
and so costs three times as much per message. Of aiosmtpd stay the class, ``Session`` and ``Envelope``; nothing private
is used.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, cast

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Session as Facts

from simulator.model.certificate import TlsFacts
from simulator.model.reply import Reply
from simulator.smtp import replies
from simulator.smtp.dialogue import Dialogue
from simulator.smtp.reader import Flaw, Lines
from simulator.smtp.settings import SmtpSettings
from simulator.smtp.tally import Answer
from simulator.smtp.visit import Visit
from simulator.wire import Channel, Room


class SmtpSession(SMTP):
    """Receives octets, asks the dialogue, writes replies; minds time, back-pressure and the end."""

    _wire: Channel
    _dialogue: Dialogue
    _awaited: Coroutine[Any, Any, bytes]

    def __init__(self, door: str, visits: Callable[[str], Visit], settings: SmtpSettings, room: Room,
                 sessions: set[SmtpSession], left: Callable[[], None]) -> None:
        """``visits`` gives the Visit for a client's address, ``room`` is for messages in hand.

        The session is in ``sessions`` from greeting to end, and calls ``left`` when it has gone.
        """
        loop = asyncio.get_running_loop()
        super().__init__(None, hostname=settings.hostname, enable_SMTPUTF8=True, loop=loop)
        self._door = door
        self._visits = visits
        self._settings = settings
        self._room = room
        self._sessions = sessions
        self._left = left
        self._lines = Lines(settings.line_octets, settings.auth_octets, settings.line_drain)
        self._out: list[bytes] = []
        self._in_hand: asyncio.Task[None] | None = None
        self._again: asyncio.Handle | None = None
        self._stalled = False
        self._reading = True
        self._ended = False
        self._lost = False
        self._eof = False
        self._why = "closed by the client"
        self._last_words: Reply | None = None
        self._deadline = 0.0
        self._text_deadline = 0.0
        self._sign_in_by = math.inf if door == "mx" else loop.time() + settings.before_login_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._timer_due = 0.0

    # Called by the transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport = transport
        self._wire = cast(Channel, transport)
        peer = transport.get_extra_info("peername")
        self.session = Facts(self.loop)
        self.session.peer = peer
        client = peer[0] if peer else ""
        self._dialogue = Dialogue(self._door, self._visits(client), self.session, self._settings,
                                  behind=self._behind, secure=self._secure, share=self._room.share(client))
        self._sessions.add(self)
        self._heard()
        self._set_timer()
        try:
            self._out.append(self._dialogue.greeting(transport.get_extra_info("tls")))
        except Exception as error:
            self._out.append(self._dialogue.failed(error))
            self._dialogue.tally.ending = True
        self._go_on()

    def data_received(self, data: bytes) -> None:
        """Input; handled at once unless a command is in hand."""
        if self._ended:
            return
        self._lines.add(data)
        if self._held_up():
            self._mind_reading()
        else:
            self._run()

    def eof_received(self) -> bool:
        """The client has said all it will say; it still gets its answers."""
        self._eof = True
        if not self._held_up():
            self._end()
        return True

    def pause_writing(self) -> None:
        """The client does not read its replies: do nothing more for it."""
        self._stalled = True
        self._mind_reading()
        self._deadline = self.loop.time() + self._settings.stall_seconds
        self._set_timer()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._stalled = False
        self._heard()
        if not self._held_up():
            self._run()

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody listens any more. A message being stored is stored nevertheless."""
        self._lost = self._ended = True
        if error is not None:
            self._why = "connection broken"
        if self._timer is not None:
            self._timer.cancel()
        if self._again is not None:
            self._again.cancel()
        if self._in_hand is None:
            self._leave()
        elif not self._dialogue.storing:
            self._in_hand.cancel()
            self._in_hand.add_done_callback(self._given_up)

    # Called by the door.

    def farewell(self, words: Reply) -> None:
        """Say ``words`` and end, after the command in hand if there is one."""
        self._last_words = words
        self._why = "closed by the simulator"
        if self._in_hand is None and not self._ended:
            self._end()

    # Input to replies.

    def _run(self) -> None:
        """Handle what has come, as far as it is complete; other connections get their turn after a batch."""
        left = self._settings.batch
        while left and not self._dialogue.tally.ending:
            answer = self._next_answer()
            if answer is None:
                break
            self._heard()
            left -= 1
            if not isinstance(answer, bytes):
                self._flush()
                self._awaited = answer
                self._in_hand = self.loop.create_task(self._wait_for(answer))
                break
            self._out.append(answer)
        if not left:
            self._again = self.loop.call_soon(self._run_again)
        self._go_on()

    def _run_again(self) -> None:
        self._again = None
        if not self._held_up():
            self._run()

    def _next_answer(self) -> Answer | None:
        dialogue = self._dialogue
        try:
            if dialogue.text is not None:
                return self._read_text()
            line = self._lines.next(dialogue.signing.exchange is not None)
            if line is None:
                return None
            if isinstance(line, Flaw):
                answer: Answer = dialogue.flawed_line(line, self._lines.flawed)
            else:
                answer = dialogue.line(line)
        except Exception as error:
            return dialogue.failed(error)
        if dialogue.text is not None and dialogue.text.begins:
            self._text_deadline = self.loop.time() + self._settings.message_seconds
        return answer

    def _read_text(self) -> Answer | None:
        text = self._dialogue.text
        if text is None or not (data := self._lines.take(text.wanted)):
            return None
        rest = text.feed(data)
        if rest is None and text.flaw is not Flaw.ENDLESS:
            self._heard(until=self._text_deadline)
            return None
        if rest:
            self._lines.add(rest)
        return self._dialogue.end_of_text(text)

    async def _wait_for(self, coroutine: Coroutine[Any, Any, bytes]) -> None:
        try:
            answer = await coroutine
        except asyncio.CancelledError:
            self._in_hand = None
            self._wire.abort()
            raise
        except Exception as error:
            answer = self._dialogue.failed(error)
        self._in_hand = None
        if self._lost:
            self._leave()
        if self._ended:
            return
        self._out.append(answer)
        self._heard()
        if self._last_words is not None or self._dialogue.tally.ending:
            self._go_on()
        elif not self._stalled:
            self._run()

    def _held_up(self) -> bool:
        """True while further input has to wait."""
        return self._in_hand is not None or self._again is not None or self._stalled or self._ended

    # Output, back-pressure, end.

    def _go_on(self) -> None:
        """After a batch: write, then end or read on."""
        if self._dialogue.tally.ending and self._in_hand is None:
            self._end()
            return
        self._flush()
        parting = self._last_words is not None and self._in_hand is None
        if parting or (self._eof and not self._held_up()):
            self._end()
        else:
            self._mind_reading()

    def _flush(self) -> None:
        out = self._out
        if out:
            self._wire.write(out[0] if len(out) == 1 else b"".join(out))
            out.clear()

    def _mind_reading(self) -> None:
        """Pause reading while the client does not read itself, or sends more than may be held."""
        wanted = not self._stalled and (len(self._lines) <= self._settings.held_octets or not self._held_up())
        if wanted != self._reading and not self._ended:
            self._reading = wanted
            if wanted:
                self._wire.resume_reading()
            else:
                self._wire.pause_reading()

    def _end(self) -> None:
        if self._ended:
            return
        if self._last_words is not None and not self._dialogue.tally.ending:
            self._out.append(self._last_words.encode())
        if self._dialogue.tally.ending and self._last_words is None:
            self._why = "ended by the dialogue"
        self._flush()
        self._ended = True
        self._lines.clear()
        self._wire.close()

    def _given_up(self, _task: asyncio.Task[None]) -> None:
        self._awaited.close()
        self._leave()

    def _leave(self) -> None:
        # The session is part of a cycle: a half-received message goes now, not at the next collection.
        self._lines.clear()
        self._dialogue.text = None
        self._dialogue.chunks.forget()
        self._sessions.discard(self)
        self._left()
        self._dialogue.visit.gone(self._why)

    # TLS.

    def _behind(self) -> bool:
        return len(self._lines) > 0 or self._wire.buffered > 0

    async def _secure(self) -> TlsFacts:
        """Invite to the handshake and make it."""
        self._wire.write(replies.START_TLS)
        return await self._wire.start_tls()

    # Time: one timer, set anew when it goes off, or when it would go off too late.

    def _heard(self, until: float = math.inf) -> None:
        deadline = min(self.loop.time() + self._settings.idle_seconds, until)
        if self._sign_in_by < deadline and not self._dialogue.facts.authenticated:
            deadline = self._sign_in_by
        self._deadline = deadline
        if self._timer is not None and deadline < self._timer_due:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = self._deadline
        self._timer = self.loop.call_at(self._deadline, self._look_at_time)

    def _look_at_time(self) -> None:
        now = self.loop.time()
        if self._in_hand is not None and not self._stalled:
            # Our own slowness is not the client's.
            self._deadline = now + self._settings.idle_seconds
        if now < self._deadline:
            self._set_timer()
        elif self._stalled or self._ended:
            self._why = "does not read its replies"
            self._ended = True
            self._wire.abort()
        elif self._sign_in_by <= now and not self._dialogue.facts.authenticated:
            self.farewell(replies.SIGN_IN_SOONER)
            self._why = "did not sign in"
        else:
            self.farewell(replies.TOO_SLOW)
            self._why = "too slow"
