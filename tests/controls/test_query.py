"""What a query asks, what a message lacks, cursors."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controls.errors import Invalid
from simulator.controls.message import Attachment, MessageInfo
from simulator.controls.query import Query, cursor_of, lacks, marks, told

MESSAGE = MessageInfo(
    "1.2", "a@b.fr", "INBOX", 2, 0.0, 10, (), "Paul Vial <paul@c.fr>", ("A <a@b.fr>",), ("d@e.fr",), "Re: Ordonnance",
    "<1@c.fr>", "", (Attachment("Ordonnance.pdf", "application/pdf", 3),), "Bonjour à tous", (("X-MSS-MES", "FIN"),),
)


@pytest.mark.parametrize(
    "fitting",
    [
        {}, {"mailbox": "A@B.fr"}, {"folder": "inbox"}, {"from_": "PAUL"}, {"to": "a@b"}, {"to": "d@e.fr"},
        {"subject": "ordonnance"}, {"subject_is": "Re: Ordonnance"}, {"header": ("x-mss-mes", "fin")},
        {"header": ("X-MSS-MES", "")}, {"attachment": ".pdf"}, {"attachment": ""}, {"text": "À TOUS"}, {"unseen": True},
    ],
)
def test_a_message_fits(fitting: dict[str, Any]) -> None:
    assert lacks(Query(**fitting), MESSAGE) == []


@pytest.mark.parametrize(
    ("asked", "lacking"),
    [
        ({"mailbox": "x@y.fr"}, "it is in the mailbox a@b.fr, not in x@y.fr"),
        ({"folder": "Sent"}, "it is in the folder INBOX, not in Sent"),
        ({"from_": "nadia"}, "it is from 'Paul Vial <paul@c.fr>', which lacks 'nadia'"),
        ({"to": "nadia"}, "it is to A <a@b.fr>, d@e.fr, which lacks 'nadia'"),
        ({"subject": "facture"}, "its subject is 'Re: Ordonnance', which lacks 'facture'"),
        ({"subject_is": "Ordonnance"}, "its subject is 'Re: Ordonnance', not exactly 'Ordonnance'"),
        ({"header": ("X-Other", "")}, "it has no field X-Other"),
        ({"header": ("X-MSS-MES", "X")}, "its field X-MSS-MES is 'FIN', which lacks 'X'"),
        ({"attachment": "zip"}, "its attachments are 'Ordonnance.pdf', none with 'zip'"),
        ({"text": "bonsoir"}, "its text lacks 'bonsoir'"),
        ({"unseen": False}, "nobody has read it yet"),
    ],
)
def test_what_is_lacking_is_told(asked: dict[str, Any], lacking: str) -> None:
    assert lacks(Query(**asked), MESSAGE) == [lacking]


def test_a_query_is_told_to_people() -> None:
    assert told(Query(mailbox="a@b.fr", subject="x")) == "in a@b.fr, subject with 'x'"
    assert told(Query()) == "any message"


def test_a_cursor_is_read_back() -> None:
    assert cursor_of({3: 4, 1: 20, 2: 0}) == "1.20-3.4"
    assert marks("1.20-3.4") == {1: 20, 3: 4}
    assert marks(cursor_of({})) == {} == marks(None)


@pytest.mark.parametrize("text", ["", "x", "1", "1.2-", "-1.2", "1.2.3", "1.2 3.4", "٣.٤"])
def test_what_is_no_cursor_is_told(text: str) -> None:
    with pytest.raises(Invalid, match="is no cursor"):
        marks(text)
