"""Dispensing medicines while the simulator runs: the patient's reimbursement history grows (F13, F22).

What was dispensed at run time stands in the ledger, and the patients' mailboxes are brought into agreement with it: at
the start, after a reset, after a state was brought back.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from inspect import isawaitable

from simulator.controls.errors import Invalid
from simulator.controls.formula import day_of
from simulator.controls.patients.profiles import Profiles, holder
from simulator.controls.pharmacies import Pharmacies
from simulator.journal import Journal
from simulator.model.mailbox import Dispensing, Mailbox
from simulator.space import TrustSpace
from simulator.store.interface import Line, NewLine, Store

TOPIC = "dispensing"

Listener = Callable[[Mailbox, str], Awaitable[object] | None]
"""Hears the patient's mailbox and the Structure.id of the pharmacy."""


class Dispensings:
    """The reimbursement histories."""

    def __init__(
        self, space: TrustSpace, store: Store, journal: Journal, profiles: Profiles, pharmacies: Pharmacies
    ) -> None:
        self._space = space
        self._store = store
        self._journal = journal
        self._profiles = profiles
        self._pharmacies = pharmacies
        self._listeners: list[Listener] = []

    def on_dispensing(self, call: Listener) -> None:
        """Call this after each dispensing that was recorded; what it returns is awaited when it can be."""
        self._listeners.append(call)

    def of(self, ins: str) -> Sequence[Dispensing]:
        """A patient's history, by INS or address, oldest first. Raises NotFound."""
        return sorted(holder(self._profiles.get(ins)).dispensings, key=lambda d: d.date)

    async def record(self, ins: str, structure: str, date: str | None = None, reimbursed: bool = True) -> Dispensing:
        """A pharmacy dispensed to a patient, today or on an earlier ``date`` (``2026-10-02``).

        The patient may write to the pharmacy as soon as this returns. ``structure`` is whatever ``Pharmacies.get``
        knows it by. Raises NotFound, Invalid."""
        box = self._profiles.get(ins)
        pharmacy = self._pharmacies.get(structure)
        today = self._space.now().date()
        day = today if date is None else day_of(date)
        if day > today:
            raise Invalid(f"{day} is yet to come, today is {today}", "advance the clock, or give an earlier day")
        data = {"structure": pharmacy.id, "date": day.isoformat(), "reimbursed": reimbursed}
        line = NewLine(TOPIC, box.address.key, self._space.now().timestamp(), json.dumps(data))
        (entry,) = await self._store.enter([line])
        self._agree(box.address.key, self._store.ledger(TOPIC, box.address.key))
        self._journal.note(
            "dispensed",
            f"{pharmacy.name} dispensed to {holder(box).full_name} on {day}{'' if reimbursed else ', not reimbursed'}",
            mailbox=str(box.address),
            structure=pharmacy.id,
            date=day.isoformat(),
            reimbursed=reimbursed,
        )
        for call in self._listeners:
            heard = call(self._space.mailboxes.get(box.address.key, box), pharmacy.id)
            if isawaitable(heard):
                await heard
        return Dispensing(pharmacy.id, day.isoformat(), reimbursed, entry)

    def take_up(self) -> None:
        """Bring every history into agreement with the ledger."""
        lines: dict[str, list[Line]] = {}
        for line in self._store.ledger(TOPIC):
            lines.setdefault(line.owner, []).append(line)
        for key, box in list(self._space.mailboxes.items()):
            if box.patient is not None:
                self._agree(key, lines.get(key, ()))

    def _agree(self, key: str, lines: Sequence[Line]) -> None:
        """What is configured, and what stands in the ledger: a mailbox that was kept with both has each once."""
        box = self._space.mailboxes.get(key)
        if box is None or box.patient is None:
            return
        configured = [d for d in box.patient.dispensings if not d.entry]
        history = (*configured, *(_read(line) for line in lines))
        if history != box.patient.dispensings:
            self._space.register(replace(box, patient=replace(box.patient, dispensings=history)))


def _read(line: Line) -> Dispensing:
    data: Mapping[str, object] = json.loads(line.data)
    return Dispensing(str(data["structure"]), str(data["date"]), bool(data["reimbursed"]), line.id)
