"""The running simulator: starts everything in order, knows where everything is, stops it without losing anything."""

from __future__ import annotations

import asyncio
import fcntl
import ssl
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from simulator.app import identities
from simulator.app.control import controls_of
from simulator.app.doors import DOOR_PORTS, Doors, PortInUse, tell_port
from simulator.app.web import web_door
from simulator.clock import Clock
from simulator.closing import Closings
from simulator.config import Configuration
from simulator.delivery import Office
from simulator.dns.server import DnsServer
from simulator.journal import Journal
from simulator.outbox import CannotReach, Outbox, RelaySettings
from simulator.pki.authority import Authority
from simulator.pki.keys import KeyType
from simulator.pki.leaves import Issued
from simulator.receipts import Receipts
from simulator.routing import Routing
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.verdict import Severity
from simulator.signin import Patience, SignIn
from simulator.smtp.carrier import Carrier, Hop, Route
from simulator.space import TrustSpace
from simulator.store.sqlite import SqliteStore
from simulator.visit import Reception
from simulator.wire.contexts import ClientTls, ServerTls

if TYPE_CHECKING:
    from simulator.dns.lookup import Lookup
    from simulator.dns.zones import Zones

__all__ = ["DOOR_PORTS", "DataInUse", "PortInUse", "Simulator"]


class DataInUse(Exception):
    """Another simulator runs on this data folder."""


