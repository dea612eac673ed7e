"""Sorting copies, and the one header that only the last operator writes."""

from __future__ import annotations

import pytest

from simulator.notices import Fate
from simulator.routing import Routing, Sorted, without_return_path
from simulator.rules.letter import read_letter
from tests.builders import DOCTOR, NURSE, PHARMACY, START, a_clock, a_letter, a_space, address


def sort(operator: str, recipient: str, sender: str | None = DOCTOR) -> Sorted:
    """Where one copy goes."""
    into = Sorted()
    Routing(a_space(), a_clock()).sort(
        into, operator=operator, sender=address(sender) if sender else None, recipient=address(recipient),
        body=a_letter(), letter=read_letter(a_letter()), options={"ENVID": "e1"}, arrival="transfer")
    return into


def test_a_mailbox_of_the_operator_gets_a_deposit() -> None:
    (deposit,) = sort("mailiz", NURSE.upper().replace("MSSANTE.FR", "mssante.fr")).deposits
    assert (deposit.mailbox, deposit.folder, deposit.arrival) == (NURSE, "INBOX", "transfer")
    assert deposit.message.internal_date == START.timestamp() and deposit.message.flags == frozenset()


def test_a_mailbox_of_another_becomes_a_relay_in_the_operators_name() -> None:
    (relay,) = sort("mailiz", PHARMACY).relays
    assert (relay.operator, relay.sender, relay.recipient, relay.body) == ("mailiz", DOCTOR, PHARMACY, a_letter())
    assert relay.created == relay.due == START.timestamp() and relay.options == {"ENVID": "e1"} and relay.attempts == 0


def test_a_notice_is_relayed_with_the_null_sender() -> None:
    assert sort("mailiz", PHARMACY, None).relays[0].sender == ""
    assert sort("mailiz", NURSE, None).deposits[0].message.body.startswith(b"Return-Path: <>\r\n")


@pytest.mark.parametrize("sender", ["", "not an address"])
def test_nobody_is_told_of_a_notice(sender: str) -> None:
    into = Sorted()
    Routing(a_space(), a_clock()).notify(
        into, Fate.FAILED, operator="mailiz", sender=sender, recipient=PHARMACY, status="5.1.1", reason="no",
        body=b"", created=0.0, options={})
    assert into.batch() == Sorted().batch()


def test_a_batch_holds_everything_that_was_sorted() -> None:
    into = sort("mailiz", NURSE)
    into.relayed.append(7)
    batch = into.batch()
    assert (len(batch.deposits), len(batch.relays), list(batch.relayed)) == (1, 0, [7])


@pytest.mark.parametrize(("before", "after"), [
    (b"Return-Path: <a@b>\r\nX: 1\r\n\r\nReturn-Path: text\r\n", b"X: 1\r\n\r\nReturn-Path: text\r\n"),
    (b"X: 1\r\nRETURN-PATH:\r\n\t<a@b>\r\n (x)\r\nY: 2\r\n\r\n", b"X: 1\r\nY: 2\r\n\r\n"),
    (b"X: 1\r\n Return-Path: folded\r\n\r\n", b"X: 1\r\n Return-Path: folded\r\n\r\n"),
    (b"X-Return-Path: 1\r\n\r\n", b"X-Return-Path: 1\r\n\r\n"),
    (b"Return-Path: <a@b>\r\n", b""), (b"Return-Path: <a@b>", b""), (b"", b""),
    (b"\r\nReturn-Path: x", b"\r\nReturn-Path: x"),
])
def test_return_path_is_taken_out_of_the_header_only(before: bytes, after: bytes) -> None:
    assert without_return_path(before) == after


def test_the_copies_of_one_letter_are_one_text_in_memory() -> None:
    into, routing, body = Sorted(), Routing(a_space(), a_clock()), a_letter()
    for sender, recipient in ((DOCTOR, NURSE), (DOCTOR, DOCTOR), (None, NURSE)):
        routing.sort(into, operator="mailiz", sender=address(sender) if sender else None, recipient=address(recipient),
                     body=body, letter=read_letter(body), options={})
    first, second, notice = (deposit.message.body for deposit in into.deposits)
    assert first is second and first == f"Return-Path: <{DOCTOR}>\r\n".encode() + body
    assert notice == b"Return-Path: <>\r\n" + body
