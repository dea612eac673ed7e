"""Codes, HL7 fields and dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from simulator.xdm.values import authority, component, components, escaped, hl7_utc, hl7_zoned, iso_date, moment

PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(("text", "said"), [
    ("20261102133000+0100", datetime(2026, 11, 2, 13, 30, tzinfo=PARIS)),
    ("20261102123000", datetime(2026, 11, 2, 12, 30, tzinfo=UTC)),
    ("202611021230", datetime(2026, 11, 2, 12, 30, tzinfo=UTC)),
    ("20261102", datetime(2026, 11, 2, tzinfo=UTC)),
    ("2026110212", datetime(2026, 11, 2, 12, tzinfo=UTC)),
    ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
    ("20261102123000.123-0500", datetime(2026, 11, 2, 17, 30, tzinfo=UTC)),
    ("20261302", None), ("yesterday", None), ("", None), ("202611021", None), ("20261102123000+9999", None),
    ("00000101", None),
])
def test_moments_are_read(text: str, said: datetime | None) -> None:
    assert moment(text) == said


def test_moments_are_written() -> None:
    at = datetime(2026, 11, 2, 13, 30, 5, tzinfo=PARIS)
    assert hl7_utc(at) == "20261102123005"
    assert hl7_zoned(at) == "20261102133005+0100"


def test_dates_are_written_as_iso() -> None:
    assert iso_date("19751231") == "1975-12-31"
    assert iso_date("19751231120000+0100") == "1975-12-31"
    assert iso_date("1975") == "1975"
    assert iso_date("unknown") == "unknown"


def test_separators_inside_a_component_survive() -> None:
    name = "A^B&C~D|E\\F"
    assert components(f"x^{escaped(name)}^y") == ["x", name, "y"]
    assert component(["a", " b "], 2) == "b"
    assert component(["a"], 2) == ""
    assert authority("&1.2.3&ISO") == "1.2.3"
    assert authority("1.2.3") == ""
