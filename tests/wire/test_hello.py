"""Reading the server name out of a ClientHello, also out of broken ones."""

from __future__ import annotations

import random

import pytest
from OpenSSL import SSL

from simulator.wire.hello import server_name


def a_hello(name: bytes | None = b"MX.Alpha.Example") -> bytes:
    connection = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD))
    connection.set_connect_state()
    if name is not None:
        connection.set_tlsext_host_name(name)
    with pytest.raises(SSL.WantReadError):
        connection.do_handshake()
    return connection.bio_read(65536)


def cut(hello: bytes, size: int) -> bytes:
    """The same hello in records of ``size`` octets."""
    body = hello[5:]
    parts = [body[start:start + size] for start in range(0, len(body), size)]
    return b"".join(hello[:3] + len(part).to_bytes(2, "big") + part for part in parts)


def test_the_name_is_read_in_lower_case() -> None:
    assert server_name(a_hello()) == "mx.alpha.example"


def test_a_hello_without_a_name_gives_the_empty_name() -> None:
    assert server_name(a_hello(None)) == ""


def test_a_hello_cut_into_records_is_joined() -> None:
    hello = a_hello()
    assert server_name(cut(hello, len(hello) // 3)) == "mx.alpha.example"


def test_a_hello_cut_too_fine_counts_as_one_without_a_name() -> None:
    assert server_name(cut(a_hello(), 5)) == ""


def test_every_unfinished_hello_asks_for_more() -> None:
    hello = a_hello()
    assert all(server_name(hello[:size]) is None for size in range(len(hello)))


@pytest.mark.parametrize("garbage", [
    b"EHLO me.example\r\n", b"\x15\x03\x01\x00\x02\x02\x28", b"\x16\x03\x01\x00\x01\x02"])
def test_what_is_no_hello_has_no_name(garbage: bytes) -> None:
    assert server_name(garbage) == ""


def test_an_endless_hello_is_given_up() -> None:
    assert server_name(b"\x16\x03\x01\xff\xff" + b"\x01\xff\xff\xff" + b"\0" * 70_000) == ""


def test_damaged_hellos_never_raise() -> None:
    chance = random.Random(20)
    hello = a_hello()
    for _ in range(3000):
        damaged = bytearray(hello)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        name = server_name(bytes(damaged))
        assert name is None or isinstance(name, str)
