"""The small values inside METADATA.XML and CDA: codes, HL7 identifiers and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_ESCAPES = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\"}
_ESCAPED = re.compile(r"\\([EFSRT])\\")
_PLAIN = {value[1]: key for key, value in _ESCAPES.items()}
_DTM = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d+)?)?)?)?)?)?([+-]\d{4})?")


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a code system."""

    code: str = ""
    system: str = ""
    """OID."""
    label: str = ""
    """displayName."""

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()


NO_CODE = Code()


def escaped(text: str) -> str:
    """A text as it may stand inside an HL7 v2 field (HL7 v2.5 2.7)."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def components(field: str) -> list[str]:
    """The components of an HL7 v2 field, escapes undone; the subcomponent separator stays."""
    return [_ESCAPED.sub(lambda found: _PLAIN[found[1]], part) for part in field.split("^")]


def component(parts: list[str], number: int) -> str:
    """The component of that number, from 1; empty when there are fewer."""
    return parts[number - 1].strip() if len(parts) >= number else ""


def authority(text: str) -> str:
    """The OID of an assigning authority, ``&1.2.250.1.213.1.4.8&ISO``; empty when there is none."""
    parts = text.split("&")
    return parts[1].strip() if len(parts) > 1 else ""


def moment(text: str) -> datetime | None:
    """An HL7 date and time, ``20261102093000+0100``; UTC where no zone is written, None for what is no date."""
    found = _DTM.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        offset = UTC if zone is None else timezone(_offset(zone))
        return datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
                        tzinfo=offset)
    except ValueError:
        return None


def iso_date(text: str) -> str:
    """``1975-12-31`` for ``19751231…``; the text itself where it is no whole date."""
    at = moment(text) if len(text.strip()) >= len("19751231") else None
    return text.strip() if at is None else at.strftime("%Y-%m-%d")


def hl7_utc(at: datetime) -> str:
    """``20261102083000``: as METADATA.XML writes moments, in UTC."""
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def hl7_zoned(at: datetime) -> str:
    """``20261102093000+0100``: as CDA writes moments."""
    return at.strftime("%Y%m%d%H%M%S%z")


def _offset(zone: str) -> timedelta:
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    return -size if zone[0] == "-" else size
