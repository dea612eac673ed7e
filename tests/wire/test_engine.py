"""The TLS engine against an OpenSSL client, without sockets."""

from __future__ import annotations

import random

import pytest
from OpenSSL import SSL

from simulator.wire import ServerTls, TlsFailed
from simulator.wire.engine import Engine
from tests.wire.papers import Papers


def client(newest: int = SSL.TLS1_3_VERSION) -> SSL.Connection:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(newest)
    connection = SSL.Connection(context)
    connection.set_connect_state()
    return connection


def drain(connection: SSL.Connection) -> bytes:
    try:
        return connection.bio_read(1 << 20)
    except SSL.WantReadError:
        return b""


def shake(connection: SSL.Connection, engine: Engine, piece: int = 1 << 20) -> None:
    """Finish the handshake, the client's bytes arriving ``piece`` at a time."""
    finished = False
    while not finished or engine.facts is None:
        try:
            connection.do_handshake()
            finished = True
        except SSL.WantReadError:
            finished = False
        sent = drain(connection)
        for start in range(0, len(sent), piece):
            engine.handshake(sent[start:start + piece])
        answer = engine.output()
        if answer:
            connection.bio_write(answer)


def test_the_names_of_the_authorities_are_sent_with_the_request(server_tls: ServerTls, papers: Papers) -> None:
    ours, engine = client(), server_tls.engine()
    shake(ours, engine)
    assert [name.der() for name in ours.get_client_ca_list()] == [papers.root.certificate.subject.public_bytes()]


@pytest.mark.parametrize("newest", [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION])
def test_a_handshake_that_drips_in_byte_by_byte_is_finished(server_tls: ServerTls, newest: int) -> None:
    ours, engine = client(newest), server_tls.engine()
    ours.set_tlsext_host_name(b"mx.beta.example")
    shake(ours, engine, piece=1)
    assert engine.facts is not None
    assert engine.facts.operator == "beta"


def test_renegotiation_is_refused_and_the_connection_goes_on(server_tls: ServerTls) -> None:
    ours, engine = client(SSL.TLS1_2_VERSION), server_tls.engine()
    shake(ours, engine)
    ours.renegotiate()
    with pytest.raises(SSL.WantReadError):
        ours.do_handshake()
    engine.feed(drain(ours))
    assert engine.read() == b""
    ours.bio_write(engine.output())
    with pytest.raises(SSL.Error, match="no renegotiation"):
        ours.do_handshake()


def test_what_came_whole_is_delivered_before_a_damaged_record_is_reported(server_tls: ServerTls) -> None:
    ours, engine = client(), server_tls.engine()
    shake(ours, engine)
    ours.send(b"whole")
    whole = drain(ours)
    ours.send(b"damaged")
    damaged = bytearray(drain(ours))
    damaged[-1] ^= 1
    engine.feed(whole + damaged)
    assert engine.read() == b"whole"
    for _ in range(2):
        with pytest.raises(TlsFailed):
            engine.read()
    assert engine.output()[0] == 0x17  # an alert, sealed


def test_much_is_sealed_in_pieces_and_arrives_whole(server_tls: ServerTls) -> None:
    ours, engine = client(), server_tls.engine()
    shake(ours, engine)
    clear = bytes(range(256)) * 1000
    pieces = engine.seal(clear)
    assert len(pieces) == 4
    for piece in pieces:
        ours.bio_write(piece)
    received = b""
    while len(received) < len(clear):
        received += ours.recv(65536)
    assert received == clear


def test_close_notify_ends_the_reading(server_tls: ServerTls) -> None:
    ours, engine = client(), server_tls.engine()
    shake(ours, engine)
    ours.send(b"last words")
    ours.shutdown()
    engine.feed(drain(ours))
    assert engine.read() == b"last words"
    assert engine.ended
    engine.close()
    ours.bio_write(engine.output())
    with pytest.raises(SSL.ZeroReturnError):
        ours.recv(1)


def test_closing_in_mid_handshake_says_nothing(server_tls: ServerTls) -> None:
    engine = server_tls.engine()
    engine.close()
    assert engine.output() == b""
    assert engine.read() == b""
    assert engine.seal(b"never") == []


def test_damaged_handshakes_end_as_failures_in_words(server_tls: ServerTls) -> None:
    chance = random.Random(7)
    failed = 0
    for _ in range(300):
        ours, engine = client(), server_tls.engine()
        with pytest.raises(SSL.WantReadError):
            ours.do_handshake()
        hello = bytearray(drain(ours))
        for _ in range(chance.randint(1, 4)):
            hello[chance.randrange(len(hello))] = chance.randrange(256)
        try:
            engine.handshake(bytes(hello))
            engine.handshake(chance.randbytes(50))
        except TlsFailed as failure:
            failed += 1
            assert failure.reason.isascii()
    assert failed > 100


def test_records_cut_anywhere_are_opened_whole_and_in_order(server_tls: ServerTls) -> None:
    ours, engine = client(), server_tls.engine()
    shake(ours, engine)
    engine.read()
    chance = random.Random(11)
    sent = b""
    sealed = bytearray()
    for _ in range(200):
        words = chance.randbytes(chance.choice((1, 5, 40, 3000, 16_384)))
        ours.sendall(words)
        sent += words
        sealed += drain(ours)
    received = b""
    while sealed:
        size = chance.choice((1, 5, 6, 70, 4000, 60_000))
        if chance.random() < 0.3:  # exactly one record, or the rest of one
            size = 5 + int.from_bytes(sealed[3:5], "big")
        engine.feed(bytes(sealed[:size]))
        del sealed[:size]
        received += engine.read()
        assert engine.read() == b""
    assert received == sent


def test_a_damaged_record_that_comes_alone_is_reported_with_an_alert(server_tls: ServerTls) -> None:
    ours, engine = client(), server_tls.engine()
    shake(ours, engine)
    ours.send(b"whole")
    engine.feed(drain(ours))
    assert engine.read() == b"whole" and engine.read() == b"" and engine.output() == b""
    ours.send(b"damaged")
    damaged = bytearray(drain(ours))
    damaged[-1] ^= 1
    engine.feed(damaged)
    with pytest.raises(TlsFailed):
        engine.read()
    assert engine.output()[0] == 0x17
