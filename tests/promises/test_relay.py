"""Nothing leaves the trust space or passes through it, however the address is written (figure 17)."""

from __future__ import annotations

import pytest

from tests.journeys.people import DOCTOR, ISABELLE, NURSE, OUTSIDER, TILLEULS
from tests.journeys.running import Running
from tests.promises.caller import Caller, operator, writer

pytestmark = pytest.mark.sockets

FORMS = (
    "{who}@gmail.com",
    "{who}@GMAIL.COM",
    "@{own}:{who}@gmail.com",
    "@{own},@relay.{own}:{who}@gmail.com",
    "{who}%gmail.com@{own}",
    "{who}%gmail.com%relay.example@{own}",
    '"{who}@gmail.com"@{own}',
    '"{who}@gmail.com"',
    '"{who}"@gmail.com',
    "gmail.com!{who}@{own}",
    "gmail.com!{who}",
    "{who}@gmail.com@{own}",
    "{who}@{own}@gmail.com",
    "{who}@[127.0.0.1]",
    "{who}@[IPv6:::1]",
    "{who}@127.0.0.1",
    "{who}@2130706433",
    "{who}@localhost",
    "{who}@gmail.com.",
    "{good}.",
    "{who}@{own}.gmail.com",
    "{who}@sub.{own}",
    "{who}@mssante.fr",
    "{who}@{mx}",
    "{who} @gmail.com",
    "@gmail.com",
    "{good},{who}@gmail.com",
    "{good}> <{who}@gmail.com",
    "{good}\0.gmail.com",
    "{who}",
    "{cyrillic}",
    "{fullwidth}",
    "{punycode}",
)
"""``own`` is a domain of the operator asked, ``good`` a mailbox there, ``who`` nobody's name."""


def written(form: str, good: str, mx: str) -> str:
    local, _, own = good.partition("@")
    return form.format(
        who="someone", own=own, good=good, mx=mx, cyrillic=f"{local}@{own.replace('a', 'а')}",
        fullwidth=f"{local}@{own.replace('.', '．')}", punycode=f"{local}@{own.replace('mssante', 'xn--mssnte-4nf')}")


def refused(caller: Caller, sender: str, recipient: str, good: str) -> str:
    """The answer to RCPT; afterwards the session is in step, and takes a good one."""
    utf8 = "" if recipient.isascii() else " SMTPUTF8"
    assert caller.ask(f"MAIL FROM:<{sender}>{utf8}").startswith("250 ")
    answer = caller.ask(f"RCPT TO:<{recipient}>")
    assert caller.ask("DATA").startswith("503 ")
    assert caller.ask(f"RCPT TO:<{good}>").startswith("250 ")
    return answer


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_a_client_reaches_nobody_outside(space: Running, form: str) -> None:
    with writer(space, DOCTOR) as caller:
        answer = refused(caller, DOCTOR, written(form, NURSE, "mx.mailiz.mssante.fr"), NURSE)
    assert answer[:3] in ("550", "553", "501", "500"), answer


@pytest.mark.parametrize("form", FORMS, ids=repr)
def test_an_operator_reaches_nobody_outside(space: Running, form: str) -> None:
    with operator(space, "mailiz") as caller:
        answer = refused(caller, DOCTOR, written(form, ISABELLE, "mx.bfc.mssante.fr"), TILLEULS)
    assert answer[:3] in ("550", "553", "501", "500"), answer


@pytest.mark.parametrize("sender", [
    OUTSIDER, "someone@gmail.com", ISABELLE, "@medecin.mssante.fr:someone@gmail.com",
    "someone%medecin.mssante.fr@gmail.com",
    f'"{DOCTOR}"@gmail.com', f"{DOCTOR}@gmail.com", f"{DOCTOR}.gmail.com", "x@sub.medecin.mssante.fr", "x@mssante.fr",
    "x@[127.0.0.1]", "postmaster", f"{DOCTOR}\0", f"{DOCTOR}> <{ISABELLE}", "paul.vial@mеdecin.mssante.fr",
])
def test_an_operator_writes_for_no_domain_but_its_own(space: Running, sender: str) -> None:
    with operator(space, "mailiz") as caller:
        utf8 = "" if sender.isascii() else " SMTPUTF8"
        answer = caller.ask(f"MAIL FROM:<{sender}>{utf8}")
        assert answer[:3] in ("550", "553", "501", "500"), answer
        assert caller.ask(f"RCPT TO:<{TILLEULS}>").startswith("503 ")


