"""The SMTP and IMAP doors: those shared by all operators, and those of an operator's own."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable

from simulator.clock import Clock
from simulator.config import Configuration
from simulator.imap.door import ImapDoor
from simulator.imap.extensions import EXTENSIONS, ON_REQUEST
from simulator.imap.settings import FOLDERS, ImapSettings
from simulator.journal import Journal
from simulator.model.operator import Operator
from simulator.signin import SignIn
from simulator.smtp.door import SmtpDoor
from simulator.smtp.settings import SmtpSettings
from simulator.store.interface import Store
from simulator.visit import Reception
from simulator.wire.contexts import ServerTls
from simulator.wire.listener import Gate, Listener
from simulator.wire.owner import Patience
from simulator.wire.room import Room

DOOR_PORTS = {"mx": 25, "submission": 587, "smtps": 465, "imap": 143, "imaps": 993, "dns": 53, "http": 80}
"""Door to standard port."""
SMTP_DOORS = ("mx", "submission", "smtps")
IMAP_DOORS = ("imap", "imaps")
IMPLICIT_TLS = frozenset({"smtps", "imaps"})

_GRACE = 2.0
"""Seconds that a session has, at the end, to finish its command and to take the answer."""
_FAREWELLS = {
    "smtp": b"421 4.7.0 Too many connections, try again later\r\n",
    "imap": b"* BYE [UNAVAILABLE] Too many connections, try again later\r\n",
}


class PortInUse(Exception):
    """A door cannot listen where it should."""


def tell_port(door: str, host: str, port: int, problem: OSError, option: str = "--port-base") -> None:
    """Raises PortInUse, naming the port and the option that changes it, when another port would do."""
    if problem.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
        raise PortInUse(
            f"the {door} door cannot listen on {host} port {port}: {problem.strerror}; choose another with {option}"
        ) from problem


class Doors:
    """Every mail door of the space; ``ports`` and ``own_ports`` (by operator) are known after ``start``."""

    def __init__(
        self,
        host: str,
        configuration: Configuration,
        *,
        reception: Reception,
        sign_in: SignIn,
        store: Store,
        journal: Journal,
        clock: Clock,
        tls: Callable[[str | None], ServerTls],
    ) -> None:
        self.host, self.configuration, self.reception, self.sign_in = host, configuration, reception, sign_in
        self.store, self.journal, self.clock, self.tls = store, journal, clock, tls
        self.ports: dict[str, int] = {}
        self.own_ports: dict[str, dict[str, int]] = {}
        self._listeners: list[Listener] = []
        self._operator_at: dict[Listener, str | None] = {}
        message = configuration.limits.message
        self._room = Room(message.held_in_all, message.held_per_address)
        self._smtp: list[SmtpDoor] = []
        self._imap: list[ImapDoor] = []

    async def start(self, port_of: Callable[[str], int]) -> None:
        """Open every door. Raises PortInUse naming the port and the option that changes it."""
        connections = self.configuration.limits.connections
        gate = Gate(connections.total, connections.per_address)
        shared = self.tls(None)
        for door in (*SMTP_DOORS, *IMAP_DOORS):
            self.ports[door] = await self._open(door, port_of(door), shared, gate, None, "--port-base")
        for operator in self.configuration.operators:
            if not operator.listen:
                continue
            own = self.tls(operator.name)
            self.own_ports[operator.name] = {
                door: await self._open(door, port, own, gate, operator.name, f"operators.{operator.name}.listen.{door}")
                for door, port in operator.listen.items()
            }

    def load(self) -> None:
        """Import what the first clients need; from any thread."""
        for smtp in self._smtp:
            smtp.load()
        for imap in self._imap:
            imap.load()

    def renew_tls(self) -> None:
        """Show the newest certificates from the next handshake on."""
        made = {operator: self.tls(operator) for operator in set(self._operator_at.values())}
        for listener, operator in self._operator_at.items():
            listener.tls = made[operator]

    async def stop(self) -> None:
        """Accept no more, let each session finish the command in hand, then close."""
        for listener in self._listeners:
            await listener.stop()
        await asyncio.gather(*(smtp.close(_GRACE) for smtp in self._smtp), *(imap.close() for imap in self._imap))
        for listener in self._listeners:
            await listener.close_all(_GRACE)

    async def _open(self, door: str, port: int, tls: ServerTls, gate: Gate, operator: str | None, option: str) -> int:
        times = self.configuration.limits.times
        listener = Listener(
            self.host,
            port,
            self._protocol(door, operator),
            tls,
            implicit=door in IMPLICIT_TLS,
            gate=gate,
            farewell=_FAREWELLS["imap" if door in IMAP_DOORS else "smtp"],
            patience=Patience(times.handshake, times.write_stalled),
            on_refused=lambda client, why: self._note("connection-refused", door, client, why),
            on_handshake_failed=lambda client, why: self._note("handshake-failed", door, client, why),
            on_error=lambda client, problem: self._note("error", door, client, f"{type(problem).__name__}: {problem}"),
        )
        try:
            await listener.start()
        except OSError as problem:
            tell_port(door, self.host, port, problem, option)
            raise
        self._listeners.append(listener)
        self._operator_at[listener] = operator
        return listener.port

    def _protocol(self, door: str, operator: str | None) -> Callable[[], asyncio.Protocol]:
        if door in IMAP_DOORS:
            own = {each.name: self._imap_settings(each) for each in self.configuration.operators}
            imap = ImapDoor(door, self.sign_in, self.store, self.journal, self.clock, self._imap_settings(), own)
            self._imap.append(imap)
            return imap.protocol
        smtp = SmtpDoor(door, self.reception, self._smtp_settings(operator), operator=operator, room=self._room)
        self._smtp.append(smtp)
        return smtp.protocol

    def _smtp_settings(self, operator: str | None) -> SmtpSettings:
        limits = self.configuration.limits
        name = self.reception.office.space.operators[operator].mx_host if operator is not None else "mssante-simulator"
        return SmtpSettings(
            hostname=name,
            line_octets=limits.smtp.command_line,
            auth_octets=limits.smtp.auth_line,
            text_line_octets=limits.smtp.text_line,
            commands=limits.smtp.commands,
            errors=limits.smtp.bad_commands,
            idle_seconds=limits.times.smtp_idle,
            before_login_seconds=limits.times.before_login,
            stall_seconds=limits.times.write_stalled,
        )

    def _imap_settings(self, operator: Operator | None = None) -> ImapSettings:
        """What an operator's clients meet, or those who have not said whose they are."""
        limits, times = self.configuration.limits.imap, self.configuration.limits.times
        largest = max(each.message_limit for each in self.configuration.operators)
        lacking = operator.imap_without if operator is not None else frozenset()
        lacking |= ON_REQUEST - (operator.imap_also if operator is not None else frozenset())
        return ImapSettings(
            line=limits.line,
            literal=limits.literal,
            early_literal=limits.literal_before_login,
            literals=limits.literals,
            command=limits.command,
            append=operator.message_limit if operator is not None else largest,
            extensions=tuple(name for name in EXTENSIONS if name not in lacking),
            folder_names=operator.folders if operator is not None else FOLDERS,
            nesting=limits.nesting,
            pattern=limits.pattern,
            set_elements=limits.set_elements,
            search_keys=limits.search_keys,
            folders=limits.folders,
            errors=limits.bad_commands,
            before_login=times.before_login,
            idle=times.imap_idle,
            stalled=times.write_stalled,
        )

    def _note(self, kind: str, door: str, client: str, why: str) -> None:
        self.journal.note(kind, f"{client} at {door}: {why}", client=client, door=door, why=why)
