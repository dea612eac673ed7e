"""One connection, told without sockets: what each step answers, remembers, forgets and writes down."""

from __future__ import annotations

import pytest

from simulator.model.certificate import Worth
from simulator.rules.verdict import PASSED, Severity, Verdict
from simulator.signin import Attempt
from simulator.visit import Reception
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    HOSPITAL,
    NURSE,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    STRANGER,
    House,
    a_body,
    a_card,
    a_letter,
    a_peer,
    address,
    an_identity,
    an_office,
    tls,
)

MIB = 1024 * 1024


def code(verdict: Verdict) -> str:
    """Code and status of the answer; empty when there is none."""
    return f"{verdict.reply.code} {verdict.reply.status}" if verdict.reply else ""


async def test_before_tls_there_is_nothing_to_sign_in_with() -> None:
    async with an_office() as house:
        visit = house.visit()
        assert visit.mechanisms() == ()
        assert visit.secured(tls()) is PASSED
        assert visit.mechanisms() == ("SCRAM-SHA-256", "PLAIN", "LOGIN")
        visit.secured(tls(a_card(DOCTOR)))
        assert visit.mechanisms() == ("SCRAM-SHA-256", "PLAIN", "LOGIN", "EXTERNAL")


async def test_operators_do_not_sign_in() -> None:
    async with an_office() as house:
        assert house.at_mx("mailiz").mechanisms() == ()


async def test_the_size_announced_is_the_operators_as_soon_as_it_is_known() -> None:
    async with an_office() as house:
        assert house.visit().message_limit == 30 * MIB
        assert house.visit("mx", "bfc").message_limit == 20 * MIB
        assert house.at_mx("bfc", "mailiz").message_limit == 10 * MIB
        assert (await house.signed_in(DOCTOR)).message_limit == 10 * MIB
        assert house.visit().most_recipients == 200


async def test_steps_that_pass_have_no_reply_and_the_last_has_one() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        assert visit.sender(address(DOCTOR), {}) is PASSED
        assert visit.recipient(address(PHARMACY), {}) is PASSED
        assert code(await visit.message(a_letter())) == "250 2.0.0"


async def test_a_refused_sender_begins_nothing() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        assert code(visit.sender(address(NURSE), {})) == "553 5.7.1"
        assert visit._sender is None


async def test_a_refused_recipient_is_left_out_and_the_others_stay() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        assert visit.recipient(address(NURSE), {}) is PASSED
        assert code(visit.recipient(address(STRANGER), {})) == "550 5.7.1"
        assert code(await visit.message(a_letter())) == "250 2.0.0"
        assert len(house.inbox(NURSE)) == 1 and house.noted("accepted")[0]["to"] == [NURSE]


async def test_recipients_are_forgotten_between_messages() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        assert code(await house.send(visit, DOCTOR, [NURSE], a_letter())) == "250 2.0.0"
        assert code(await house.send(visit, DOCTOR, [DOCTOR], a_letter())) == "250 2.0.0"
        assert (len(house.inbox(NURSE)), len(house.inbox(DOCTOR))) == (1, 1)


@pytest.mark.parametrize("how", ["reset", "greet", "sender", "refused text"])
async def test_a_transaction_given_up_leaves_no_recipients(how: str) -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        visit.recipient(address(NURSE), {})
        if how == "reset":
            visit.reset()
        elif how == "greet":
            visit.greet("client.test", True)
        elif how == "refused text":
            assert code(await visit.message(a_letter(NURSE))) == "550 5.7.1"
        assert code(await house.send(visit, DOCTOR, [DOCTOR], a_letter())) == "250 2.0.0", "the login stays"
        assert house.inbox(NURSE) == []


async def test_a_handshake_forgets_what_was_said_before_it() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        visit.recipient(address(NURSE), {})
        visit.secured(tls())
        assert code(visit.sender(address(DOCTOR), {})) == "530 5.7.0"
        assert visit._recipients == []


async def test_the_options_of_one_transaction_do_not_reach_the_next() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        await house.send(visit, DOCTOR, [NURSE], a_letter(), {"ENVID": "first", "SMTPUTF8": ""})
        await house.send(visit, DOCTOR, [NURSE], a_letter())
        first, second = house.inbox(NURSE)
        assert b"with UTF8SMTPSA" in first and b"with ESMTPSA" in second


@pytest.mark.parametrize(("size", "answer"), [("10485760", ""), ("10485761", "552 5.3.4"), ("x", ""), ("", "")])
async def test_the_announced_size_is_judged_when_it_is_a_number(size: str, answer: str) -> None:
    async with an_office() as house:
        assert code((await house.signed_in(DOCTOR)).sender(address(DOCTOR), {"SIZE": size})) == answer


async def test_most_recipients_is_a_setting() -> None:
    async with an_office(most_recipients=2) as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        answers = [code(visit.recipient(address(to), {})) for to in (NURSE, PHARMACY, HOSPITAL)]
        assert answers == ["", "", "452 4.5.3"]


async def test_most_hops_is_a_setting() -> None:
    async with an_office(most_hops=1) as house:
        body = b"Received: from a by b\r\nReceived: from b by c\r\n" + a_letter()
        assert code(await house.send(house.at_mx("mailiz"), DOCTOR, [PHARMACY], body)) == "554 5.4.6"


