"""A running trust space for tests: who is there, what they do, how clients reach it, what it refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar, overload

from simulator.app import Simulator
from simulator.app.identities import account_slot
from simulator.app.ready import ready, write_ready_file
from simulator.app.story import MARKS
from simulator.config import Configuration
from simulator.controls.controls import Controls
from simulator.controls.explain import Explanation
from simulator.journal import Event
from simulator.model.address import Address
from simulator.model.mailbox import Kind, Mailbox
from simulator.testing import names
from simulator.testing.access import Access, ImapAccess, Papers, SmtpAccess
from simulator.testing.boxes import Box
from simulator.testing.failures import NoSuchName, Refusal
from simulator.testing.patients import PatientBox
from simulator.testing.thread import PATIENCE, SimulatorThread

T = TypeVar("T")

REFUSALS = frozenset({"refusal", "sign-in-refused", "protocol", "handshake-failed", "connection-refused"})
"""Kinds of events that tell of something refused."""
LONGEST_STORY = 200
"""Newest events that a report shows."""


class Space:
    """One trust space, running inside a ``with`` statement; the fixtures ``mssante`` and ``mssante_space`` give it.

    Mailboxes are named by address, local part, structure, or family name: ``space.pharmacy("tilleuls")``. Every verb
    may be called from any thread but the simulator's own, and blocks; in an asyncio test, where the program under test
    needs the loop meanwhile, write ``await asyncio.to_thread(space.doctor("vial").wait_for, subject="…")``.
    """

    def __init__(self, configuration: Configuration, data: Path, *, log: Path | None = None) -> None:
        """``data`` is a folder for mail and keys; ``log`` a file that every event is appended to, as a JSON line."""
        self._thread = SimulatorThread(lambda: Simulator(configuration, data=data))
        self._log = log
        self._test = ""
        self._since = 0

    def __enter__(self) -> Space:
        with ExitStack() as life:
            file = life.enter_context(self._log.open("a", encoding="utf-8", buffering=1)) if self._log else None
            life.callback(self._thread.stop)
            self._sim = self._thread.start()
            if file is not None:
                self._sim.journal.listen(lambda event: self._write(file.write, event))
            self._life = life.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._life.close()

    # -- who is there
    def mailbox(self, name: str) -> Box:
        """Anybody; a structure's name is its team. Raises NoSuchName, which tells the nearest, as all of these do."""
        return self._find(name, names.ANYBODY)

    def doctor(self, name: str) -> Box:
        """A doctor's own mailbox (PER)."""
        return self._find(name, names.DOCTORS)

    def nurse(self, name: str) -> Box:
        """A nurse's own mailbox (PER)."""
        return self._find(name, names.NURSES)

    def pharmacist(self, name: str) -> Box:
        """A pharmacist's own mailbox (PER); the team's is ``pharmacy``."""
        return self._find(name, names.PHARMACISTS)

    def pharmacy(self, name: str) -> Box:
        """A pharmacy's team mailbox (ORG), or its person's when it has no team."""
        return Box(self, names.pharmacy(name, self._registered()))

    def team(self, name: str) -> Box:
        """Any organisational mailbox (ORG)."""
        return self._find(name, names.TEAMS)

    def application(self, name: str) -> Box:
        """A program's mailbox (APP)."""
        return self._find(name, names.APPLICATIONS)

    def patient(self, name: str) -> PatientBox:
        """A patient's space, by family name, INS or address."""
        return PatientBox(self, self._find(name, names.PATIENTS).mailbox)

    def patients(self) -> list[Box]:
        """Every patient, in the order of the configuration."""
        return [Box(self, mailbox) for mailbox in self._registered() if names.PATIENTS.holds(mailbox)]

    def address(self, name: str | Box) -> str:
        """The address of a name; what has an ``@`` is an address already, of anywhere."""
        return str(name) if isinstance(name, Box) or "@" in name else self.mailbox(name).address

    def registered(self, address: Address) -> Mailbox:
        """The mailbox as it is now. Raises NoSuchName."""
        mailbox = self._sim.space.mailbox(address)
        if mailbox is None:
            raise NoSuchName(f"{address} is not registered (any more)")
        return mailbox

    # -- how clients reach it
    def imap(self, name: str | Box, *, as_: str | Box | None = None, starttls: bool = False) -> ImapAccess:
        """How to read a mailbox, for any client; ``.connect()`` gives a signed-in ``imaplib``.

        ``as_`` is the member who acts for a team: its first one unless said. TLS from the first octet, or STARTTLS."""
        return self._access(ImapAccess, name, as_, "imap" if starttls else "imaps", not starttls)

    def smtp(self, name: str | Box, *, as_: str | Box | None = None, implicit_tls: bool = False) -> SmtpAccess:
        """How to send from a mailbox, for any client; ``.connect()`` gives a signed-in ``smtplib``.

        STARTTLS, as on port 587, or TLS from the first octet."""
        return self._access(SmtpAccess, name, as_, "smtps" if implicit_tls else "submission", implicit_tls)

    @property
    def host(self) -> str:
        """Address of every door."""
        return self._sim.host

    @property
    def ports(self) -> dict[str, int]:
        """Door to port."""
        return self._sim.ports

    @property
    def ca_file(self) -> Path:
        """PEM bundle that clients must trust."""
        return self._sim.authority.ca_file

    @property
    def ready_file(self) -> Path:
        """The same file that ``mssim up --ready-file`` writes, for programs that are started by the test."""
        path = self._sim.data / "ready.json"
        write_ready_file(path, self.do(lambda: ready(self._sim)))
        return path

    # -- what happens
    @property
    def now(self) -> datetime:
        """Simulated date and time, UTC."""
        return self._sim.clock.now()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Go forward in time. What becomes due on the way (retries, notices) is done when this returns."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        self.do(lambda: self.controls.time.advance(step))

    def wait_until_quiet(self) -> None:
        """Return when no mail is on its way between operators. Retries in the future are not waited for."""
        self.do(self._sim.settle)

    def reset(self) -> None:
        """Back to the configured state: no mail, the whitelist and everybody as at first.

        A client that has a folder open is told that it is gone (BYE), and must connect again."""
        self.do(self.controls.states.reset)
        self._since = self.newest_event()

    def refusals(self, *, since: int | None = None) -> list[Refusal]:
        """What was refused in this test, oldest first; or after the event of that number."""
        first = self._since if since is None else since
        return [_refusal(event) for event in self._events(first) if event.kind in REFUSALS]

    def explain(self, refusal: Refusal | int) -> Explanation:
        """Rule, source, facts and remedy of something refused."""
        number = refusal.number if isinstance(refusal, Refusal) else refusal
        return self.do(lambda: self.controls.explain.get(str(number)))

    def events(self, kind: str | None = None) -> list[Event]:
        """What happened in this test, oldest first; ``sign-in``, ``accepted``, ``relayed``, ``delivered``, ``read``…"""
        return [event for event in self._events(self._since) if kind is None or event.kind == kind]

    def newest_event(self) -> int:
        """Number of the newest event, 0 before the first."""
        events = self._events(0)
        return events[-1].seq if events else 0

    def story(self) -> str:
        """What happened in this test, a line each: the newest ones when there are very many."""
        events = self._events(self._since)
        left_out = len(events) - LONGEST_STORY
        head = [f"({left_out} earlier events are left out)"] if left_out > 0 else []
        return "\n".join([*head, *map(_told, events[-LONGEST_STORY:])]) or "nothing happened in this trust space"

    # -- everything else
    @property
    def controls(self) -> Controls:
        """All that can be done to a simulator; call its methods inside ``do``."""
        return self._sim.controls

    @overload
    def do(self, what: Callable[[], Awaitable[T]], *, timeout: float = PATIENCE) -> T: ...
    @overload
    def do(self, what: Callable[[], T], *, timeout: float = PATIENCE) -> T: ...
    def do(self, what: Callable[[], object], *, timeout: float = PATIENCE) -> object:
        """Run something in the simulator's thread: ``space.do(lambda: space.controls.whitelist.withdraw("…"))``.

        What it gives is awaited there when it can be."""
        return self._thread.ask(what, timeout=timeout)

    def about(self, test: str) -> None:
        """The test that the story and the log are about from now on."""
        self._test = test
        self._since = self.newest_event()

    # -- inside
    def _find(self, name: str, role: names.Role) -> Box:
        return Box(self, names.find(name, role, self._registered()))

    def _registered(self) -> tuple[Mailbox, ...]:
        return tuple(self._sim.space.mailboxes.values())

    def _access(self, kind: type[A], name: str | Box, as_: str | Box | None, door: str, implicit: bool) -> A:
        mailbox = (name if isinstance(name, Box) else self.mailbox(name)).mailbox
        account = self._member(mailbox, as_)
        demanded = self._sim.configuration.access.second_factor_for_persons and account.kind is Kind.PER
        return kind(
            self.host, self.ports[door], implicit, mailbox, account, self.ca_file, self._papers(account),
            bool(account.secrets.totp) and (demanded or account is not mailbox), self._sim.clock.now,
        )

    def _member(self, mailbox: Mailbox, as_: str | Box | None) -> Mailbox:
        """Whose account opens the mailbox."""
        members = [self.registered(address) for address in mailbox.members]
        if as_ is not None:
            return names.find(str(as_), names.Role("member", "members", lambda m: True), members or [mailbox])
        return members[0] if mailbox.kind is Kind.ORG and members else mailbox

    def _papers(self, account: Mailbox) -> Papers | None:
        issued = self._sim.issued.get(account_slot(account))
        if issued is None:
            return None
        return Papers(issued.chain_file, issued.key_file, issued.p12_file, issued.p12_password)

    def _events(self, after: int) -> list[Event]:
        return self.do(lambda: self._sim.journal.events(after=after))

    def _write(self, write: Callable[[str], object], event: Event) -> None:
        write(json.dumps({"test": self._test, **event.as_data()}, ensure_ascii=False) + "\n")


A = TypeVar("A", bound=Access)


def _refusal(event: Event) -> Refusal:
    facts = event.facts
    what = str(facts.get("what") or event.story)
    return Refusal(
        event.seq, event.kind, str(facts.get("rule") or ""), what, str(facts.get("remedy") or ""), event.who,
        event.mailbox,
    )


def _told(event: Event) -> str:
    at = datetime.fromtimestamp(event.at, UTC).strftime("%H:%M:%S")
    return f"{at} {MARKS.get(event.kind, '-')} {event.story}"
