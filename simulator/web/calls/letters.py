"""Ready-made letters on demand (F20): realistic, invented, the same again for the same seed."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from simulator.web.calls.patient_documents import FILE
from simulator.web.downloads import download
from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import letters as shapes

calls = APIRouter(prefix="/api/letters", tags=["letters"])
CHANGE = ("bad-request", "cross-site", "not-json", "too-large", "not-found", "invalid")


@calls.get("", summary="The kinds of letters", response_model=shapes.LetterKinds, responses=documented())
async def kinds() -> dict[str, Any]:
    """What can be made on demand."""
    return {"items": await asyncio.to_thread(_kinds)}


@calls.post("", summary="Make a letter", response_class=Response, responses=documented(*CHANGE) | FILE)
async def make(can: Can, wanted: shapes.LetterToMake) -> Response:
    """As a file: PDF/A, CDA, IHE_XDM.zip, or the whole mail. Nothing is sent."""
    made = await can.letters.make(
        wanted.kind, patient=wanted.patient, author=wanted.author, seed=wanted.seed, form=wanted.form,
        structured=wanted.structured, day=wanted.date, to=wanted.to)
    return download(made.name, made.type, made.content)


@calls.post("/send", summary="Send a letter", status_code=201, response_model=shapes.SentLetter,
            responses=documented(*CHANGE, "refused", "store"))
async def send(can: Can, wanted: shapes.LetterToSend) -> dict[str, Any]:
    """In the author's name, through the same rules and relay as any mail."""
    sent = await can.letters.send(
        wanted.kind, patient=wanted.patient, author=wanted.author, to=wanted.to, seed=wanted.seed,
        archive=wanted.archive, structured=wanted.structured)
    return {"message_id": sent.message_id, "subject": sent.subject, "to": list(sent.to)}


def _kinds() -> list[dict[str, Any]]:
    from simulator.letters import KINDS

    return [{"name": kind.name, "code": kind.code, "title": kind.title, "structured": kind.structured}
            for kind in KINDS]
