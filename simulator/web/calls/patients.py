"""A patient's space: the profile, the pharmacies, what the patient was told (F10 to F13)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import patients as shapes
from simulator.web.shapes.base import moment

calls = APIRouter(prefix="/api/patients", tags=["patients"])
CHANGE = ("cross-site", "not-json", "too-large", "not-found", "conflict", "invalid", "store")


async def _profile(can: Can, ins: str) -> dict[str, Any]:
    await can.patients.conversations.read(can.patients.profiles.get(ins))
    box = can.patients.profiles.get(ins)
    return shapes.patient(box, sum(mail.incoming and not mail.opened for mail in can.patients.conversations.mails(box)))


@calls.get("", summary="Every patient", response_model=shapes.Patients, responses=documented())
async def every(can: Can) -> dict[str, Any]:
    """In the order of the configuration."""
    boxes = can.patients.profiles.list()
    return {"items": [await _profile(can, str(box.address)) for box in boxes]}


@calls.get("/{ins}", summary="One patient", response_model=shapes.Patient, responses=documented("not-found", "invalid"))
async def get(can: Can, ins: str) -> dict[str, Any]:
    """Identity, state of the space, how the patient is told of new messages."""
    return await _profile(can, ins)


@calls.post("/{ins}/activate", summary="Activate a space", response_model=shapes.Patient, responses=documented(*CHANGE))
async def activate(can: Can, ins: str) -> dict[str, Any]:
    """Its holder signs in for the first time. What arrived before is there."""
    await can.patients.profiles.activate(ins)
    return await _profile(can, ins)


@calls.put("/{ins}/opposition", summary="Record an opposition", response_model=shapes.Patient,
           responses=documented(*CHANGE))
async def oppose(can: Can, ins: str) -> dict[str, Any]:
    """The patient objects to exchanges: mail comes back to its senders, and nothing leaves the space."""
    await can.mailboxes.oppose(str(can.patients.profiles.get(ins).address))
    return await _profile(can, ins)


@calls.delete("/{ins}/opposition", summary="Withdraw an opposition", response_model=shapes.Patient,
              responses=documented(*CHANGE))
async def withdraw_opposition(can: Can, ins: str) -> dict[str, Any]:
    """The space is open again, with all that was in it."""
    await can.mailboxes.withdraw_opposition(str(can.patients.profiles.get(ins).address))
    return await _profile(can, ins)


@calls.get("/{ins}/pharmacies", summary="The pharmacies of a patient", response_model=shapes.Pharmacies,
           responses=documented("not-found", "invalid"))
async def pharmacies(can: Can, ins: str) -> dict[str, Any]:
    """Those that the patient may write to first, and for each other one the reason why not (F7, F12, F13)."""
    return {"items": [shapes.pharmacy(seen) for seen in can.patients.pharmacies.list(ins)]}


@calls.get("/{ins}/notifications", summary="What a patient was told", response_model=shapes.Notifications,
           responses=documented("not-found", "invalid"))
async def notifications(can: Can, ins: str) -> dict[str, Any]:
    """The notifications that Mon espace santé would have sent; nothing leaves the simulator."""
    told = can.patients.profiles.notifications(ins)
    return {"items": [{"at": moment(n.at), "by": n.by, "address": n.address, "message_id": n.message_id} for n in told]}
