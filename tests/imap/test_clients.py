"""The standard library's IMAP client, as a stranger's opinion."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import Callable

import pytest

from tests.imap.conftest import House

pytestmark = pytest.mark.sockets

MESSAGE = b"From: a@x.fr\r\nTo: b@x.fr\r\nSubject: one\r\n\r\nfirst\r\n"


async def converse(house: House, work: Callable[[imaplib.IMAP4], None]) -> None:
    """Run blocking work with a signed-in client."""
    def session() -> None:
        with imaplib.IMAP4("127.0.0.1", house.listener.port, timeout=10) as client:
            client.login("paul.vial@medecin.mssante.fr", "correct horse")
            work(client)

    await asyncio.to_thread(session)


async def test_a_day_of_work(house: House) -> None:
    def work(client: imaplib.IMAP4) -> None:
        assert client.append("INBOX", "(\\Seen)", imaplib.Time2Internaldate(1_000_000_000), MESSAGE)[0] == "OK"
        assert client.append("INBOX", "", "", MESSAGE)[0] == "OK"
        assert client.select() == ("OK", [b"2"])
        assert client.search(None, "UNSEEN") == ("OK", [b"2"])
        assert client.search("UTF-8", "SUBJECT", "one") == ("OK", [b"1 2"])
        kind, data = client.fetch("1:2", "(UID FLAGS BODY.PEEK[])")
        assert kind == "OK" and [pair[1] for pair in data if isinstance(pair, tuple)] == [MESSAGE, MESSAGE]
        assert client.store("1", "+FLAGS", "\\Deleted")[1] == [b"1 (FLAGS (\\Deleted \\Seen \\Recent))"]
        assert client.copy("2", "Sent")[0] == "OK"
        assert client.expunge() == ("OK", [b"1"])
        assert client.uid("FETCH", "2", "(RFC822.SIZE)") == ("OK", [b"1 (UID 2 RFC822.SIZE %d)" % len(MESSAGE)])
        assert client.status("Sent", "(MESSAGES UNSEEN)") == ("OK", [b"Sent (MESSAGES 1 UNSEEN 1)"])
        assert client.create("perso")[0] == client.rename("perso", "priv")[0] == client.delete("priv")[0] == "OK"
        assert len(client.list()[1]) == 6
        assert client.namespace()[0] == "OK"
        assert client.getquotaroot("INBOX")[0] == "OK"
        assert client.check()[0] == client.noop()[0] == client.close()[0] == "OK"

    await converse(house, work)


async def test_sasl_plain(house: House) -> None:
    def session() -> None:
        with imaplib.IMAP4("127.0.0.1", house.listener.port, timeout=10) as client:
            secret = b"org@x.fr\0member@x.fr\0correct horse"
            assert client.authenticate("PLAIN", lambda _challenge: secret)[0] == "OK"
            assert client.enable("CONDSTORE")[0] == "OK"

    await asyncio.to_thread(session)
    assert house.porter.attempts[-1].acting_for == "org@x.fr"
