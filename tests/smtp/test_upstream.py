"""What we lean on in aiosmtpd: a new version that changes it must show here."""

from __future__ import annotations

import asyncio
import gc

from aiosmtpd.smtp import SMTP, Envelope, Session

from simulator.smtp.session import SmtpSession
from simulator.smtp.settings import SmtpSettings
from simulator.wire import Room
from tests.smtp.recorder import RecordingVisit


async def make() -> SmtpSession:
    return SmtpSession("mx", RecordingVisit, SmtpSettings(hostname="mx.example"), Room(), set(), lambda: None)


async def test_a_session_is_an_aiosmtpd_protocol() -> None:
    session = await make()
    assert isinstance(session, SMTP) and isinstance(session, asyncio.Protocol)
    assert session.hostname == "mx.example" and session.loop is asyncio.get_running_loop()


async def test_our_attributes_are_not_also_names_of_the_base_classes() -> None:
    loop = asyncio.get_running_loop()
    theirs = set(vars(SMTP(None, hostname="x", loop=loop))) | set(dir(SMTP))
    ours = {name for name in vars(await make()) if name not in theirs} | set(SmtpSession.__annotations__)
    overridden = {"connection_made", "data_received", "eof_received", "connection_lost",
                  "pause_writing", "resume_writing"}
    own_methods = {name for name in vars(SmtpSession) if not name.startswith("__")}
    assert own_methods & theirs == overridden
    assert {"_lines", "_out", "_in_hand", "_timer", "_wire", "_dialogue", "_stalled", "_ended", "_deadline"} <= ours


def test_every_protocol_callback_of_the_base_is_overridden() -> None:
    callbacks = [name for name in dir(asyncio.Protocol) if not name.startswith("_")]
    assert all(name in vars(SmtpSession) for name in callbacks)


async def test_session_and_envelope_carry_what_the_dialogue_notes() -> None:
    facts, envelope = Session(asyncio.get_running_loop()), Envelope()
    assert (facts.peer, facts.ssl, facts.host_name, facts.authenticated) == (None, None, None, None)
    assert facts.extended_smtp is False
    assert (envelope.mail_from, envelope.rcpt_tos, envelope.smtp_utf8) == (None, [], False)
    assert Envelope().rcpt_tos is not envelope.rcpt_tos


async def test_a_session_that_never_met_a_transport_is_collected_in_silence() -> None:
    session = await make()
    del session
    gc.collect()
