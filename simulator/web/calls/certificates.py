"""Certificates: list, issue, revoke."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from simulator.web.calls.messages import BODY
from simulator.web.here import AllHere, Can
from simulator.web.problems import documented
from simulator.web.shapes import space

calls = APIRouter(tags=["certificates"])


@calls.get("/api/certificates", summary="Every certificate", response_model=space.Certificates, responses=documented())
async def every(can: Can) -> dict[str, Any]:
    """All that was ever issued, oldest first."""
    return {"items": [asdict(entry) for entry in can.certificates.list()]}


@calls.post("/api/certificates", summary="Issue a certificate", status_code=201,
            response_model=space.IssuedCertificate, responses=documented(*BODY, "not-found", "conflict"))
async def issue(can: Can, wanted: space.CertificateToBe) -> dict[str, Any]:
    """For an operator or an account, good or faulty on purpose; older ones stay valid."""
    issued = await can.certificates.issue(wanted.name, expired=wanted.expired, not_yet_valid=wanted.not_yet_valid,
                                          wrong_use=wanted.wrong_use, weak=wanted.weak)
    return {
        "serial": issued.serial, "subject": issued.subject, "pem": issued.credentials.chain.decode("ascii"),
        "certificate": str(issued.chain_file), "key": str(issued.key_file), "p12": str(issued.p12_file),
    }


@calls.post("/api/certificates/{serial}/revoke", summary="Revoke a certificate", response_model=space.Certificate,
            responses=documented("cross-site", "not-json", "too-large", "not-found", "invalid"))
async def revoke(can: Can, serial: str) -> dict[str, Any]:
    """Refused from the next handshake on; a second time changes nothing."""
    return asdict(await can.certificates.revoke(serial))


@calls.get("/ca.pem", summary="The authority to trust", response_class=Response,
           responses=documented() | {200: {"description": "PEM.", "content": {"application/x-pem-file": {
               "schema": {"type": "string"}, "example": "-----BEGIN CERTIFICATE-----\n…"}}}})
async def authority(here: AllHere) -> Response:
    """The root and its intermediates, for test machines only."""
    return Response(here.surroundings.ca_file.read_bytes(), media_type="application/x-pem-file")
