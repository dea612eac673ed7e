"""The part of a state that is not mail, as a JSON file: mailboxes, whitelist, clock."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simulator.clock import Clock, Hands
from simulator.controls.errors import Conflict
from simulator.model.address import Address
from simulator.model.document import ConfiguredDocument
from simulator.model.mailbox import (
    Closing,
    Dispensing,
    Kind,
    Mailbox,
    NotifyBy,
    Patient,
    Person,
    Secrets,
    Status,
    Structure,
)

_VERSION = 1
MAIL = "mail.sqlite3"
"""Name of the store's copy beside the file."""
STATE = "state.json"


@dataclass(frozen=True, slots=True)
class KeptSpace:
    """What the file holds."""

    taken: float
    """Simulated seconds since 1970."""
    ahead: float
    """Seconds that the clock was ahead."""
    standing: bool
    """The clock stood still, at ``taken``."""
    messages: int
    mailboxes: tuple[Mailbox, ...]
    listed: Mapping[str, Sequence[str]]

    def hands(self, clock: Clock) -> Hands:
        """Where to put the clock: standing at the same moment, or flowing as far ahead of the machine's."""
        if self.standing:
            return Hands(0.0, self.taken - clock.start.timestamp())
        return Hands(self.ahead, None)


def write(folder: Path, kept: KeptSpace) -> None:
    """Write STATE in the folder, whole or not at all. Secrets are in it: every one is invented."""
    content = {"version": _VERSION, **asdict(kept)}
    growing = folder / f"{STATE}.new"
    growing.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(growing, folder / STATE)


def read(folder: Path) -> KeptSpace:
    """What was written there. Raises Conflict when it cannot be read."""
    path = folder / STATE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("version") != _VERSION:
            raise ValueError("another version of the simulator wrote it")
        found["mailboxes"] = tuple(map(_mailbox, found["mailboxes"]))
        return KeptSpace(**found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise Conflict(f"{path} cannot be read: {problem}", "take the snapshot again") from problem


def _mailbox(data: dict[str, Any]) -> Mailbox:
    owner, structure, patient, responsible = (data[n] for n in ("owner", "structure", "patient", "responsible"))
    made = {
        "address": Address(**data["address"]),
        "kind": Kind(data["kind"]),
        "status": Status(data["status"]),
        "owner": Person(**owner) if owner else None,
        "structure": Structure(**structure) if structure else None,
        "responsible": Address(**responsible) if responsible else None,
        "members": tuple(Address(**member) for member in data["members"]),
        "patient": _patient(patient) if patient else None,
        "secrets": Secrets(**data["secrets"]),
        "closing": Closing(**data.get("closing", {})),
    }
    return Mailbox(**{**data, **made})


def _patient(data: dict[str, Any]) -> Patient:
    made = {
        "dispensings": tuple(Dispensing(**each) for each in data["dispensings"]),
        "documents": tuple(ConfiguredDocument(**each) for each in data["documents"]),
        "caregivers": tuple(data["caregivers"]),
        "notify_by": NotifyBy(data["notify_by"]),
    }
    return Patient(**{**data, **made})
