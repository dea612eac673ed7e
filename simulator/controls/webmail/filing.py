"""Marking, moving and deleting messages: each act is in the audit trail, by person (F6)."""

from __future__ import annotations

from simulator.controls.errors import Conflict
from simulator.controls.webmail.reading import Mail, Reading
from simulator.controls.webmail.records import Records
from simulator.model.mailbox import Identity
from simulator.store.interface import FlagOp, Store


class Filing:
    """Puts messages where they belong."""

    def __init__(self, reading: Reading, store: Store, records: Records) -> None:
        self._reading = reading
        self._store = store
        self._records = records

    async def mark(
        self, who: Identity, id: str, *, seen: bool | None = None, flagged: bool | None = None
    ) -> Mail:
        """Read or unread, important or not; None leaves it. Raises NotFound, StoreError."""
        mail = await self._reading.mail(who, id)
        done: list[str] = []
        for flag, wanted in (("\\Seen", seen), ("\\Flagged", flagged)):
            if wanted is None or wanted == (flag in mail.message.flags):
                continue
            op = FlagOp.ADD if wanted else FlagOp.REMOVE
            await self._store.set_flags(mail.folder.id, [mail.message.uid], op, frozenset({flag}))
            done.append(f"{'+' if wanted else '-'}{flag}")
        if done:
            self._records.did(who, "flags", mail, f" ({' '.join(done)})")
        return await self._reading.mail(who, id)

    async def move(self, who: Identity, id: str, to: str) -> str:
        """Into another folder of the mailbox, by number or use; the new id. Raises NotFound, Conflict, StoreError."""
        mail = await self._reading.mail(who, id)
        target = self._reading.folder(who, to)
        if target.id == mail.folder.id:
            raise Conflict(f"the message is in {target.name} already", "choose another folder")
        copied = await self._store.copy(mail.folder.id, [mail.message.uid], target.id, move=True)
        if not copied.target:
            raise Conflict(f"message {id[:80]} has just gone", "look at the folder again")
        self._records.did(who, "moved", mail, f" to {target.name}")
        return f"{target.id}.{copied.target[0]}"

    async def delete(self, who: Identity, id: str) -> None:
        """For good: there is no way back. Raises NotFound, StoreError."""
        mail = await self._reading.mail(who, id)
        if await self._store.remove(mail.folder.id, [mail.message.uid]):
            self._records.did(who, "deleted", mail)
