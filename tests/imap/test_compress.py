"""COMPRESS=DEFLATE (RFC 4978) over a real socket."""

from __future__ import annotations

import zlib

import pytest

from simulator.imap.deflate import Deflate, Garbled
from tests.imap.conftest import House
from tests.imap.dialogue import Client
from tests.imap.test_sessions import fill

pytestmark = pytest.mark.sockets


class Squeezed:
    """The client's side of a compressed connection."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._pack, self._unpack = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
        self._text = b""

    def write(self, data: bytes) -> None:
        self._client.write(self._pack.compress(data) + self._pack.flush(zlib.Z_SYNC_FLUSH))

    async def until(self, words: bytes) -> bytes:
        """Everything up to the end of these words."""
        while words not in self._text:
            self._text += self._unpack.decompress(await self._client.octets(1))
        end = self._text.index(words) + len(words)
        text, self._text = self._text[:end], self._text[end:]
        return text


async def squeezed(house: House) -> tuple[Client, Squeezed]:
    client = await house.client()
    assert (await client.command("COMPRESS DEFLATE"))[-1].startswith("t2 OK ")
    return client, Squeezed(client)


async def test_both_directions_are_compressed(house: House) -> None:
    await fill(house, 300)
    _, line = await squeezed(house)
    line.write(b"a COMPRESS DEFLATE\r\nb SELECT INBOX\r\nc FETCH 1:* (FLAGS BODY.PEEK[])\r\n")
    assert b"a NO [COMPRESSIONACTIVE]" in await line.until(b"on already\r\n")
    assert b"* 300 EXISTS" in await line.until(b"b OK [READ-WRITE] Selected\r\n")
    assert (await line.until(b"c OK Fetched\r\n")).count(b"Subject: hello") == 300


async def test_much_from_little_comes_in_pieces(quick_house: House) -> None:
    """Five megabytes of commands in a few kilobytes: all answered, and another connection is not kept waiting."""
    _, line = await squeezed(quick_house)
    body = b"x" * 5_000_000
    line.write(b"a APPEND INBOX {%d+}\r\n%b\r\nb STATUS INBOX (MESSAGES SIZE)\r\n" % (len(body), body))
    assert b"(MESSAGES 1 SIZE 5000000)" in await line.until(b"b OK Status given\r\n")


async def test_what_is_not_deflate_ends_the_session(quick_house: House) -> None:
    client, line = await squeezed(quick_house)
    client.write(b"\xff" * 100)
    assert b"* BYE The compressed input cannot be read" in await line.until(b"read\r\n")
    await client.ended()


async def test_nothing_may_be_sent_before_the_answer(quick_house: House) -> None:
    client = await quick_house.client()
    client.write(b"a COMPRESS DEFLATE\r\nb NOOP\r\n")
    assert (await client.line()).startswith("a BAD Wait ")
    assert (await client.line()).startswith("b OK ")
    assert " BAD " in (await client.command("COMPRESS LZMA"))[-1]


@pytest.mark.parametrize("flush", [zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH])
@pytest.mark.parametrize("level", [0, 1, 9])
async def test_every_way_to_flush_is_understood(quick_house: House, flush: int, level: int) -> None:
    """Some programs begin with an empty block, some store without compressing, some cut blocks anywhere."""
    client, line = await squeezed(quick_house)
    pack = zlib.compressobj(level, wbits=-15)
    for word in (b"", b"a NO", b"OP\r\nb CAPA", b"BILITY\r", b"\n"):
        for octet in pack.compress(word) + pack.flush(flush):
            client.write(bytes([octet]))
    assert b"a OK " in await line.until(b"\r\n")
    assert b"COMPRESS=DEFLATE" in await line.until(b"b OK ")


async def test_the_answer_to_a_command_before_it_is_not_compressed(quick_house: House) -> None:
    client = await quick_house.client()
    client.write(b"a LIST \"\" \"\"\r\nb COMPRESS DEFLATE\r\n")
    assert [(await client.line())[:6] for _ in range(3)] == ["* LIST", "a OK S", "b OK F"]
    line = Squeezed(client)
    line.write(b"c IDLE\r\n")
    assert await line.until(b"\r\n") == b"+ idling\r\n"
    line.write(b"DONE\r\nd LOGOUT\r\n")
    assert b"* BYE " in await line.until(b"d OK ")


def test_input_is_taken_in_bounded_pieces() -> None:
    bomb = zlib.compressobj(wbits=-15)
    deflate = Deflate()
    deflate.feed(bomb.compress(b"\0" * 10_000_000) + bomb.flush(zlib.Z_SYNC_FLUSH))
    sizes = []
    while deflate.more:
        sizes.append(len(deflate.take(32_768)))
    assert max(sizes) == 32_768 and sum(sizes) == 10_000_000
    deflate.feed(bomb.flush())
    with pytest.raises(Garbled):
        deflate.take(10)
