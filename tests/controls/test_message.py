"""A stored message read for people: names, texts, attachments, whatever the bytes."""

from __future__ import annotations

import pytest

from simulator.controls.message import TEXT_LIMIT, Attachment, MessageInfo, read_message
from simulator.store.interface import Folder, Message
from tests.builders import ROOT

INBOX = Folder(12, "box@a.example", "INBOX", None, True, True, 1, 4, 1)


def read(*lines: str, keep_raw: bool = False) -> MessageInfo:
    """The message of these lines."""
    body = "\r\n".join(lines).encode()
    return read_message(INBOX, Message(3, frozenset({"\\Seen"}), 1, len(body), 5.0), body, keep_raw=keep_raw)


def test_the_header_is_decoded() -> None:
    m = read(
        "From: =?utf-8?q?H=C3=A9l=C3=A8ne?= <h@a.fr>", "To: a@b.fr, \"C, D\" <c@d.fr>", "Cc: team: e@f.fr;",
        "Subject: =?utf-8?b?w6l0w6k=?=", "Message-ID: <1@a.fr>", "Date: Mon, 2 Nov 2026 09:00:00 +0000", "x-ODD: 1",
        "", "Bonjour")
    assert (m.id, m.mailbox, m.folder, m.uid, m.received, m.flags) == (
        "12.3", "box@a.example", "INBOX", 3, 5.0, ("\\Seen",))
    assert m.from_ == "Hélène <h@a.fr>"
    assert m.to == ("a@b.fr", "C, D <c@d.fr>")
    assert m.cc == ("e@f.fr",)
    assert (m.subject, m.message_id, m.date) == ("été", "<1@a.fr>", "Mon, 2 Nov 2026 09:00:00 +0000")
    assert m.headers[-1] == ("x-ODD", "1")
    assert m.text == "Bonjour"
    assert m.raw == b""


def test_blanks_at_the_end_of_a_subject_are_kept() -> None:
    assert read("Subject: [FIN] ", "", "").subject == "[FIN] "


def test_attachments_are_named_and_measured() -> None:
    m = read(
        "Content-Type: multipart/mixed; boundary=b", "",
        "--b", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", "w6l0w6k=",
        "--b", "Content-Type: Application/PDF", "Content-Disposition: attachment; filename*=utf-8''%C3%A9.pdf",
        "Content-Transfer-Encoding: base64", "", "QUJD",
        "--b", "Content-Type: image/png; name=\"=?utf-8?q?=C3=A0?=.png\"", "", "1234",
        "--b", "Content-Type: message/rfc822", "", "Subject: inside", "", "x", "--b--", "")
    assert m.text == "été"
    assert m.attachments == (
        Attachment("é.pdf", "application/pdf", 3), Attachment("à.png", "image/png", 4),
        Attachment("", "message/rfc822", 20))


def test_plain_text_is_preferred_and_html_shown_without_it() -> None:
    html = ("--b", "Content-Type: text/html", "", "<b>x</b>")
    both = read("Content-Type: multipart/alternative; boundary=b", "", "--b", "", "x", *html, "--b--")
    assert both.text == "x"
    assert read("Content-Type: multipart/alternative; boundary=b", "", *html, "--b--").text == "<b>x</b>"


def test_a_long_text_is_cut() -> None:
    m = read("Content-Type: text/plain; charset=utf-8", "", "é" * TEXT_LIMIT)
    assert m.text == "é" * (TEXT_LIMIT // 2)


def test_the_bytes_are_kept_when_asked_for() -> None:
    assert read("Subject: x", "", "y", keep_raw=True).raw == b"Subject: x\r\n\r\ny"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b":\r\n\r\n", b"Content-Type: multipart/mixed\r\n\r\n--"])
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert read_message(INBOX, Message(1, frozenset(), 1, len(body), 0.0), body).id == "12.1"


def test_every_fixture_can_be_read() -> None:
    for path in (ROOT / "fixtures" / "messages").rglob("*.eml"):
        body = path.read_bytes()
        m = read_message(INBOX, Message(1, frozenset(), 1, len(body), 0.0), body)
        assert m.headers, path