class Simulator:
    """One trust space. Use it as ``async with Simulator(configuration) as sim``."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        data: Path | None = None,
        host: str = "127.0.0.1",
        port_base: int = 0,
        clock: Clock | None = None,
    ) -> None:
        """``data`` None keeps nothing: everything lives in a temporary folder. ``port_base`` 0 lets the system choose
        every port; another number is added to the standard port of each door."""
        self.configuration = configuration
        self.host = host
        self.clock = clock or Clock()
        self._wanted_data = data
        self._port_base = port_base
        self._life = AsyncExitStack()
        self.issued: dict[str, Issued] = {}

    async def __aenter__(self) -> Simulator:
        try:
            await self._start()
        except BaseException:
            await self._life.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._life.aclose()

    @property
    def ports(self) -> dict[str, int]:
        """Door to port, for the doors that all operators share, ``dns`` and ``http``."""
        return {**self.doors.ports, "dns": self.dns.port, "http": self.web.port}

    @property
    def is_ephemeral(self) -> bool:
        """The data folder goes when the simulator stops."""
        return self._wanted_data is None

    def load(self) -> None:
        """Import what the first clients need and starting does not, so that they are not kept waiting; from any
        thread."""
        self.doors.load()
        self.dns.load()

    async def settle(self) -> None:
        """Return when no message is on its way between operators and no exchange is due to end by itself."""
        await self.closings.settle()

    # -- starting, in the order in which things lean on each other; stopping is the same order backwards
    async def _start(self) -> None:
        self.data = self._folder()
        self._life.push(_locked(self.data / "lock").__exit__)
        keep = self.configuration.journal.keep
        self.store = SqliteStore(self.data / "mail.sqlite3", keep_events=keep, now=self.clock.timestamp)
        self.authority = Authority.open(self.data / "pki", self.clock.now, KeyType(self.configuration.pki.key))
        # The TLS layer remembers the chains of resumed sessions itself and always shows the whole one.
        self._judge = partial(self.authority.judge, resumed=False)
        self._trusted = [ssl.PEM_cert_to_DER_cert(pem.decode("ascii")) for pem in self.authority.authorities]
        await self.store.open()
        self._life.push_async_callback(self.store.close)
        self.journal = Journal(self.clock, keep=keep, sink=self.store.record, first_seq=self._next_event())
        self._issue()
        self.space = self._space()
        await self._make_mailboxes()
        self._build()
        await self.dns.start(self.host, self._port("dns"))
        self._life.push_async_callback(self.dns.stop)
        await self.outbox.start()
        self._life.push_async_callback(self.outbox.stop)
        self._life.push_async_callback(self.doors.stop)
        await self.doors.start(self._port)
        self._publish()
        await self.closings.start()
        self._life.push_async_callback(self.closings.stop)
        await self._open_web()
        for warning in self.configuration.warnings:
            self.journal.note("configuration", warning)

    def _folder(self) -> Path:
        if self._wanted_data is None:
            return Path(self._life.enter_context(tempfile.TemporaryDirectory(prefix="mssim-")))
        self._wanted_data.mkdir(parents=True, exist_ok=True)
        return self._wanted_data.resolve()

    def _port(self, door: str) -> int:
        return self._port_base + DOOR_PORTS[door] if self._port_base else 0

    def _next_event(self) -> int:
        """Event numbers go on where the last run ended."""
        return self.store.last_event() + 1

    def _issue(self) -> None:
        operators = {operator.name: operator for operator in self.configuration.operators}
        self.issued = self.authority.ensure_all(identities.wanted(operators, self.configuration.mailboxes))

    def listed(self) -> dict[str, Sequence[str]]:
        """The whitelist that follows from the configuration: domain to certificate subjects."""
        listed: dict[str, Sequence[str]] = {
            name: entry.certificates for name, entry in self.configuration.whitelist.items()
        }
        for operator in self.configuration.operators:
            issued = self.issued.get(identities.operator_slot(operator.name))
            listed |= {d.name: (issued.subject,) for d in operator.domains if d.listed and issued is not None}
        return listed

    async def renew(self) -> None:
        """Whoever has no usable certificate any more gets one, and the doors show it from the next handshake on."""
        before = self.issued
        await asyncio.to_thread(self._issue)
        if before != self.issued:
            self.doors.renew_tls()

    def _space(self) -> TrustSpace:
        return TrustSpace(
            self.configuration.operators,
            self.configuration.mailboxes,
            store=self.store,
            clock=self.clock,
            listed=self.listed(),
        )

    async def _make_mailboxes(self) -> None:
        folders = {name: operator.folders for name, operator in self.space.operators.items()}
        await asyncio.gather(*(
            self.store.ensure_mailbox(key, folders[box.operator]) for key, box in self.space.mailboxes.items()))

    def _build(self) -> None:
        configuration = self.configuration
        book = Book(CATALOGUE, {name: Severity(value) for name, value in configuration.rules.items()})
        failures = configuration.access.failures
        patience = Patience(
            failures.per_session, failures.first_delay, failures.longest_delay, failures.tries_per_minute
        )
        sign_in = SignIn(
            self.space,
            book,
            self.journal,
            self.clock,
            patience=patience,
            second_factor_for_persons=configuration.access.second_factor_for_persons,
            code_window=configuration.access.one_time_code_window,
        )
        routing = Routing(self.space, self.clock)
        self.dns = DnsServer(self._zones)
        carrier = Carrier(self._route())
        self.outbox = Outbox(
            store=self.store,
            clock=self.clock,
            journal=self.journal,
            routing=routing,
            connect=carrier.connect,
            settings=self._relay_settings(),
        )
        office = Office(
            space=self.space,
            book=book,
            store=self.store,
            journal=self.journal,
            clock=self.clock,
            sign_in=sign_in,
            routing=routing,
            outbox=self.outbox,
            most_recipients=configuration.limits.smtp.recipients,
            most_hops=configuration.limits.message.hops,
            header_limit=configuration.limits.message.header_block,
        )
        self.reception = Reception(office)
        self.receipts = Receipts(
            space=self.space, store=self.store, routing=routing, outbox=self.outbox, journal=self.journal,
            clock=self.clock,
        )
        self.closings = Closings(
            space=self.space,
            store=self.store,
            clock=self.clock,
            journal=self.journal,
            reception=self.reception,
            outbox=self.outbox,
        )
        self.doors = Doors(
            self.host,
            configuration,
            reception=self.reception,
            sign_in=sign_in,
            store=self.store,
            journal=self.journal,
            clock=self.clock,
            tls=self._server_tls,
        )
        self.controls = controls_of(self, book)
        self.controls.states.take_up()
        self.controls.dispensings.take_up()

    def _relay_settings(self) -> RelaySettings:
        relay = self.configuration.relay
        return RelaySettings(
            relay.first_retry,
            relay.growth,
            relay.longest_retry,
            relay.give_up_after,
            relay.delay_notice_after,
            relay.connections_per_domain,
            relay.keep_open,
        )

    def _server_tls(self, operator: str | None) -> ServerTls:
        """The identities of a door: shared by all (None), or of one operator, who then answers without a name too."""
        slot = identities.HOST_SLOT if operator is None else identities.operator_slot(operator)
        named = {
            name: (o.name, self.issued[identities.operator_slot(o.name)].credentials)
            for o in self.configuration.operators
            if identities.operator_slot(o.name) in self.issued
            for name in (o.mx_host, o.client_host)
        }
        return ServerTls(self.issued[slot].credentials, named, self._judge, self._trusted)

    def _route(self) -> Route:
        identities_of: dict[str, ClientTls] = {}

        def identity(operator: str) -> ClientTls:
            issued = self.issued[identities.operator_slot(operator)]
            if issued.serial not in identities_of:
                identities_of[issued.serial] = ClientTls(issued.credentials, self._judge)
            return identities_of[issued.serial]

        return Route(
            find=self._find_hosts,
            identity=identity,
            hello=lambda name: self.space.operators[name].mx_host,
            listed_dns=self.space.listed_dns,
            connect_timeout=self.configuration.relay.connect_timeout,
            reply_timeout=self.configuration.relay.reply_timeout,
        )

    async def _find_hosts(self, domain: str) -> Sequence[Hop]:
        """MX from our own DNS; the port is the one where that host's ``mx`` door really is."""
        self.dns.load()
        from simulator.dns.lookup import NoRoute

        try:
            found = await self._lookup().exchangers(domain)
        except NoRoute as problem:
            status = "4.1.2" if problem.permanent else "4.4.3"
            raise CannotReach(problem.reason, permanent=problem.permanent, status=status) from problem
        own = {o.mx_host: self.doors.own_ports.get(o.name, {}).get("mx") for o in self.configuration.operators}
        return [Hop(e.host, e.address, own.get(e.host) or self.doors.ports["mx"]) for e in found]

    def _lookup(self) -> Lookup:
        from simulator.dns.lookup import Lookup

        if not hasattr(self, "_asked"):
            self._asked = Lookup(_reachable(self.host), self.dns.port)
        return self._asked

    async def _open_web(self) -> None:
        self.web = web_door(self)
        self._life.push_async_callback(self.web.stop)
        try:
            await self.web.start(self.host, self._port("http"))
        except OSError as problem:
            tell_port("http", self.host, self._port("http"), problem)
            raise

    def _publish(self) -> None:
        self.dns.zones = self._zones

    def _zones(self) -> Zones:
        from simulator.app import publication

        dns = self.configuration.dns
        return publication.zones(
            self.configuration.operators,
            address=_reachable(self.host),
            ports=self.doors.ports,
            own_ports=self.doors.own_ports,
            txt=dns.txt,
            ttl=dns.ttl,
        )


def _reachable(host: str) -> str:
    """An address that a program on this machine can connect to."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "localhost": "127.0.0.1"}.get(host, host)


class _locked:
    """Holds a lock file, so that two simulators never write in one folder. Raises DataInUse."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise DataInUse(
                f"another simulator runs on {path.parent}; stop it, or give another folder with --data"
            ) from None

    def __exit__(self, *_: object) -> None:
        self._file.close()
