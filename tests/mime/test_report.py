"""Reports as another program reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message

from simulator.mime.report import encode_report

AT = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
ORIGINAL = b"Subject: Compte rendu\r\n"


def parts(returned: bytes, *, whole: bool = False) -> tuple[Message, list[Message]]:
    """The report, and its three parts."""
    encoded = encode_report(
        host="mx.example", at=AT, kind="delivery-status", header=("From: MAILER-DAEMON@mx.example", "To: a@b.example"),
        text="Non distribué.\n", fields=("Reporting-MTA: dns; mx.example",), returned=returned, whole=whole)
    assert b"\n" not in encoded.replace(b"\r\n", b"")
    report = message_from_bytes(encoded)
    found = report.get_payload()
    assert isinstance(found, list)
    return report, [part for part in found if isinstance(part, Message)]


def test_a_report_has_words_fields_and_what_it_is_about() -> None:
    report, found = parts(ORIGINAL)
    assert report.get_content_type() == "multipart/report" and report.get_param("report-type") == "delivery-status"
    assert report["Date"] == "Sun, 29 Nov 2026 12:30:00 +0000" and report["To"] == "a@b.example"
    assert [part.get_content_type() for part in found] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers"]
    words = found[0].get_payload(decode=True)
    assert isinstance(words, bytes) and words.decode().startswith("Non distribué.")
    assert found[2].get_payload() == "Subject: Compte rendu\r\n"


def test_a_whole_message_goes_back_as_one() -> None:
    _, found = parts(ORIGINAL + b"\r\nBonjour.\r\n", whole=True)
    inside = found[2].get_payload(0)
    assert isinstance(inside, Message) and inside["Subject"] == "Compte rendu"


def test_what_is_not_ascii_is_declared() -> None:
    report, found = parts("Subject: Réponse\r\n".encode())
    assert report["Content-Transfer-Encoding"] == found[2]["Content-Transfer-Encoding"] == "8bit"
    plain, _ = parts(ORIGINAL)
    assert plain["Content-Transfer-Encoding"] is None
