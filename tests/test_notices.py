"""Delivery notices, read back with the email package: what people, programs and the RFCs expect of them."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import cast

import pytest

from simulator.notices import MAX_RETURNED, Fate, Notice, wants
from simulator.rules.letter import read_letter
from tests.builders import DOCTOR, PHARMACY, START, a_letter

ORIGINAL = b"From: a@b.example\r\nSubject: Bilan\r\n\r\nR\xc3\xa9sultat :\r\n.\r\n--\r\n\r\n"
NOTICE = Notice(Fate.FAILED, "mx.bfc.mssante.fr", DOCTOR, PHARMACY, "5.1.1", "550 5.1.1 There is no mailbox", START,
                START - timedelta(hours=1), ORIGINAL)


def read(notice: Notice) -> EmailMessage:
    """The notice as a mail program sees it."""
    found = email.message_from_bytes(notice.encode(), policy=SMTP)
    assert not found.defects and not [d for part in found.walk() for d in part.defects]
    return found


def parts(notice: Notice) -> list[EmailMessage]:
    """Text, delivery status, what is returned."""
    return [cast(EmailMessage, part) for part in read(notice).iter_parts()]


def status(notice: Notice) -> tuple[dict[str, str], dict[str, str]]:
    """Fields per message and per recipient."""
    per_message, per_recipient = cast("list[EmailMessage]", parts(notice)[1].get_payload())
    return dict(per_message.items()), dict(per_recipient.items())


def test_it_is_a_report_of_three_parts() -> None:
    found = read(NOTICE)
    assert found.get_content_type() == "multipart/report"
    assert found.get_param("report-type") == "delivery-status"
    assert [p.get_content_type() for p in parts(NOTICE)] == ["text/plain", "message/delivery-status", "message/rfc822"]
    assert found["To"] == DOCTOR and found["Subject"] == "Undelivered Mail Returned to Sender"
    assert found["From"].addresses[0].addr_spec == "MAILER-DAEMON@mx.bfc.mssante.fr"
    assert found["Auto-Submitted"] == "auto-replied" and found["Date"].datetime == START
    assert found["Message-ID"].endswith("@mx.bfc.mssante.fr>")


@pytest.mark.parametrize("fate", Fate)
def test_it_tells_in_french_then_in_english(fate: Fate) -> None:
    text = parts(replace(NOTICE, fate=fate))[0].get_content()
    _, _, french, english = fate.value
    assert text.index(french.format(recipient=PHARMACY)) < text.index(english.format(recipient=PHARMACY))
    assert "Motif : 550 5.1.1" in text and "Reason: 550 5.1.1" in text and "simulateur MSSanté" in text


def test_without_a_reason_none_is_told() -> None:
    text = parts(replace(NOTICE, reason=""))[0].get_content()
    assert "Motif" not in text and "Reason" not in text


def test_the_machine_readable_part_has_the_fields_of_rfc_3464() -> None:
    per_message, per_recipient = status(replace(NOTICE, remote="mx.other.example"))
    assert per_message == {
        "Reporting-MTA": "dns; mx.bfc.mssante.fr", "Arrival-Date": "Mon, 02 Nov 2026 08:00:00 +0000"}
    assert per_recipient == {
        "Final-Recipient": f"rfc822; {PHARMACY}", "Action": "failed", "Status": "5.1.1",
        "Remote-MTA": "dns; mx.other.example", "Diagnostic-Code": "smtp; 550 5.1.1 There is no mailbox",
        "Last-Attempt-Date": "Mon, 02 Nov 2026 09:00:00 +0000"}


@pytest.mark.parametrize(("fate", "action"), [
    (Fate.FAILED, "failed"), (Fate.DELAYED, "delayed"), (Fate.DELIVERED, "delivered"), (Fate.RELAYED, "relayed")])
def test_the_action_is_told(fate: Fate, action: str) -> None:
    assert status(replace(NOTICE, fate=fate))[1]["Action"] == action


def test_envelope_parameters_come_back_as_they_were_meant() -> None:
    per_message, per_recipient = status(
        replace(NOTICE, envid="QQ+2B1", orcpt="rfc822;paul+2Btest@medecin.mssante.fr"))
    assert per_message["Original-Envelope-Id"] == "QQ+1"
    assert per_recipient["Original-Recipient"] == "rfc822;paul+test@medecin.mssante.fr"


def test_hostile_words_write_no_fields_of_their_own() -> None:
    hostile = replace(NOTICE, envid="x+0D+0AStatus: 2.0.0", orcpt="rfc822;x+0AAction: delivered",
                      reason="550 a\r\nAction: delivered\r\n\r\n\x00é")
    per_message, per_recipient = status(hostile)
    assert per_message["Original-Envelope-Id"] == "x??Status: 2.0.0"
    assert per_recipient["Action"] == "failed" and per_recipient["Status"] == "5.1.1"
    assert per_recipient["Diagnostic-Code"] == "smtp; 550 a??Action: delivered??????"


def test_a_peer_that_says_very_much_is_cut_short() -> None:
    lines = replace(NOTICE, reason="x" * 100_000).encode().split(b"\r\n")
    assert max(map(len, lines)) <= 998


def test_a_failed_message_is_returned_verbatim() -> None:
    encoded = NOTICE.encode()
    head, _, rest = encoded.partition(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
    boundary = email.message_from_bytes(encoded).get_boundary()
    assert head and rest == ORIGINAL + f"\r\n--{boundary}--\r\n".encode()


def test_eight_bit_text_is_declared_inside_and_outside() -> None:
    assert read(NOTICE)["Content-Transfer-Encoding"] == "8bit"
    plain = replace(NOTICE, original=a_letter())
    assert plain.encode().isascii() and read(plain)["Content-Transfer-Encoding"] is None


@pytest.mark.parametrize("notice", [
    replace(NOTICE, headers_only=True), replace(NOTICE, fate=Fate.DELAYED), replace(NOTICE, fate=Fate.DELIVERED),
    replace(NOTICE, original=ORIGINAL + b"x" * MAX_RETURNED)], ids=["RET=HDRS", "delayed", "delivered", "large"])
def test_otherwise_only_the_header_is_returned(notice: Notice) -> None:
    returned = parts(notice)[2]
    assert returned.get_content_type() == "text/rfc822-headers"
    assert b"\r\n\r\nFrom: a@b.example\r\nSubject: Bilan\r\n\r\n--" in notice.encode()


def test_a_message_without_body_or_without_anything_is_returned_too() -> None:
    for original in (b"", b"Subject: x\r\n", b"\r\ntext\r\n"):
        assert len(parts(replace(NOTICE, original=original))) == 3


def test_lines_end_with_cr_lf_and_are_short() -> None:
    encoded = NOTICE.encode()
    assert encoded.count(b"\n") == encoded.count(b"\r\n") == encoded.count(b"\r")


def test_each_notice_has_a_transfer_and_a_message_id_of_its_own() -> None:
    one, two = NOTICE.encode(), NOTICE.encode()
    assert one.startswith(b"Received: by mx.bfc.mssante.fr (mssante-simulator) id ")
    assert one.splitlines()[0] != two.splitlines()[0]
    assert read_letter(one).message_id != read_letter(two).message_id
    assert read_letter(one).hops == 1 and not read_letter(one).defects


@pytest.mark.parametrize(("notify", "told"), [
    ("", {"FAILURE", "DELAY"}), ("NEVER", set()), ("SUCCESS", {"SUCCESS"}), ("FAILURE", {"FAILURE"}),
    ("success,failure,delay", {"SUCCESS", "FAILURE", "DELAY"}), ("DELAY", {"DELAY"})])
def test_the_sender_chooses_what_to_be_told(notify: str, told: set[str]) -> None:
    assert {event for event in ("SUCCESS", "FAILURE", "DELAY") if wants(notify, event)} == told
