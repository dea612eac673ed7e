"""One connection: a protocol on the socket below, an ``asyncio.Transport`` for the protocol above.

    socket transport  ->  Channel  ->  upper protocol (SMTP or IMAP session, relay stream)

In clear, bytes pass straight through. In TLS they go through an ``Engine``. Reading stops while the upper
protocol has paused it and while the peer does not take our answers, so memory stays bounded whatever it sends.
What the upper protocol writes inside one ``data_received`` leaves in one piece.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Coroutine, Iterable
from typing import cast

from simulator.model.certificate import TlsFacts
from simulator.wire.engine import Engine
from simulator.wire.failure import TlsFailed
from simulator.wire.handshake import CUT_SHORT, Handshake
from simulator.wire.linger import has_unread
from simulator.wire.outlet import Outlet
from simulator.wire.owner import Owner
from simulator.wire.records import Octets
from simulator.wire.stall import StallWatch
from simulator.wire.upper import Upper


class Channel(asyncio.Transport, asyncio.BufferedProtocol):
    """The transport an upper protocol gets, with ``start_tls``, ``buffered`` and the extra info ``tls``."""

    def __init__(self, owner: Owner) -> None:
        super().__init__()
        self._owner = owner
        self._view = memoryview(owner.intake)
        self._loop = asyncio.get_running_loop()
        self._upper = Upper(owner.upper, self._upper_broke)
        self._raw: asyncio.Transport
        self._watch: StallWatch
        self._out: Outlet
        self._engine: Engine | None = None
        self._handshake: Handshake | None = None
        self._secured: asyncio.Future[TlsFacts] | None = None
        self._held = bytearray()
        self._handing_over = False
        self._paused = False
        self._choked = False
        self._raw_paused = False
        self._ended = False
        self._end_told = False
        self._closing = False
        self._lingering: asyncio.TimerHandle | None = None
        self._why: Exception | None = None

    # For the upper protocol

    @property
    def client(self) -> str:
        """The peer's IP address as text."""
        peer = self._raw.get_extra_info("peername")
        return str(peer[0]) if peer else ""

    @property
    def tls(self) -> TlsFacts | None:
        """The facts of the finished handshake; None in clear."""
        return self._engine.facts if self._engine is not None else None

    @property
    def buffered(self) -> int:
        """Octets received in clear and not yet delivered; not zero at STARTTLS means something was injected."""
        return len(self._held)

    def start_tls(self) -> Coroutine[object, object, TlsFacts]:
        """Become the server side of a handshake, from this call on; await the result for its facts.

        Octets received in clear and not yet delivered are discarded. What the client sends inside TLS is delivered
        after the awaiting coroutine has gone on, so that it can drop its own input first. Raises TlsFailed, and the
        connection is then closed.
        """
        if self._owner.engine is None:
            raise RuntimeError("this connection has no TLS identity")
        return self.secure(self._owner.engine())

    def secure(self, engine: Engine) -> Coroutine[object, object, TlsFacts]:
        """Like ``start_tls`` with the engine given: the client side uses it."""
        if self._engine is not None:
            raise RuntimeError("TLS was already started on this connection")
        self._secured = self._loop.create_future()
        self._out.flush()
        self._held.clear()
        if self._closing or self._ended:
            self._secured.set_exception(TlsFailed(CUT_SHORT))
        else:
            self._shake(engine)
        return self._finish_securing(self._secured)

    def get_extra_info(self, name: str, default: object = None) -> object:
        """``tls`` gives the TlsFacts or None; other names are the socket's."""
        if name == "tls":
            return default if self.tls is None else self.tls
        return self._raw.get_extra_info(name, default)

    def write(self, data: Octets) -> None:
        """Send; inside ``data_received`` or a handshake it waits for the end of that."""
        if data and not self._closing:
            self._out.write(data)

    def writelines(self, list_of_data: Iterable[Octets]) -> None:
        """Send all parts as one."""
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        """Send what was written and close_notify, then close. A peer that takes nothing is dropped."""
        if self._handshake is not None:
            self._handshake.fail("the connection was closed during the TLS handshake")
        if self._closing:
            return
        self._out.flush()
        self._closing = True
        if self._engine is not None:
            self._engine.close()
            self._out.push()
        self._watch.start()
        if not self._ended and has_unread(self._raw):
            self._linger()
        else:
            self._raw.close()

    def abort(self) -> None:
        """Drop the connection and what was written to it."""
        self._closing = True
        self._out.drop()
        self._raw.abort()

    def is_closing(self) -> bool:
        return self._closing or self._raw.is_closing()

    def pause_reading(self) -> None:
        self._paused = True
        self._steer()

    def resume_reading(self) -> None:
        if not self._paused:
            return
        self._paused = False
        self._steer()
        self._loop.call_soon(self._pump)

    def is_reading(self) -> bool:
        return not self._paused and not self._closing

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._raw.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._raw.get_write_buffer_limits()

    def get_write_buffer_size(self) -> int:
        return self._out.size

    def can_write_eof(self) -> bool:
        return False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._upper.protocol = cast(asyncio.Protocol, protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        if self._upper.protocol is None:
            raise RuntimeError("no protocol yet: the TLS handshake is not finished")
        return self._upper.protocol

    # For the socket's transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._raw = cast(asyncio.Transport, transport)
        self._watch = StallWatch(self._raw, self._owner.patience.stall, self._stalled)
        self._out = Outlet(self._raw, self._watch, self._break_off)
        plug = self._raw.get_extra_info("socket")
        if plug is not None:
            with contextlib.suppress(OSError):  # the peer can be gone already
                plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._owner.opened(self):
            return
        if self._owner.implicit and self._owner.engine is not None:
            self._shake(self._owner.engine())
        else:
            self._upper.attach(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        received = self._view[:nbytes]
        if self._closing or self._ended:
            return
        if self._handshake is not None:
            self._handshake.take(received)
        elif self._engine is not None:
            self._engine.feed(received)
            self._pump()
        elif self._must_wait():
            self._held += received
        else:
            self._deliver(bytes(received))

    def eof_received(self) -> bool:
        self._ended = True
        if self._lingering is not None:
            self._raw.close()
        if self._handshake is not None:
            self._handshake.fail(CUT_SHORT)
        self._pump()
        return True

    def pause_writing(self) -> None:
        self._choked = True
        self._steer()
        self._watch.start()
        self._upper.choked(True)

    def resume_writing(self) -> None:
        self._choked = False
        if self._closing:
            return
        self._watch.stop()
        self._steer()
        self._upper.choked(False)
        self._loop.call_soon(self._pump)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._watch.stop()
        if self._lingering is not None:
            self._lingering.cancel()
        if self._handshake is not None:
            self._handshake.fail(CUT_SHORT)
        self._upper.lost(self._why or exc)
        self._owner.gone(self)

    # Handshake

    def _shake(self, engine: Engine) -> None:
        self._engine = self._out.engine = engine
        self._out.locked = True
        self._handshake = Handshake(engine, self._owner.patience.handshake, progressed=self._out.push,
                                    settled=self._shaken, broke=self._tell_broken)
        self._steer()
        self._handshake.take()

    def _shaken(self, outcome: TlsFacts | TlsFailed) -> None:
        self._handshake = None
        self._out.locked = False
        if isinstance(outcome, TlsFailed):
            self._out.drop()
            self._break_off(outcome)
            self._owner.handshake_failed(self, outcome.reason)
            if self._secured is not None and not self._secured.done():
                self._secured.set_exception(outcome)
        elif self._secured is None:
            self._upper.attach(self)
            self._pump()
        else:
            self._handing_over = True
            self._steer()
            if not self._secured.done():
                self._secured.set_result(outcome)

    async def _finish_securing(self, secured: asyncio.Future[TlsFacts]) -> TlsFacts:
        try:
            facts = await secured
        except asyncio.CancelledError:
            self.abort()
            raise
        self._handing_over = False
        self._steer()
        self._out.flush()
        self._loop.call_soon(self._pump)
        return facts

    # Upwards

    def _must_wait(self) -> bool:
        return self._paused or self._choked or self._handing_over or self._handshake is not None

    def _pump(self) -> None:
        """Deliver what there is, as far as the upper protocol takes it; then the end, when it was reached."""
        if self._out.gathering:
            return
        while not self._closing and not self._must_wait():
            try:
                data = self._next()
            except TlsFailed as failure:
                self._break_off(failure)
                return
            if not data:
                self._out.push()
                self._tell_end()
                return
            self._deliver(data)

    def _next(self) -> bytes:
        if self._engine is not None:
            return self._engine.read()
        data = bytes(self._held)
        self._held.clear()
        return data

    def _deliver(self, data: bytes) -> None:
        self._out.gathering = True
        self._upper.received(data)
        self._out.gathering = False
        self._out.flush()

    def _tell_end(self) -> None:
        """When the peer sends no more: the upper protocol may keep its own side open by answering True."""
        over = self._ended or (self._engine is not None and self._engine.ended)
        if not over or self._end_told:
            return
        self._ended = self._end_told = True
        if not self._upper.ended():
            self.close()

    def _upper_broke(self, exc: Exception) -> None:
        self._why = self._why or exc
        self.abort()
        self._tell_broken(exc)

    def _tell_broken(self, exc: Exception) -> None:
        if self._owner.broken is not None:
            self._owner.broken(self, exc)
        else:
            self._loop.call_exception_handler({"message": "a connection's protocol failed", "exception": exc,
                                               "transport": self})

    # Downwards

    def _steer(self) -> None:
        """Let the socket be read or not: a handshake needs it, all else may stop it."""
        stop = self._must_wait() and self._handshake is None
        if stop == self._raw_paused or self._closing or self._ended or self._raw.is_closing():
            return
        self._raw_paused = stop
        if stop:
            self._raw.pause_reading()
        else:
            self._raw.resume_reading()

    def _break_off(self, failure: TlsFailed) -> None:
        """TLS broke: its alert is sent and the connection closed."""
        self._why = self._why or failure
        self._out.push()
        self.close()

    def _linger(self) -> None:
        """End our side only and throw away what still comes, until the peer ends too or time is up."""
        self._lingering = self._loop.call_later(self._owner.patience.linger, self._raw.abort)
        with contextlib.suppress(OSError):  # the peer has reset the connection; the loop is about to say so
            self._raw.write_eof()
        if self._raw_paused:
            self._raw.resume_reading()

    def _stalled(self) -> None:
        self._why = self._why or TimeoutError("the peer took nothing of what was sent to it")
        self.abort()
