"""Paths and parameters of MAIL and RCPT."""

from __future__ import annotations

import pytest

from simulator.model.address import Address
from simulator.model.reply import Reply
from simulator.smtp.syntax import MAIL_EXTRA, RCPT_EXTRA, Options, read_mail, read_rcpt


def mail(argument: str, extended: bool = True, may_sign_in: bool = True,
         secure: bool = True) -> tuple[Address | None, Options] | Reply:
    return read_mail(argument, extended=extended, may_sign_in=may_sign_in, secure=secure)


def rcpt(argument: str, extended: bool = True, utf8: bool = False) -> tuple[Address, Options] | Reply:
    return read_rcpt(argument, extended=extended, utf8=utf8)


@pytest.mark.parametrize("argument, address, options", [
    ("FROM:<a.b@c.fr>", "a.b@c.fr", {}),
    ("from:<A@C.FR>", "A@c.fr", {}),
    ("FROM:  <a@c.fr>", "a@c.fr", {}),
    ("FROM:<>", None, {}),
    ("FROM:<@relay.fr,@other.fr:a@c.fr>", "a@c.fr", {}),
    ("FROM:<a@c.fr> SIZE=12 BODY=8bitmime", "a@c.fr", {"SIZE": "12", "BODY": "8bitmime"}),
    ("FROM:<a@c.fr>  ret=Full   envid=Q+2Bx", "a@c.fr", {"RET": "Full", "ENVID": "Q+2Bx"}),
    ("FROM:<a@c.fr> AUTH=<>", "a@c.fr", {"AUTH": "<>"}),
    ("FROM:<a@c.fr> AUTH=e+3Dmc2@x.fr", "a@c.fr", {"AUTH": "e+3Dmc2@x.fr"}),
    ("FROM:<zoé@c.fr> SMTPUTF8", "zoé@c.fr", {"SMTPUTF8": ""}),
    ("FROM:<> RET=HDRS", None, {"RET": "HDRS"}),
])
def test_a_good_sender_is_read(argument: str, address: str | None, options: dict[str, str]) -> None:
    read = mail(argument)
    assert not isinstance(read, Reply)
    assert (read[0] if read[0] is None else str(read[0]), dict(read[1])) == (address, options)


@pytest.mark.parametrize("argument, code", [
    ("", "501 5.5.4"), ("FROM", "501 5.5.4"), ("FROM:", "501 5.5.4"), ("FROM:a@c.fr", "501 5.5.4"),
    ("TO:<a@c.fr>", "501 5.5.4"), ("FROM <a@c.fr>", "501 5.5.4"), ("FROM:<a@c.fr", "501 5.5.4"),
    ("FROM:<a@c.fr>SIZE=1", "501 5.5.4"), ("FROM:<<a@c.fr>>", "501 5.5.4"), ("FROM:Me <a@c.fr>", "501 5.5.4"),
    ("FROM:<a>", "553 5.1.7"), ("FROM:<a@>", "553 5.1.7"), ("FROM:<@c.fr>", "553 5.1.7"), ("FROM:< >", "553 5.1.7"),
    ("FROM:<a@b@c.fr>", "553 5.1.7"), ("FROM:<\"a b\"@c.fr>", "553 5.1.7"), ("FROM:<a@[127.0.0.1]>", "553 5.1.7"),
    ("FROM:<a..b@c.fr>", "553 5.1.7"), ("FROM:<" + "a" * 65 + "@c.fr>", "553 5.1.7"),
    ("FROM:<@relay.fr:>", "553 5.1.7"), ("FROM:<@relay.fr:@c.fr>", "553 5.1.7"),
    ("FROM:<zoé@c.fr>", "553 5.6.7"), ("FROM:<a@é.fr>", "553 5.6.7"),
    ("FROM:<a@c.fr> FOO", "555 5.5.4"), ("FROM:<a@c.fr> FOO=1", "555 5.5.4"),
    ("FROM:<a@c.fr> NOTIFY=NEVER", "555 5.5.4"),
    ("FROM:<a@c.fr> SIZE=1 SIZE=1", "501 5.5.4"), ("FROM:<a@c.fr> SIZE", "501 5.5.4"),
    ("FROM:<a@c.fr> SIZE=", "501 5.5.4"),
    ("FROM:<a@c.fr> SIZE=-1", "501 5.5.4"), ("FROM:<a@c.fr> SIZE=" + "1" * 21, "501 5.5.4"),
    ("FROM:<a@c.fr> SIZE=\u0661", "501 5.5.4"), ("FROM:<a@c.fr> BODY=BINARYMIME", "501 5.5.4"),
    ("FROM:<a@c.fr> BODY", "501 5.5.4"), ("FROM:<a@c.fr> SMTPUTF8=yes", "501 5.5.4"),
    ("FROM:<a@c.fr> RET=ALL", "501 5.5.4"),
    ("FROM:<a@c.fr> ENVID=a+0D", "501 5.5.4"), ("FROM:<a@c.fr> ENVID=a+2b", "501 5.5.4"),
    ("FROM:<a@c.fr> ENVID=a+", "501 5.5.4"),
    ("FROM:<a@c.fr> ENVID=" + "x" * 101, "501 5.5.4"), ("FROM:<a@c.fr> AUTH=a b", "555 5.5.4"),
    ("FROM:<a@c.fr> -X=1", "501 5.5.4"),
])
def test_a_bad_sender_is_refused(argument: str, code: str) -> None:
    read = mail(argument)
    assert isinstance(read, Reply) and str(read).startswith(code)


