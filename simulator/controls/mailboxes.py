"""Mailboxes: looking, opening one with the checks of F3 to F6, suspending, closing, members (F8)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from simulator.controls.errors import Conflict, Invalid, NotFound, nearest
from simulator.controls.looking import Looking
from simulator.controls.opening import Application, NewStructure, Procedure
from simulator.journal import Journal
from simulator.model.mailbox import Closing, Kind, Mailbox, Status, Structure
from simulator.space import TrustSpace

__all__ = ["Mailboxes", "NewStructure"]


class Mailboxes:
    """The registered mailboxes."""

    def __init__(
        self,
        space: TrustSpace,
        looking: Looking,
        journal: Journal,
        *,
        structures: Mapping[str, Structure],
        quota: int,
    ) -> None:
        self._space = space
        self._looking = looking
        self._journal = journal
        self._structures = structures
        self._quota = quota

    def list(self) -> Sequence[Mailbox]:
        """Every mailbox, in the order they were made."""
        return tuple(self._space.mailboxes.values())

    def get(self, address: str) -> Mailbox:
        """One mailbox, whatever the case of the address. Raises NotFound."""
        return self._looking.mailbox(address)

    def folders(self, address: str) -> dict[str, tuple[int, int]]:
        """Folder name to (messages, unseen). Raises NotFound."""
        store, key = self._looking.store, self.get(address).address.key
        counted = {f.name: store.counts(f.id) for f in store.folders(key) if f.selectable}
        return {name: (counts.messages, counts.unseen) for name, counts in counted.items()}

    async def open(
        self,
        *,
        kind: str,
        address: str,
        given_name: str = "",
        family_name: str = "",
        title: str = "",
        profession: str = "",
        rpps: str | None = None,
        adeli: str | None = None,
        structure: str | NewStructure | None = None,
        responsible: str | None = None,
        members: Sequence[str] = (),
        password: str | None = None,
        totp: str | None = None,
        quota: int | None = None,
        red_list: bool = False,
        description: str = "",
    ) -> Mailbox:
        """Open a PER, ORG, APP or CAB mailbox, with its folders; it takes mail when this returns.

        ``structure`` is the name or national id of a known one, or a new one. ``responsible`` is the person in charge
        (ORG, APP) or the holder (CAB). A PER without ``password`` or ``totp`` gets made-up ones: see ``secrets`` of the
        result. Raises Invalid, NotFound, Conflict."""
        form = Application(
            kind, address, given_name, family_name, title, profession, rpps, adeli, structure, responsible, members,
            password, totp, quota, red_list, description,
        )
        remarks: list[str] = []
        procedure = Procedure(self._space, self._structures, self._quota, remarks.append)
        # Registered only once mail has a place to go; the second look is for a second opening meanwhile.
        wanted = procedure.mailbox(form)
        await self._looking.store.ensure_mailbox(wanted.address.key, self._space.operators[wanted.operator].folders)
        opened = procedure.mailbox(form)
        self._space.register(opened)
        self._note("opened", opened, f"opened, kind {opened.kind}")
        for remark in dict.fromkeys(remarks):
            self._journal.note("remark", f"{opened.address}: {remark}", mailbox=str(opened.address), what=remark)
        return opened

    async def suspend(self, address: str) -> Mailbox:
        """Mail is refused and nobody signs in, until ``reopen``. Raises NotFound, Conflict when closed or opposed."""
        if self._standing(address).status is Status.CLOSED:
            raise Conflict(f"{address} is closed", "open it again first")
        return self._become(address, Status.SUSPENDED)

    async def reopen(self, address: str) -> Mailbox:
        """Open again what was suspended or closed, or activate a patient's. Raises NotFound, Conflict when opposed."""
        self._standing(address)
        return self._become(address, Status.OPEN)

    async def close(self, address: str) -> Mailbox:
        """The address stays known and takes no mail. Raises NotFound, Conflict when opposed."""
        self._standing(address)
        return self._become(address, Status.CLOSED)

    async def oppose(self, address: str) -> Mailbox:
        """The patient objects to having a space: mail comes back, none is written. Raises NotFound, Invalid."""
        if self.get(address).kind is not Kind.PATIENT:
            raise Invalid(f"{address} is no patient's", "only patients object to a space; suspend or close the mailbox")
        return self._become(address, Status.OPPOSED, "the patient objected to a space")

    async def withdraw_opposition(self, address: str) -> Mailbox:
        """The patient wants the space after all: it is open, with all that was in it. Raises NotFound, Conflict."""
        if self.get(address).status is not Status.OPPOSED:
            raise Conflict(f"the patient of {address} has not objected", "nothing is to be withdrawn")
        return self._become(address, Status.OPEN, "the patient withdrew the objection, the space is open")

    async def end_exchanges(
        self, address: str, *, every_reply: bool = False, after: float | None = None, after_dispensing: bool = False
    ) -> Mailbox:
        """When exchanges of a professional mailbox with patients end by themselves (F19), in place of what held before;
        ``after`` in seconds; nothing at all: never. Raises NotFound, Invalid."""
        box = self.get(address)
        if box.kind is Kind.PATIENT:
            raise Invalid(f"{address} is a patient's", "the professional ends an exchange")
        if after is not None and not 0 <= after < math.inf:
            raise Invalid(f"{after} is no time to wait", "give a number of seconds, 0 or more")
        if after_dispensing and not (box.structure is not None and box.structure.is_pharmacy):
            raise Invalid(f"{address} belongs to no pharmacy", "only pharmacies dispense")
        closing = Closing(every_reply, after, after_dispensing)
        what = "ends exchanges with patients by itself" if closing.is_automatic else "ends no exchange by itself"
        return self._changed(replace(box, closing=closing), what)

    async def add_member(self, address: str, member: str) -> Mailbox:
        """Let the person of a PER mailbox use an ORG or CAB mailbox (F6). Raises NotFound, Invalid, Conflict."""
        box = self._shared(address)
        procedure = Procedure(self._space, self._structures, self._quota, lambda _: None)
        person = procedure.nominative(member, "a member").address
        if person.key in {known.key for known in box.members}:
            raise Conflict(f"{person} is a member of {box.address} already")
        return self._changed(replace(box, members=(*box.members, person)), f"{person} became a member")

    async def remove_member(self, address: str, member: str) -> Mailbox:
        """Raises NotFound when the person is no member, Conflict for the last member of an ORG mailbox."""
        box = self._shared(address)
        left = tuple(known for known in box.members if known.key != member.strip().lower())
        if len(left) == len(box.members):
            raise NotFound(f"{member} is no member of {box.address}", nearest(member, map(str, box.members)))
        if not left and box.kind is Kind.ORG:
            raise Conflict(f"{member} is the last member of {box.address} (F6)", "add another one first, or close it")
        return self._changed(replace(box, members=left), f"{member} is no member any more")

    def _shared(self, address: str) -> Mailbox:
        box = self.get(address)
        if box.kind not in (Kind.ORG, Kind.CAB):
            raise Invalid(f"{address} is a {box.kind} mailbox and has no members", "only ORG and CAB mailboxes have")
        return box

    def _standing(self, address: str) -> Mailbox:
        """The mailbox, unless an objection stands: only its withdrawal ends that."""
        box = self.get(address)
        if box.status is Status.OPPOSED:
            raise Conflict(f"the patient of {address} has objected to a space", "withdraw the opposition first")
        return box

    def _become(self, address: str, status: Status, what: str = "") -> Mailbox:
        before = self.get(address)
        if before.status is status:
            return before
        return self._changed(replace(before, status=status), what or f"is {status} now")

    def _changed(self, box: Mailbox, what: str) -> Mailbox:
        self._space.register(box)
        self._note("changed", box, what)
        return box

    def _note(self, action: str, box: Mailbox, what: str) -> None:
        self._journal.note("mailbox", f"{box.address}: {what}", mailbox=str(box.address), action=action,
                           status=str(box.status))
