"""What pharmacies dispensed to a patient: the reimbursement history (F13)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from simulator.web.calls.messages import BODY
from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import indicators as shapes

calls = APIRouter(prefix="/api/patients/{ins}/dispensings", tags=["patients"])


@calls.get("", summary="A patient's dispensings", response_model=shapes.Dispensings,
           responses=documented("not-found", "invalid"))
async def history(can: Can, ins: str) -> dict[str, Any]:
    """Those of the configuration and those recorded since, oldest first."""
    return {"items": [shapes.dispensing(each) for each in can.dispensings.of(ins)]}


@calls.post("", summary="Dispense to a patient", status_code=201, response_model=shapes.Dispensing,
            responses=documented(*BODY, "not-found", "store"))
async def dispense(can: Can, ins: str, wanted: shapes.DispensingToBe) -> dict[str, Any]:
    """The patient may write to the pharmacy at once; its counter has one more."""
    return shapes.dispensing(await can.dispensings.record(ins, wanted.structure, wanted.date, wanted.reimbursed))
