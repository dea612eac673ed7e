"""aiosmtplib and aioimaplib, from PyPI. The latter speaks implicit TLS only, and signs in by LOGIN or XOAUTH2."""

from __future__ import annotations

import asyncio
import importlib.metadata
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib
from aioimaplib import IMAP4_SSL

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.python.standard import letter, trust


@asynccontextmanager
async def signed_in(facts: Facts, user: str, password: str, holder: Proof | None = None) -> AsyncIterator[IMAP4_SSL]:
    """Implicit TLS and LOGIN."""
    imap = IMAP4_SSL(facts.host, facts.port("imaps"), timeout=20, ssl_context=trust(facts, holder))
    await imap.wait_hello_from_server()
    answer = await imap.login(user, password)
    assert answer.result == "OK", answer
    yield imap
    await imap.logout()


async def send(facts: Facts, report: Report) -> None:
    """Through both doors of submission."""
    me = facts.person
    for ability, door, subject in (
        ("submit-starttls", "submission", facts.starttls_subject),
        ("submit-tls", "smtps", facts.tls_subject),
    ):
        with report.of(ability):
            await aiosmtplib.send(
                letter(facts, subject),
                hostname=facts.host,
                port=facts.port(door),
                username=me.user,
                password=me.password,
                tls_context=trust(facts),
                use_tls=door == "smtps",
                start_tls=door == "submission",
            )


async def find(imap: IMAP4_SSL, message_id: str) -> str:
    """UID of one letter."""
    answer = await imap.uid_search("HEADER", "Message-ID", f'"{message_id}"', charset=None)
    return str(answer.lines[0].decode())


async def read(facts: Facts, report: Report) -> None:
    """A day in the person's mailbox."""
    async with signed_in(facts, facts.person.user, facts.person.password) as imap:
        with report.of("password"):
            assert (await imap.select("INBOX")).result == "OK"
        with report.of("search"):
            answer = await imap.uid_search("SUBJECT", f'"{facts.word}"')
            assert answer.result == "OK", answer
            report.done["search"] = [int(uid) for uid in answer.lines[0].split()]
        uid = await find(imap, facts.letter_id)
        with report.of("fetch"):
            answer = await imap.uid("fetch", uid, "(BODY.PEEK[])")
            facts.path("fetched.eml").write_bytes(answer.lines[1])
        with report.of("flag"):
            assert (await imap.uid("store", uid, "+FLAGS", r"(\Flagged)")).result == "OK"
        with report.of("move"):
            assert (await imap.uid("move", await find(imap, facts.move_id), facts.archive)).result == "OK"
        with report.of("folders"):
            assert (await imap.create('"Suivi &AOA- domicile"')).result == "OK"
            assert (await imap.delete(facts.old_folder)).result == "OK"
        with report.of("special-use"):
            listed = await imap.list('""', "*")
            uses = re.compile(rb'\\(?:Archive|Drafts|Junk|Sent|Trash)\) "/" (\w+)')
            named = [uses.search(line) for line in listed.lines]
            report.done["special-use"] = sorted(found[1].decode() for found in named if found)
        with report.of("idle"):
            waiting = await imap.idle_start(timeout=30)
            report.idling()
            while not any(b"EXISTS" in line for line in await imap.wait_server_push(20)):
                pass
            imap.idle_done()
            await waiting


async def sign_in(facts: Facts, report: Report) -> None:
    """The other ways in."""
    team = facts.team
    with report.of("code"):
        async with signed_in(facts, team.user, team.password_and_code):
            pass
    with report.of("certificate"):
        async with signed_in(facts, team.user, team.password, team):
            pass


async def everything() -> None:
    """One after the other."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("aiosmtplib", "aioimaplib")]
    facts, report = given(), Report(", ".join(versions))
    for part in (sign_in, send, read):
        await part(facts, report)
    report.tell()


if __name__ == "__main__":
    asyncio.run(everything())
