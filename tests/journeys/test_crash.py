"""Killed at any moment, nothing acknowledged is lost and nothing is doubled (P1, P2, P5)."""

from __future__ import annotations

import imaplib
import random
import re
import smtplib
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.journeys.people import DOCTOR, ISABELLE, KARIM, TILLEULS
from tests.journeys.running import Running

pytestmark = [pytest.mark.sockets]

ROUNDS = 3
SENDERS = 4
SEED = 20261122


class Load:
    """Clients that submit numbered letters, across operators and within one, until the server is gone."""

    def __init__(self, space: Running, first: int) -> None:
        self.acknowledged: list[int] = []
        self._space = space
        self._next = first
        self._lock = threading.Lock()
        self._enough = threading.Condition(self._lock)
        self._threads = [
            threading.Thread(target=self._send, args=(sender,)) for sender in (DOCTOR, KARIM) * (SENDERS // 2)
        ]
        for thread in self._threads:
            thread.start()

    def wait_until(self, count: int) -> None:
        """Return once so many letters were acknowledged."""
        with self._enough:
            assert self._enough.wait_for(lambda: len(self.acknowledged) >= count, timeout=60)

    def join(self) -> int:
        """Wait for every client to notice; the next free number."""
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive()
        return self._next

    def _send(self, sender: str) -> None:
        try:
            with smtplib.SMTP_SSL(
                "localhost", self._space.port("smtps"), context=self._space.trust(), timeout=20
            ) as smtp:
                smtp.login(sender, self._space.account(sender)["password"])
                while True:
                    number = self._take()
                    header = f"From: {sender}\r\nSubject: numero {number}\r\nMessage-ID: <{number}@test.fr>\r\n"
                    smtp.sendmail(sender, [TILLEULS], f"{header}\r\n{number}\r\n")
                    with self._enough:
                        self.acknowledged.append(number)
                        self._enough.notify_all()
        except (OSError, smtplib.SMTPException):
            return

    def _take(self) -> int:
        with self._lock:
            self._next += 1
            return self._next


def subjects(space: Running) -> Counter[int]:
    """How often each number is in the team's mailbox."""
    with imaplib.IMAP4_SSL("localhost", space.port("imaps"), ssl_context=space.trust(), timeout=60) as imap:
        imap.login(f"{TILLEULS}*{ISABELLE}", space.password_and_code(ISABELLE))
        imap.select("INBOX", readonly=True)
        _, fetched = imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    found = (re.search(rb"numero (\d+)", part[1]) for part in fetched if isinstance(part, tuple))
    return Counter(int(match[1]) for match in found if match)


def test_kills_during_a_load_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    acknowledged: list[int] = []
    numbers = 0
    for _ in range(ROUNDS):
        running = Running(tmp_path)
        load = Load(running, numbers)
        load.wait_until(chance.randrange(20, 120))
        running.kill()
        numbers = load.join()
        acknowledged += load.acknowledged
    running = Running(tmp_path)
    # What waited in the queue at the last kill is handed over now; a last letter tells when that has happened.
    last = Load(running, numbers)
    last.wait_until(1)
    missing = set(acknowledged)
    while missing:
        missing -= set(subjects(running))
        if missing:
            running.wait_for(lambda e: e["kind"] == "delivered", after=running.now)
    counted = subjects(running)
    running.kill()
    last.join()
    assert {number: times for number, times in counted.items() if times != 1} == {}
    assert set(acknowledged) <= set(counted)
