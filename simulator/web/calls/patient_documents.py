"""The section Documents of a patient's space (F15)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from simulator.web.calls.patients import CHANGE
from simulator.web.downloads import download
from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import patients as shapes

calls = APIRouter(prefix="/api/patients/{ins}/documents", tags=["patients"])
FILE: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7"}}}}
"""What a call that answers with a file declares."""
Inline = Annotated[bool, Query(description="Show PDF, JPEG and PNG in place instead of saving.", examples=[True])]


@calls.get("", summary="The documents of a patient", response_model=shapes.PatientDocuments,
           responses=documented("not-found", "invalid"))
async def every(can: Can, ins: str) -> dict[str, Any]:
    """Newest act first."""
    return {"items": [shapes.document(kept) for kept in await can.patients.documents.list(ins)]}


@calls.post("", summary="Put a document in the space", status_code=201, response_model=shapes.PatientDocument,
            responses=documented("bad-request", *CHANGE))
async def add(can: Can, ins: str, wanted: shapes.DocumentToBe) -> dict[str, Any]:
    """As the patient does: types and size are those of Mon espace santé."""
    return shapes.document(await can.patients.documents.add(
        ins, name=wanted.name, content=wanted.content, title=wanted.title, code=wanted.code))


@calls.get("/{id}", summary="The file of a document", response_class=Response,
           responses=documented("not-found", "invalid") | FILE)
async def get(can: Can, ins: str, id: str, inline: Inline = False) -> Response:
    """`inline` shows PDF, JPEG and PNG in place."""
    document, content = await can.patients.documents.get(ins, id)
    return download(document.about.name, document.type, content, inline=inline)


@calls.delete("/{id}", summary="Take a document out", status_code=204, response_class=Response,
              responses=documented(*CHANGE))
async def remove(can: Can, ins: str, id: str) -> Response:
    """Only what the patient added."""
    await can.patients.documents.remove(ins, id)
    return Response(status_code=204)