@pytest.mark.parametrize("sender", [
    NURSE, TILLEULS, "", "someone@medecin.mssante.fr", f"@medecin.mssante.fr:{NURSE}", f"{DOCTOR}@gmail.com",
    "paul.vial", "paul.vial+x@medecin.mssante.fr", '"paul.vial"@medecin.mssante.fr', "раul.vial@medecin.mssante.fr",
    f"{DOCTOR}.",
])
def test_a_client_writes_as_nobody_else(space: Running, sender: str) -> None:
    with writer(space, DOCTOR) as caller:
        utf8 = "" if sender.isascii() else " SMTPUTF8"
        answer = caller.ask(f"MAIL FROM:<{sender}>{utf8}")
        if not sender:
            assert answer.startswith("250 ")  # a receipt, whose author is looked at all the same
            caller.ask(f"RCPT TO:<{NURSE}>")
            caller.ask("DATA")
            answer = caller.ask(f"From: {NURSE}\r\nMessage-ID: <x@x.fr>\r\n\r\nx\r\n.")
        assert answer[:3] in ("550", "553", "501", "500"), answer


@pytest.mark.parametrize("header", [
    f"From: {NURSE}",
    f"from: {NURSE}",
    f"FROM:{NURSE}",
    f"From: {DOCTOR}\r\nFrom: {NURSE}",
    f"From: {NURSE}\r\nFrom: {DOCTOR}",
    f"From: {DOCTOR}, {NURSE}",
    f"From: {DOCTOR}\r\nSender: {NURSE}",
    f"Sender: {NURSE}\r\nFrom: {DOCTOR}\r\nSender: {DOCTOR}",
    f"From:\r\n {NURSE}",
    f"From: {DOCTOR}\r\nFrom : {NURSE}",
    f"From : {NURSE}\r\nFrom: {DOCTOR}",
    f"From: {DOCTOR}\r\nFrom\t: {NURSE}",
    f"From: Team: {NURSE};",
    f"From: Team: {DOCTOR};, {NURSE}",
    f"From: <@medecin.mssante.fr:{NURSE}>",
    f"From: ({DOCTOR}) {NURSE}",
    f"From: {DOCTOR} <{NURSE}>",
    f'From: "{DOCTOR}" <{NURSE}>',
    f"From: <{DOCTOR}> <{NURSE}>",
    f"From: =?utf-8?q?{DOCTOR.replace('@', '=40')}?= <{NURSE}>",
    f"From: {DOCTOR}.",
    f"From: {DOCTOR}@gmail.com",
    "From: раul.vial@medecin.mssante.fr",
    f" From: {DOCTOR}\r\nFrom: {NURSE}",
    f"\ufeffFrom: {DOCTOR}\r\nFrom: {NURSE}",
    "Subject: nobody",
    f"\r\nFrom: {DOCTOR}",
], ids=repr)
def test_what_the_reader_sees_as_the_author_is_who_signed_in(space: Running, header: str) -> None:
    with writer(space, DOCTOR) as caller:
        caller.ask(f"MAIL FROM:<{DOCTOR}> SMTPUTF8")
        caller.ask(f"RCPT TO:<{NURSE}>")
        assert caller.ask("DATA").startswith("354 ")
        answer = caller.ask(f"{header}\r\nMessage-ID: <x@x.fr>\r\n\r\nx\r\n.")
        assert answer[:3] in ("550", "553"), answer


def test_nothing_of_all_that_was_accepted(space: Running) -> None:
    before = space.now
    with writer(space, DOCTOR) as caller:
        for command in (f"MAIL FROM:<{DOCTOR}>", f"RCPT TO:<{NURSE}>", "DATA"):
            caller.ask(command)
        assert caller.ask(f"From: {DOCTOR}\r\nMessage-ID: <last@x.fr>\r\n\r\nx\r\n.").startswith("250 ")
    space.wait_for(lambda e: e["kind"] == "delivered" and e.get("message_id") == "<last@x.fr>", after=before)
    accepted = [e for e in space.events if e["kind"] in ("accepted", "relayed", "delivered", "bounced", "postponed")]
    assert {e.get("message_id") for e in accepted} == {"<last@x.fr>"}
