"""P14: any octets get an answer or a close. Valid conversations are bent by a seeded chance."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from simulator.smtp.door import SmtpSettings
from tests.smtp.conftest import OpenDoor
from tests.smtp.talk import ENVELOPE, HELLO

pytestmark = pytest.mark.sockets

SEEDS = (
    HELLO + ENVELOPE + b"Subject: x\r\n\r\n..text\r\n.\r\nQUIT\r\n",
    HELLO + b"MAIL FROM:<a@alpha.example> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x+2By\r\n"
    b"RCPT TO:<b@beta.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@beta.example\r\nRSET\r\nNOOP\r\n",
    HELLO + b"AUTH PLAIN AGEAYg==\r\nAUTH LOGIN\r\nYQ==\r\n*\r\nHELP\r\nVRFY a\r\nEXPN b\r\n",
    b"HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<@r.fr:b@beta.example>\r\nDATA\r\n",
    HELLO + b"STARTTLS\r\n" + b"\x16\x03\x01\x02\x00\x01" * 20,
)
SPICE = (b"\0", b"\r", b"\n", b"\r\n", b".", b"\r\n.\r\n", b"\xff\xfe", b"\xc3\xa9", b" ", b"<", b">", b"=", b"+", b"*",
         b"\x1b[2J", b"A" * 600, b"x" * 5000, b"STARTTLS\r\n", b"DATA\r\n", b"AUTH PLAIN ", b"%s%n", b"\xed\xa0\x80")
REPLY = re.compile(rb"(?:[2345]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3} )?[\x20-\x7e]*\r\n)*")


def bent(chance: random.Random) -> bytes:
    sent = bytearray(b"".join(chance.choice(SEEDS) for _ in range(chance.randint(1, 3))))
    for _ in range(chance.randint(0, 12)):
        at = chance.randrange(len(sent))
        match chance.randrange(4):
            case 0:
                sent[at:at] = chance.choice(SPICE)
            case 1:
                del sent[at:at + chance.randint(1, 20)]
            case 2:
                sent[at] = chance.randrange(256)
            case _:
                sent[at:at] = sent[at:at + chance.randint(1, 80)]
        sent = sent or bytearray(b"x")
    return bytes(sent)


@pytest.mark.parametrize("seed", range(12))
async def test_bent_conversations_are_answered_or_closed(open_door: OpenDoor, seed: int) -> None:
    chance = random.Random(seed)
    place = await open_door(chance.choice(("mx", "submission")), SmtpSettings(errors=10))
    for _ in range(15):
        client = await place.call()
        sent = bent(chance)
        try:
            while sent:
                size = chance.choice((1, 7, 100, 4096))
                client.send(sent[:size])
                sent = sent[size:]
                await client.writer.drain()
            client.writer.write_eof()
            said = await asyncio.wait_for(client.reader.read(), 5)
        except ConnectionError:
            continue
        said = said.partition(b"\x15\x03")[0]  # the alert of a failed handshake
        assert said.startswith(b"220 ") and REPLY.fullmatch(said), said
    for visit in place.office.visits:
        assert "internal-error" not in visit.rules, visit.breaches
        for message in visit.messages:
            assert message.count(b"\n") == message.count(b"\r") == message.count(b"\r\n") and b"\0" not in message
