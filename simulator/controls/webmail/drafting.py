"""What the composer proposes: recipients, subject and quoted text of an answer, and who may be written to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from simulator.controls.contents import File
from simulator.controls.errors import Invalid
from simulator.controls.webmail.correspondents import Correspondent, Correspondents, Sort
from simulator.controls.webmail.reading import Mail, Reading
from simulator.domains.kinds import kind_named
from simulator.mime.writing import headed
from simulator.model.address import Address, AddressError
from simulator.model.mailbox import Identity, Kind, Mailbox, Status
from simulator.rules.facts import Exchange
from simulator.space import TrustSpace

MOST_SUGGESTED = 8
MOST_QUOTED = 10_000
"""Characters of the original that an answer quotes."""


class How(StrEnum):
    """What is done with a message."""

    REPLY = "reply"
    REPLY_ALL = "reply-all"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Prefilled:
    """A message that may be changed before it is sent."""

    to: tuple[Correspondent, ...]
    cc: tuple[Correspondent, ...]
    subject: str
    text: str
    files: tuple[File, ...] = ()
    """Of the original, when it is forwarded."""


class Drafting:
    """Proposes."""

    def __init__(self, reading: Reading, space: TrustSpace) -> None:
        self._reading = reading
        self._space = space
        self._people = Correspondents(space)

    async def prefill(self, who: Identity, id: str, how: How) -> Prefilled:
        """The answer to a message, or its forwarding. Raises NotFound."""
        mail = await self._reading.mail(who, id)
        held = await self._reading.contents(who, id)
        quoted = _quoted(mail, held.text)
        if how is How.FORWARD:
            return Prefilled((), (), headed("Tr", mail.summary.subject), quoted, held.files)
        to, cc = recipients(who.mailbox, mail, everybody=how is How.REPLY_ALL)
        return Prefilled(to, cc, headed("Re", mail.summary.subject), quoted)

    def suggest(self, who: Identity, words: str) -> Sequence[Correspondent]:
        """Who may be meant (ECO.3.1.4): published professionals, and patients with whom there is or was an exchange."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        found: list[Correspondent] = []
        for box in self._reachable(who.mailbox):
            team = box.structure.name if box.structure is not None else ""
            said = f"{box.display_name} {team} {box.description} {box.address}".casefold()
            if all(word in said for word in wanted):
                found.append(self._people.recognise("", box.address))
            if len(found) >= MOST_SUGGESTED:
                break
        return found

    def address(self, written: str) -> Address:
        """An address as typed; a matricule alone is a patient's (ECO.3.1.5). Raises Invalid."""
        text = written.strip()
        patients = kind_named("patient")
        if "@" not in text and patients.problem_with(text) is None:
            domains = [domain.name for domain in self._space.domains.values() if domain.kind == "patient"]
            text = f"{text.upper()}@{domains[0]}" if domains else text
        try:
            return Address.parse(text)
        except AddressError as problem:
            raise Invalid(f"{text[:80]!r} is no address: {problem}", "write local-part@domain, or the "
                          "15 characters of a matricule INS") from None

    def _reachable(self, own: Mailbox) -> Iterator[Mailbox]:
        for box in self._space.mailboxes.values():
            if box.address.key == own.address.key or box.status in (Status.CLOSED, Status.SUSPENDED):
                continue
            if box.kind is Kind.PATIENT:
                if self._space.exchange(box, own.address) != Exchange.NONE:
                    yield box
            elif not box.red_list:
                yield box


def recipients(
    own: Mailbox, mail: Mail, *, everybody: bool
) -> tuple[tuple[Correspondent, ...], tuple[Correspondent, ...]]:
    """To and Cc of an answer. An answer to one's own message goes where that went."""
    summary = mail.summary
    mine = summary.author.address is not None and summary.author.address.key == own.address.key
    first = summary.to if mine else summary.answers_to or (summary.author,)
    to = _others(own, first, ())
    if not everybody:
        return to, ()
    return to, _others(own, (*summary.to, *summary.cc), to)


def _others(own: Mailbox, people: Sequence[Correspondent], known: Sequence[Correspondent]) -> tuple[Correspondent, ...]:
    taken = {own.address.key, *(p.address.key for p in known if p.address is not None)}
    kept = {p.address.key: p for p in people
            if p.address is not None and p.sort is not Sort.NOTICE and p.address.key not in taken}
    return tuple(kept.values())


def _quoted(mail: Mail, text: str) -> str:
    at = datetime.fromtimestamp(mail.message.internal_date, UTC).strftime("%d/%m/%Y à %H:%M")
    lines = "\n".join(f"> {line}" for line in text[:MOST_QUOTED].replace("\r\n", "\n").strip().split("\n"))
    return f"\n\n\nLe {at} (UTC), {mail.summary.author.name} a écrit :\n{lines}\n"
