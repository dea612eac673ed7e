"""The Date header (RFC 5322 3.3 and its obsolete forms)."""

import re
from calendar import timegm
from datetime import date
from typing import NamedTuple

from simulator.mime.headers import without_comments

_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
_ZONES = {b"EST": -5, b"EDT": -4, b"CST": -6, b"CDT": -5, b"MST": -7, b"MDT": -6, b"PST": -8, b"PDT": -7}
_LONGEST = 200  # octets looked at

_DATE = re.compile(
    rb"\s*+(?:[A-Za-z]{2,9}\.?\s*+,?\s*+)?(\d{1,2})[\s-]++([A-Za-z]{3})[a-z]*+\.?[\s-]++(\d{2,4})(?!\d)"
    rb"(?:\s++(\d{1,2})\s*+:\s*+(\d{1,2})(?:\s*+:\s*+(\d{1,2}))?(?:\.\d+)?\s*+([+-]\d{4}|[A-Za-z]{1,5})?)?"
)


class Sent(NamedTuple):
    """`day` as the sender wrote it, for SENTSINCE and its kin; `timestamp` in seconds of UTC, for SORT."""

    day: date
    timestamp: float


def sent(value: bytes | None) -> Sent | None:
    """The moment a Date header names; None when it is absent or no date.

    A time that cannot be is midnight and an unknown zone is UTC (RFC 5256 2.2).
    """
    match = _DATE.match(without_comments(value[:_LONGEST])) if value else None
    if match is None or match[2].lower() not in _MONTHS:
        return None
    try:
        day = date(_year(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
    except ValueError:
        return None
    hour, minute, second = (int(match[group] or 0) for group in (4, 5, 6))
    if hour > 23 or minute > 59 or second > 60:
        hour = minute = second = 0
    seconds = timegm((day.year, day.month, day.day, hour, minute, second, 0, 0, 0))
    return Sent(day, float(seconds - _offset(match[7] or b"")))


def _year(digits: bytes) -> int:
    """RFC 5322 4.3: two digits below 50 are of this century, other short years count from 1900."""
    year = int(digits)
    if len(digits) == 2 and year < 50:
        return year + 2000
    return year + 1900 if len(digits) < 4 else year


def _offset(zone: bytes) -> int:
    """Seconds east of UTC."""
    if zone[:1] in (b"+", b"-"):
        hours, minutes = int(zone[1:3]), int(zone[3:5])
        seconds = hours * 3600 + minutes * 60 if minutes < 60 and hours < 24 else 0
        return -seconds if zone[:1] == b"-" else seconds
    return _ZONES.get(zone.upper(), 0) * 3600