def test_without_ehlo_there_are_no_parameters() -> None:
    for read in (mail("FROM:<a@c.fr> SIZE=1", extended=False), rcpt("TO:<a@c.fr> NOTIFY=NEVER", extended=False)):
        assert isinstance(read, Reply) and read.code == 555


def test_the_auth_parameter_is_unknown_where_nobody_signs_in() -> None:
    read = mail("FROM:<a@c.fr> AUTH=<>", may_sign_in=False)
    assert isinstance(read, Reply) and read.code == 555


@pytest.mark.parametrize("argument, address, options", [
    ("TO:<a@c.fr>", "a@c.fr", {}),
    ("to: <a@c.fr>", "a@c.fr", {}),
    ("TO:<@relay.fr:a@c.fr>", "a@c.fr", {}),
    ("TO:<a%outside.fr@c.fr>", "a%outside.fr@c.fr", {}),
    ("TO:<a@c.fr> NOTIFY=success,FAILURE,DELAY", "a@c.fr", {"NOTIFY": "success,FAILURE,DELAY"}),
    ("TO:<a@c.fr> NOTIFY=NEVER ORCPT=rfc822;Bob+2B@x.fr", "a@c.fr", {"NOTIFY": "NEVER", "ORCPT": "rfc822;Bob+2B@x.fr"}),
])
def test_a_good_recipient_is_read(argument: str, address: str, options: dict[str, str]) -> None:
    read = rcpt(argument)
    assert not isinstance(read, Reply)
    assert (str(read[0]), dict(read[1])) == (address, options)


@pytest.mark.parametrize("argument, code", [
    ("TO:<>", "501 5.1.3"), ("FROM:<a@c.fr>", "501 5.5.4"), ("TO:a@c.fr", "501 5.5.4"),
    ("TO:<Postmaster>", "550 5.1.1"), ("TO:<postMASTER>", "550 5.1.1"), ("TO:<bob>", "553 5.1.3"),
    ("TO:<zoé@c.fr>", "553 5.6.7"), ("TO:<a@c.fr> SIZE=1", "555 5.5.4"),
    ("TO:<a@c.fr> NOTIFY=NEVER,DELAY", "501 5.5.4"), ("TO:<a@c.fr> NOTIFY=DELAY,delay", "501 5.5.4"),
    ("TO:<a@c.fr> NOTIFY=", "501 5.5.4"), ("TO:<a@c.fr> NOTIFY=SOMETIMES", "501 5.5.4"),
    ("TO:<a@c.fr> ORCPT=bob@x.fr", "501 5.5.4"), ("TO:<a@c.fr> ORCPT=rfc822;", "501 5.5.4"),
    ("TO:<a@c.fr> ORCPT=rfc822;a=b", "501 5.5.4"), ("TO:<a@c.fr> ORCPT=rfc822;a+0Ab", "501 5.5.4"),
    ("TO:<a@c.fr> ORCPT=rfc822;" + "x" * 494, "501 5.5.4"),
])
def test_a_bad_recipient_is_refused(argument: str, code: str) -> None:
    read = rcpt(argument)
    assert isinstance(read, Reply) and str(read).startswith(code)


def test_a_recipient_beyond_ascii_needs_smtputf8_of_the_sender() -> None:
    read = rcpt("TO:<zoé@c.fr> ORCPT=utf-8;zoé@c.fr", utf8=True)
    assert not isinstance(read, Reply) and str(read[0]) == "zoé@c.fr"


def test_the_extra_lengths_hold_the_longest_parameters() -> None:
    assert (MAIL_EXTRA, RCPT_EXTRA) == (26 + 14 + 9 + 9 + 107 + 506 + 11, 29 + 507)


def test_requiretls_goes_with_tls_and_has_no_value() -> None:
    """RFC 8689 2, 4.1."""
    read = mail("FROM:<a@c.fr> REQUIRETLS")
    assert not isinstance(read, Reply) and dict(read[1]) == {"REQUIRETLS": ""}
    for argument, secure, code in (("REQUIRETLS", False, 555), ("REQUIRETLS=yes", True, 501),
                                   ("REQUIRETLS REQUIRETLS", True, 501)):
        refused = mail(f"FROM:<a@c.fr> {argument}", secure=secure)
        assert isinstance(refused, Reply) and refused.code == code
