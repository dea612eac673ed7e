"""The pharmacy's counter, "picto argent" (F22): as JSON, and as a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from simulator.controls.indicators import Indicator
from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import indicators as shapes
from simulator.web.sheet import MEDIA_TYPE, Cell, sheet

calls = APIRouter(prefix="/api/indicators", tags=["indicators"])

_ALL_HEADS = ("Pharmacie", "Numéro national", "Du", "Au", "Délivrances", "Avec le patient", "Entre professionnels",
              "Messages avec des patients", "Messages entre professionnels", "Numérateur", "Taux (%)", "Seuil (%)",
              "Atteint", "Montant (€)", "Dû (€)")
_ONE_HEADS = ("Date", "INS", "Patient", "Remboursée", "Compte", "Échange avec le patient",
              "Échange entre professionnels", "Pourquoi")


def _csv(heads: Sequence[str], row: str) -> dict[int | str, dict[str, object]]:
    return {200: {"description": "Successful Response", "content": {MEDIA_TYPE: {
        "schema": {"type": "string"}, "example": f"\ufeff{';'.join(heads)}\r\n{row}\r\n"}}}}


_ALL_CSV = _csv(_ALL_HEADS, "Pharmacie des Tilleuls;1990000010;2026-01-01;2026-12-31;3;1;0;2;0;1;33,33;5;oui;240;240")
_ONE_CSV = _csv(_ONE_HEADS, "2026-10-21;275126322074974;Zoé ADRUN;oui;oui;oui;non;"
                            "compte : message reçu le 2026-11-02 avec le patient")


@calls.get("", summary="Every pharmacy's counter", response_model=shapes.Every,
           responses=documented("invalid") | _ALL_CSV)
async def every(request: Request, can: Can, asked: Annotated[shapes.AskedAs, Query()]) -> Any:
    """Dispensings, those with an MSSanté exchange, rate, threshold and amount. As CSV with `format=csv` or
    `Accept: text/csv`: one row for each pharmacy."""
    found = can.indicators.all(asked.since, asked.until)
    if _wants_sheet(request, asked):
        return _sheet("indicateurs", _ALL_HEADS, map(_figures_row, found))
    return {"items": [shapes.figures(each) for each in found], "formula": can.indicators.formula.sentence()}


@calls.get("/{address}.csv", summary="One pharmacy's dispensings as CSV", response_class=Response,
           responses=documented("not-found", "invalid") | _ONE_CSV)
async def one_sheet(can: Can, address: str, asked: Annotated[shapes.Asked, Query()]) -> Response:
    """One row for each dispensing of the period, with why it counts or not. UTF-8 with a byte order mark, semicolons,
    decimal commas."""
    return _dispensings(can.indicators.of(address, asked.since, asked.until))


@calls.get("/{address}", summary="One pharmacy's counter", response_model=shapes.Indicator,
           responses=documented("not-found", "invalid") | _ONE_CSV)
async def one(request: Request, can: Can, address: str, asked: Annotated[shapes.AskedAs, Query()]) -> Any:
    """By the address of one of its mailboxes, its name in the configuration or its national number. With the formula in
    words, each dispensing and each message of the period, and why it counts or not."""
    found = can.indicators.of(address, asked.since, asked.until)
    return _dispensings(found) if _wants_sheet(request, asked) else shapes.indicator(found)


def _wants_sheet(request: Request, asked: shapes.AskedAs) -> bool:
    if asked.format is not None:
        return asked.format == "csv"
    accepted = request.headers.get("accept", "").lower()
    return MEDIA_TYPE in accepted and "json" not in accepted


def _dispensings(found: Indicator) -> Response:
    rows: list[list[Cell]] = [list(shapes.line(each).values()) for each in found.lines]
    return _sheet(found.structure.id, _ONE_HEADS, rows)


def _figures_row(found: Indicator) -> list[Cell]:
    return [
        found.structure.name, found.structure.national_id, found.period.since, found.period.until, found.dispensings,
        found.with_patients, found.with_professionals, found.messages.patients, found.messages.professionals,
        found.numerator, found.rate, found.formula.threshold, found.reached, found.formula.amount, found.due,
    ]


def _sheet(name: str, heads: Sequence[str], rows: Any) -> Response:
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_")) or "indicateur"
    return Response(sheet(heads, rows), media_type=f"{MEDIA_TYPE}; charset=utf-8",
                    headers={"content-disposition": f'attachment; filename="{plain}.csv"'})
