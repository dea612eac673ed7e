"""Date headers."""

from datetime import UTC, date, datetime

import pytest

from simulator.mime.dates import sent


@pytest.mark.parametrize(
    ("value", "day", "moment"),
    [
        (b"Thu, 15 Feb 2007 01:02:03 +0200", date(2007, 2, 15), datetime(2007, 2, 14, 23, 2, 3, tzinfo=UTC)),
        (b"15 Feb 2007 23:30 -0130", date(2007, 2, 15), datetime(2007, 2, 16, 1, 0, tzinfo=UTC)),
        (b"Thu,15 Feb 07 01:02:03 EST", date(2007, 2, 15), datetime(2007, 2, 15, 6, 2, 3, tzinfo=UTC)),
        (b"15 february 99 00:00:00 GMT (comment)", date(1999, 2, 15), datetime(1999, 2, 15, tzinfo=UTC)),
        (b"(c) Thu (c), 15 (c) Feb 107 00:00 Z", date(2007, 2, 15), datetime(2007, 2, 15, tzinfo=UTC)),
        (b"15-Feb-2007 12:00:00", date(2007, 2, 15), datetime(2007, 2, 15, 12, tzinfo=UTC)),
        (b"15 Feb 2007", date(2007, 2, 15), datetime(2007, 2, 15, tzinfo=UTC)),
        (b"15 Feb 2007 99:99:99 +9999", date(2007, 2, 15), datetime(2007, 2, 15, tzinfo=UTC)),
    ],
)
def test_a_date_gives_its_own_day_and_its_moment(value: bytes, day: date, moment: datetime) -> None:
    assert sent(value) == (day, moment.timestamp())


@pytest.mark.parametrize(
    "value", [None, b"", b"yesterday", b"31 Feb 2007 00:00", b"1 Foo 2007", b"\xff" * 300, b"1 Jan 0000"]
)
def test_what_is_no_date_is_none(value: bytes | None) -> None:
    assert sent(value) is None
