"""Exchanges of AUTH, without a server."""

from __future__ import annotations

import base64

import pytest

from simulator.model.reply import Reply
from simulator.smtp import replies, sasl
from simulator.smtp.sasl import Proofs


def exchange_of(mechanism: str) -> sasl.Exchange:
    return sasl.Exchange(mechanism, lambda user: user.encode())


def coded(text: str | bytes) -> bytes:
    return base64.b64encode(text.encode() if isinstance(text, str) else text)


def test_plain_in_one_line() -> None:
    assert exchange_of("PLAIN").begin(coded("org\0user\0pass word")) == Proofs("user", "org", "pass word")


def test_plain_after_an_empty_challenge() -> None:
    exchange = exchange_of("PLAIN")
    assert exchange.begin(b"") == b"334 \r\n"
    assert exchange.line(coded("\0zoé\0mötdepasse")) == Proofs("zoé", "", "mötdepasse")


@pytest.mark.parametrize("message", [
    "", "user", "\0user", "\0user\0", "\0\0pass", "a\0b\0c\0d", b"\0\xff\0x", "\0us\ner\0x"])
def test_plain_that_is_not_three_parts_of_text_does_not_fit(message: str | bytes) -> None:
    assert exchange_of("PLAIN").begin(coded(message) or b"=") is replies.BAD_RESPONSE


def test_login_asks_name_then_password() -> None:
    exchange = exchange_of("LOGIN")
    assert exchange.begin(b"") == b"334 VXNlcm5hbWU6\r\n"
    assert exchange.line(coded("user")) == b"334 UGFzc3dvcmQ6\r\n"
    assert exchange.line(coded("secret")) == Proofs("user", "", "secret")


def test_login_takes_the_name_as_initial_response() -> None:
    exchange = exchange_of("LOGIN")
    assert exchange.begin(coded("user")) == b"334 UGFzc3dvcmQ6\r\n"
    assert exchange.line(b"") is replies.BAD_RESPONSE


def test_external_may_name_nobody() -> None:
    assert exchange_of("EXTERNAL").begin(b"=") == Proofs()
    exchange = exchange_of("EXTERNAL")
    assert exchange.begin(b"") == b"334 \r\n"
    assert exchange.line(b"") == Proofs()
    assert exchange_of("EXTERNAL").begin(coded("org@x.fr")) == Proofs(acting_for="org@x.fr")


def test_a_star_gives_up() -> None:
    exchange = exchange_of("LOGIN")
    exchange.begin(b"")
    assert exchange.line(b"*") is replies.CANCELLED


@pytest.mark.parametrize("line", [b"!!!", b"YQ", b"YQ=", b"YQ==YQ==", b"Y Q=", b"=", b"YQ===", b"\xff\xff"])
def test_what_is_not_base64_is_refused(line: bytes) -> None:
    exchange = exchange_of("PLAIN")
    exchange.begin(b"")
    said = exchange.line(line)
    assert isinstance(said, Reply) and said is replies.NOT_BASE64


def test_proofs_do_not_show_the_secret() -> None:
    assert "hush" not in repr(Proofs("u", "", "hush"))
