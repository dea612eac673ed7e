"""Private names of pyOpenSSL that we lean on do what its public methods do."""

from __future__ import annotations

import contextlib

import pytest
from OpenSSL import SSL

from simulator.wire.records import Records
from tests.wire.papers import Papers


def drain(connection: SSL.Connection) -> bytes:
    try:
        return connection.bio_read(1 << 20)
    except SSL.WantReadError:
        return b""


@pytest.fixture(params=[SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION], ids=["TLS 1.2", "TLS 1.3"])
def pair(request: pytest.FixtureRequest, papers: Papers) -> tuple[SSL.Connection, SSL.Connection]:
    """Client and server after the handshake, all of it read."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_max_proto_version(request.param)
    context.use_certificate(papers.host.certificate)
    context.use_privatekey(papers.host.key)
    server, client = SSL.Connection(context), SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD))
    server.set_accept_state()
    client.set_connect_state()
    for _ in range(3):
        for one, other in ((client, server), (server, client)):
            with contextlib.suppress(SSL.WantReadError):
                one.do_handshake()
            if sent := drain(one):
                other.bio_write(sent)
    with pytest.raises(SSL.WantReadError):
        client.recv(1)
    return client, server


Pair = tuple[SSL.Connection, SSL.Connection]


@pytest.mark.parametrize("size", [1, 2048, 16_384, 65_536])
def test_what_one_seals_the_other_opens(pair: Pair, size: int) -> None:
    client, server = pair
    records, clear = Records(server), bytes(range(256)) * (size // 256) or b"x"
    client.bio_write(records.seal(clear))
    assert _all_of(client, len(clear)) == clear
    client.sendall(clear)
    records.feed(memoryview(drain(client)))
    assert b"".join(records.open() for _ in range(-(-len(clear) // 16_384))) == clear
    with pytest.raises(SSL.WantReadError):
        records.open()


def _all_of(connection: SSL.Connection, size: int) -> bytes:
    received = b""
    while len(received) < size:
        received += connection.recv(16_384)
    return received


def test_two_connections_of_a_thread_do_not_meet_in_its_buffer(pair: Pair, papers: Papers) -> None:
    client, server = pair
    ours, theirs = Records(server), Records(client)
    sealed = [ours.seal(b"first"), ours.seal(b"second")]
    theirs.feed(b"".join(sealed))
    ours.feed(theirs.seal(b"third"))
    assert [theirs.open(), ours.open(), theirs.open()] == [b"first", b"third", b"second"]


def test_errors_are_those_of_the_public_methods(pair: Pair) -> None:
    client, server = pair
    records = Records(server)
    client.shutdown()
    records.feed(drain(client))
    with pytest.raises(SSL.ZeroReturnError):
        records.open()
    assert records.output() == b""


def test_a_damaged_record_is_an_error_with_an_alert(pair: Pair) -> None:
    client, server = pair
    records = Records(server)
    client.sendall(b"damaged")
    damaged = bytearray(drain(client))
    damaged[-1] ^= 1
    records.feed(damaged)
    with pytest.raises(SSL.Error) as caught:
        records.open()
    assert caught.value.args[0]
    assert records.output()


def test_more_output_than_the_buffer_holds_comes_whole(pair: Pair) -> None:
    client, server = pair
    clear = b"0123456789" * 20_000
    server.sendall(clear)
    client.bio_write(Records(server).output())
    assert _all_of(client, len(clear)) == clear
