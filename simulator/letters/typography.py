"""French typography: what does not break at the end of a line, dates and lists as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
          "décembre")

_BEFORE = re.compile(r" ([:;!?»%€])")
_AFTER = re.compile(r"(«|n°) ")
_UNIT = re.compile(r"(\d) (mg|g|µg|kg|ml|mL|l|L|cm|mm|mmol|mmHg|ans|an|mois|jours?|semaines?|fois|h|bpm|U|UI)\b")


def french(text: str) -> str:
    """No-break spaces where a line must not end: before high punctuation, between a number and its unit."""
    text = _BEFORE.sub(rf"{NBSP}\1", text)
    text = _AFTER.sub(rf"\1{NBSP}", text)
    return _UNIT.sub(rf"\1{NBSP}\2", text)


def long_date(day: date) -> str:
    """``1er novembre 2026``."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """``02/11/2026``."""
    return f"{day:%d/%m/%Y}"


def joined(words: Sequence[str], last: str = "et") -> str:
    """``matin, midi et soir``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def number(value: float, decimals: int = 0) -> str:
    """With a decimal comma."""
    return f"{value:.{decimals}f}".replace(".", ",")


def unaccented(text: str) -> str:
    """The letters alone: ``Zoé`` is ``Zoe``, ``œ`` is ``oe``."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def in_france(moment: datetime) -> datetime:
    """The same moment on a French clock; UTC on machines that do not know the zone."""
    return moment.astimezone(_zone())


@cache
def _zone() -> tzinfo:
    try:
        return ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        return UTC
