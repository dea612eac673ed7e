"""A listening place, and the gate that counts everyone who comes in."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from types import TracebackType

from simulator.wire.channel import Channel
from simulator.wire.contexts import ServerTls
from simulator.wire.engine import Engine
from simulator.wire.owner import INTAKE, Owner, Patience

_BACKLOG = 512


class Gate:
    """Counts connections, all doors together: ``max_total``, and ``max_per_address`` from one IP address."""

    def __init__(self, max_total: int = 1000, max_per_address: int = 50) -> None:
        self._max_total = max_total
        self._max_per_address = max_per_address
        self._here: Counter[str] = Counter()
        self.total = 0

    def enter(self, address: str) -> str | None:
        """Count one more in; or the reason why it may not come in, and nothing is counted."""
        if self.total >= self._max_total:
            return f"{self._max_total} connections are open already"
        if self._here[address] >= self._max_per_address:
            return f"{self._max_per_address} connections from {address} are open already"
        self._here[address] += 1
        self.total += 1
        return None

    def leave(self, address: str) -> None:
        """Count one out that had entered."""
        self.total -= 1
        self._here[address] -= 1
        if self._here[address] <= 0:
            del self._here[address]


class Listener:
    """One address and port whose connections get a protocol of ``factory``.

    ``tls`` may be replaced while running: the next handshake uses it. ``farewell`` is sent, on a door in clear, to a
    connection the gate refuses. ``strict``: a bad or missing client certificate fails the handshake itself.
    ``on_refused`` and ``on_handshake_failed`` get (client address, reason), ``on_error`` (client address, exception
    of the protocol).
    """

    def __init__(self, host: str, port: int, factory: Callable[[], asyncio.Protocol], tls: ServerTls | None, *,
                 implicit: bool = False, gate: Gate, farewell: bytes = b"", strict: bool = False,
                 patience: Patience | None = None,
                 on_refused: Callable[[str, str], None] | None = None,
                 on_handshake_failed: Callable[[str, str], None] | None = None,
                 on_error: Callable[[str, Exception], None] | None = None) -> None:
        if implicit and tls is None:
            raise ValueError("implicit TLS needs an identity")
        self.tls = tls
        self._host = host
        self._port = port
        self._gate = gate
        self._farewell = b"" if implicit else farewell
        self._strict = strict
        self._on_refused = on_refused
        self._on_handshake_failed = on_handshake_failed
        self._on_error = on_error
        self._server: asyncio.Server | None = None
        self._entered: dict[Channel, str] = {}
        self._refused: set[Channel] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._owner = Owner(factory, bytearray(INTAKE), engine=None if tls is None else self._engine,
                            implicit=implicit, patience=patience or Patience(), opened=self._opened, gone=self._gone,
                            handshake_failed=self._handshake_failed,
                            broken=None if on_error is None else self._broken)

    async def start(self) -> None:
        """Accept connections. Raises OSError naming host and port when the address cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: Channel(self._owner), self._host, self._port,
                                                    backlog=_BACKLOG)
        except OSError as error:
            why = error.strerror or str(error)
            raise OSError(error.errno, f"cannot listen on {self._host} port {self._port}: {why}") from error
        self._port = int(self._server.sockets[0].getsockname()[1])

    @property
    def port(self) -> int:
        """The port in use; with port 0, known after ``start``."""
        return self._port

    @property
    def connections(self) -> frozenset[Channel]:
        """The connections that are open, without those refused."""
        return frozenset(self._entered)

    async def stop(self) -> None:
        """Accept no more; open connections go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def close_all(self, grace: float) -> None:
        """Close every connection, wait ``grace`` seconds for what they still send, then drop the rest."""
        for channel in (*self._entered, *self._refused):
            channel.close()
        try:
            await asyncio.wait_for(self._empty.wait(), grace)
        except TimeoutError:
            for channel in (*self._entered, *self._refused):
                channel.abort()
            await self._empty.wait()

    async def __aenter__(self) -> Listener:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, exc: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.stop()
        await self.close_all(0.5)

    def _engine(self) -> Engine:
        if self.tls is None:
            raise RuntimeError("this door has lost its TLS identity")
        return self.tls.engine(strict=self._strict)

    def _opened(self, channel: Channel) -> bool:
        self._empty.clear()
        address = channel.client
        reason = self._gate.enter(address)
        if reason is None:
            self._entered[channel] = address
            return True
        self._refused.add(channel)
        channel.write(self._farewell)
        channel.close()
        if self._on_refused is not None:
            self._on_refused(address, reason)
        return False

    def _gone(self, channel: Channel) -> None:
        address = self._entered.pop(channel, None)
        if address is not None:
            self._gate.leave(address)
        self._refused.discard(channel)
        if not self._entered and not self._refused:
            self._empty.set()

    def _handshake_failed(self, channel: Channel, reason: str) -> None:
        if self._on_handshake_failed is not None:
            self._on_handshake_failed(self._entered.get(channel, ""), reason)

    def _broken(self, channel: Channel, exc: Exception) -> None:
        if self._on_error is not None:
            self._on_error(self._entered.get(channel, ""), exc)
