"""SORT."""

import pytest

from simulator.mime.sortkeys import MAX_REFERENCES, Criterion, order, sortable

HEADERS = (
    b"From: zed@x\r\nTo: Any <b@x>\r\nSubject: Re: apple\r\nDate: 3 Jan 2020 00:00:00 +0000\r\n\r\n",
    b"From: Amy <amy@x>\r\nTo: c@x\r\nSubject: [x]\r\nDate: 2 Jan 2020 23:00:00 -0500\r\n\r\n",
    b"Subject: Banana\r\n\r\n",
    b"From: bob@x\r\nCc: g: a@x;\r\nSubject: APPLE\r\nDate: 1 Jan 2020 00:00:00 +0000\r\n\r\n",
)
MESSAGES = [sortable(number, float(-number), number % 2, header) for number, header in enumerate(HEADERS, 1)]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ([("ARRIVAL", False)], [4, 3, 2, 1]),
        ([("DATE", False)], [3, 4, 1, 2]),
        ([("FROM", False)], [3, 2, 4, 1]),
        ([("TO", False)], [3, 4, 1, 2]),
        ([("CC", True)], [4, 1, 2, 3]),
        ([("SUBJECT", False)], [1, 4, 3, 2]),
        ([("SUBJECT", True)], [2, 3, 1, 4]),
        ([("SIZE", False), ("ARRIVAL", False)], [4, 2, 3, 1]),
        ([], [1, 2, 3, 4]),
    ],
)
def test_messages_are_put_in_order(program: list[tuple[Criterion, bool]], expected: list[int]) -> None:
    assert order(MESSAGES, program) == expected


def test_references_fall_back_on_the_first_in_reply_to() -> None:
    assert sortable(1, 0.0, 0, b"In-Reply-To: your <a@x> of <b@x>\r\n\r\n").references == (b"a@x",)
    assert sortable(1, 0.0, 0, b"References: <a@x>\r\n\t<b@x>\r\nIn-Reply-To: <c@x>\r\n\r\n").references == (
        b"a@x",
        b"b@x",
    )
    assert len(sortable(1, 0.0, 0, b"References: " + b"<a@x>" * 9_000).references) == MAX_REFERENCES
