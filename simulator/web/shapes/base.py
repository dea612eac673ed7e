"""What all shapes have in common: nothing unknown is taken, and a refusal never repeats a value that may be secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)]
"""Real seconds that a call may be held open."""
Name = Annotated[str, Field(min_length=1, max_length=320)]
Cursor = Annotated[str, Field(max_length=4096)]


class Taken(BaseModel):
    """What a call takes."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, hide_input_in_errors=True)


class Body(Taken):
    """What a call takes as JSON, where a number is a number and no text or truth value."""

    model_config = ConfigDict(strict=True)


class Given(BaseModel):
    """What a call answers."""

    model_config = ConfigDict(populate_by_name=True)


def example(**members: object) -> dict[str, Any]:
    """The example of a shape, for its ``json_schema_extra``."""
    return {"examples": [members]}


def examples(*several: Mapping[str, object]) -> dict[str, Any]:
    """More than one example."""
    return {"examples": list(several)}


def moment(seconds: float) -> datetime:
    """Simulated seconds since 1970 as a date; what no calendar holds becomes 1970."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
