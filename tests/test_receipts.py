"""Receipts as messages: who is named, what is quoted, and that no original writes fields of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from simulator.receipts import Receipt, asked_by
from tests.builders import DOCTOR, PATIENT, address


@pytest.mark.parametrize(("value", "named"), [
    (DOCTOR, DOCTOR), (f"Dr Paul Vial <{DOCTOR}>", DOCTOR), (f"<{DOCTOR}>", DOCTOR),
    ("", None), ("nobody", None), (f"{DOCTOR}, {PATIENT}", None), ("a b@c", None)])
def test_a_receipt_is_asked_by_one_address(value: str, named: str | None) -> None:
    found = asked_by(value)
    assert (str(found) if found is not None else None) == named


def test_a_hostile_subject_and_id_stay_inside_their_fields() -> None:
    original = b"Subject: x\r\nX-Own: 1\r\n\r\ntext\r\n"
    receipt = Receipt("mx.mes.mssante.fr", "Zoé ADRUN", address(PATIENT), address(DOCTOR),
                      "Urgent\r\nBcc: spy@gmail.com", "<1@x>\r\nX-Evil: 1", original,
                      datetime(2026, 11, 2, 9, tzinfo=UTC)).encode()
    read = message_from_bytes(receipt, policy=default)
    assert read["Bcc"] is None and read["X-Evil"] is None
    assert read["Subject"].startswith("Accusé de lecture : Urgent")
    assert b"\n" not in receipt.replace(b"\r\n", b"")
    assert b"text\r\n" not in receipt