async def test_a_whitelist_change_holds_for_the_next_command() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        house.space.withdraw("infirmier.mssante.fr")
        assert code(visit.recipient(address(NURSE), {})) == "550 5.7.1"


async def test_failures_of_a_connection_are_counted_by_the_visit() -> None:
    async with an_office() as house:
        visit = house.visit()
        visit.secured(tls())
        wrong = Attempt("submission", "127.0.0.1", tls(), "PLAIN", DOCTOR, "", "wrong")
        assert [(await visit.sign_in(wrong)).hang_up for _ in range(3)] == [False, False, True]


async def test_the_operator_is_that_of_the_mailbox_signed_in_for() -> None:
    async with an_office() as house:
        assert (await house.signed_in(COLLEAGUE, PHARMACY)).operator == "bfc"
        assert (await house.signed_in(PATIENT)).operator == "mes"


async def test_a_refusal_is_written_down_with_rule_and_remedy() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        visit.recipient(address(STRANGER), {})
        (event,) = house.noted("refusal")
        assert event["rule"] == "recipient-domain-is-listed" and event["who"] == DOCTOR
        assert event["mailbox"] == STRANGER and event["remedy"] and event["door"] == "submission"


async def test_a_refused_operator_is_named_by_its_certificate() -> None:
    async with an_office() as house:
        visit = house.at_mx("mailiz", "bfc", Worth.REVOKED)
        visit.sender(address(DOCTOR), {})
        (event,) = house.noted("refusal")
        assert event["rule"] == "peer-certificate-is-good" and event["certificate"] == a_peer("mailiz").serial


async def test_a_refused_text_is_written_down_with_its_subject() -> None:
    async with an_office() as house:
        await house.send(await house.signed_in(DOCTOR), DOCTOR, [NURSE], a_letter(NURSE))
        assert house.noted("refusal")[0]["subject"] == "Compte rendu"


@pytest.mark.parametrize(("rule", "sender", "recipient", "body"), [
    ("sender-domain-is-listed", DOCTOR, NURSE, a_letter()),
    ("recipient-domain-is-listed", NURSE, DOCTOR, a_letter(NURSE)),
    ("letter-has-a-message-id", NURSE, NURSE, a_body(f"From: {NURSE}")),
])
async def test_a_warning_is_written_down_at_any_moment(rule: str, sender: str, recipient: str, body: bytes) -> None:
    async with an_office(severities={rule: Severity.WARN}) as house:
        visit = await house.signed_in(sender)
        house.space.withdraw("medecin.mssante.fr")
        assert code(await house.send(visit, sender, [recipient], body)) == "250 2.0.0"
        (event,) = house.noted("remark")
        assert event["rule"] == rule and event["remedy"] and event["who"] == sender


async def test_what_a_door_refuses_by_itself_is_written_down() -> None:
    async with an_office() as house:
        visit = await house.signed_in(PHARMACIST)
        visit.protocol_breach("bare-lf", "a line ended by a bare LF")
        (event,) = house.noted("protocol")
        assert (event["rule"], event["who"], event["door"]) == ("bare-lf", PHARMACIST, "submission")


async def test_a_connection_that_ends_leaves_nothing_behind() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.sender(address(DOCTOR), {})
        visit.recipient(address(NURSE), {})
        visit.gone("connection broken")
        assert visit._recipients == [] and house.inbox(NURSE) == []


async def everyone(house: House) -> int:
    """Messages in all mailboxes."""
    return sum(len(house.inbox(key)) for key in house.space.mailboxes)


async def test_nothing_is_stored_of_what_is_refused() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        for body in (a_letter(NURSE), b"From: a\r\nFrom: b\r\n\r\n", b"", a_letter() + b"x" * 10 * MIB):
            assert (await house.send(visit, DOCTOR, [NURSE, PHARMACY], body)).refused
        assert await everyone(house) == 0 and house.store.queue() == []


async def test_from_inside_a_message_needs_neither_tls_nor_a_sign_in_and_is_judged_as_any_other() -> None:
    async with an_office() as house:
        visit = Reception(house.office).inside(an_identity(PHARMACIST, PHARMACY))
        assert visit.message_limit == 20 * MIB, "the operator is the mailbox's"
        assert visit.mechanisms() == ()
        assert code(visit.sender(address(DOCTOR), {})) == "553 5.7.1"
        assert code(await house.send(visit, PHARMACY, [STRANGER], a_letter(PHARMACY))) == "550 5.7.1"
        assert code(await house.send(visit, PHARMACY, [HOSPITAL], a_letter(DOCTOR))) == "550 5.7.1"
        assert code(await house.send(visit, PHARMACY, [HOSPITAL], a_letter(PHARMACY))) == "250 2.0.0"
        [letter] = house.inbox(HOSPITAL)
        assert b"\r\nReceived: by client.bfc.mssante.fr (mssante-simulator) id " in letter
        accepted = house.noted("accepted")[-1]
        assert (accepted["door"], accepted["client"]) == ("inside", "inside")
        assert accepted["who"] == f"{PHARMACIST} for {PHARMACY}"
