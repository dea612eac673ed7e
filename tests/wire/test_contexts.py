"""Identities, client certificates, versions, suites and sessions, seen by the standard library's TLS."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import Callable

import pytest

from simulator.model.certificate import Credentials, TlsFacts, Use, Worth
from simulator.wire import ServerTls
from tests.wire.conftest import OpenDoor
from tests.wire.papers import Judging, Papers
from tests.wire.talk import Caller, Lines

pytestmark = pytest.mark.sockets
MakeContext = Callable[..., ssl.SSLContext]
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


def facts_of(protocol: Lines) -> TlsFacts:
    facts = protocol.channel.get_extra_info("tls")
    assert isinstance(facts, TlsFacts)
    return facts


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("newest", VERSIONS)
@pytest.mark.parametrize(("asked", "presented", "operator"), [
    ("mx.alpha.example", "mx.alpha.example", "alpha"), ("MX.Beta.Example", "mx.beta.example", "beta"),
    ("unknown.example", "localhost", None), (None, "localhost", None)])
async def test_the_server_name_chooses_the_identity(
        open_door: OpenDoor, context: MakeContext, implicit: bool, newest: ssl.TLSVersion, asked: str | None,
        presented: str, operator: str | None) -> None:
    door = await open_door(implicit=implicit)

    def call() -> tuple[str, bytes]:
        with Caller(door.port) as caller:
            if implicit:
                caller.secure(context(newest=newest), asked)
                assert caller.line() == b"hello"
            else:
                caller.starttls(context(newest=newest), asked)
            return caller.presented_name(), caller.ask(b"inside")

    assert await asyncio.to_thread(call) == (presented, b"you said inside")
    facts = facts_of(door.only)
    assert facts.operator == operator
    assert facts.server_name == (asked.lower() if asked else None)
    assert facts.version == newest.name.replace("_", ".")
    assert "GCM" in facts.cipher
    assert facts.peer.worth is Worth.NONE


@pytest.mark.parametrize("newest", VERSIONS)
@pytest.mark.parametrize("kind", ["good", "direct", "expired", "not yet valid", "revoked", "unknown authority", "weak"])
async def test_a_client_certificate_is_judged_and_never_ends_the_handshake(
        open_door: OpenDoor, context: MakeContext, papers: Papers, kind: str, newest: ssl.TLSVersion) -> None:
    door = await open_door()

    def call() -> bytes:
        with Caller(door.port) as caller:
            return caller.starttls(context(papers.clients[kind], newest), "mx.alpha.example").ask(b"inside")

    assert await asyncio.to_thread(call) == b"you said inside"
    peer = facts_of(door.only).peer
    assert peer.worth == {"direct": Worth.GOOD}.get(kind, kind)
    assert peer.common_name == papers.clients[kind].common_name


@pytest.mark.parametrize("newest", VERSIONS)
@pytest.mark.parametrize("name", ["mx.alpha.example", None])
async def test_a_session_is_resumed_and_its_certificate_judged_again(
        open_door: OpenDoor, context: MakeContext, papers: Papers, judging: Judging, newest: ssl.TLSVersion,
        name: str | None) -> None:
    door = await open_door()
    ours = context(papers.clients["good"], newest)

    def call(session: ssl.SSLSession | None) -> tuple[ssl.SSLSession | None, bool | None]:
        with Caller(door.port) as caller:
            caller.starttls(ours, name, session).ask(b"inside")
            return caller.tls.session, caller.tls.session_reused

    session, reused = await asyncio.to_thread(call, None)
    assert not reused
    session, reused = await asyncio.to_thread(call, session)
    assert reused
    judging.revoked.add(papers.clients["good"].certificate.serial_number)
    assert (await asyncio.to_thread(call, session))[1]
    seen = [facts_of(protocol) for protocol in door.protocols]
    assert [facts.resumed for facts in seen] == [False, True, True]
    assert [facts.peer.worth for facts in seen] == [Worth.GOOD, Worth.GOOD, Worth.REVOKED]
    assert {facts.operator for facts in seen} == {"alpha" if name else None}
    assert judging.asked == [(papers.clients["good"].chain, Use.CLIENT)] * 3


async def test_a_session_of_one_operator_is_not_resumed_with_another(open_door: OpenDoor, context: MakeContext) -> None:
    door = await open_door()
    ours = context()

    def call(name: str, session: ssl.SSLSession | None) -> tuple[ssl.SSLSession | None, bool | None, str]:
        with Caller(door.port) as caller:
            caller.starttls(ours, name, session).ask(b"inside")
            return caller.tls.session, caller.tls.session_reused, caller.presented_name()

    session, _, _ = await asyncio.to_thread(call, "mx.alpha.example", None)
    _, reused, presented = await asyncio.to_thread(call, "mx.beta.example", session)
    assert (reused, presented) == (False, "mx.beta.example")


@pytest.mark.parametrize("newest", VERSIONS)
@pytest.mark.parametrize("kind", ["good", "direct", "expired", "revoked", "unknown authority", "none"])
async def test_a_strict_door_ends_the_handshake_of_a_bad_or_missing_certificate(
        open_door: OpenDoor, context: MakeContext, papers: Papers, kind: str, newest: ssl.TLSVersion) -> None:
    door = await open_door(strict=True)

    def call() -> bytes:
        with Caller(door.port) as caller:
            return caller.starttls(context(papers.clients.get(kind), newest)).ask(b"inside")

    if kind in ("good", "direct"):
        assert await asyncio.to_thread(call) == b"you said inside"
        return
    with pytest.raises((ssl.SSLError, ConnectionError)) as seen:
        await asyncio.to_thread(call)
    assert "ALERT" in str(seen.value)
    client, reason = await door.failures.get()
    assert client == "127.0.0.1"
    assert reason == ("no client certificate was presented, and this door requires one" if kind == "none"
                      else "the client certificate was refused in the handshake")


@pytest.mark.clients
@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
@pytest.mark.parametrize("options", [
    ["-tls1"], ["-tls1_1"], ["-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"], ["-tls1_2", "-cipher", "AES128-GCM-SHA256"],
    ["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"]],
    ids=["TLS 1.0", "TLS 1.1", "anonymous", "no forward secrecy", "finite field", "SHA-1"])
async def test_openssl_is_refused_old_versions_and_weak_suites(open_door: OpenDoor, options: list[str]) -> None:
    door = await open_door(implicit=True)
    status, output = await s_client(door.port, b"", "-cipher", "ALL:@SECLEVEL=0", *options)
    assert status != 0
    assert b"alert" in output
    assert not door.protocols
    assert "common" in (await door.failures.get())[1]


@pytest.mark.clients
@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
@pytest.mark.parametrize("options", [["-tls1_3"], ["-tls1_2"],
                                     *(["-tls1_2", "-cipher", f"ECDHE-ECDSA-AES{suite}"] for suite in
                                       ("256-GCM-SHA384", "128-GCM-SHA256", "256-SHA384", "128-SHA256"))])
async def test_openssl_is_served_with_the_suites_of_the_requirement(open_door: OpenDoor, papers: Papers,
                                                                    options: list[str]) -> None:
    door = await open_door(implicit=True)
    status, output = await s_client(door.port, b"QUIT\n", "-CAfile", papers.root_file, "-verify_return_error",
                                    "-servername", "mx.beta.example", "-verify_hostname", "mx.beta.example", *options)
    assert status == 0
    assert b"bye" in output
    assert b"Compression: NONE" in output
    assert b"Test root" in output.partition(b"Acceptable client certificate CA names")[2]


async def s_client(port: int, typed: bytes, *options: str) -> tuple[int | None, bytes]:
    """Run ``openssl s_client`` to its end; its status and all it printed."""
    process = await asyncio.create_subprocess_exec(
        "openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-ign_eof", *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    output, _ = await asyncio.wait_for(process.communicate(typed), 10)
    return process.returncode, output


def test_a_key_of_another_certificate_is_bad_configuration(papers: Papers, judging: Judging) -> None:
    mixed = Credentials(papers.host.pem, papers.clients["good"].key_pem)
    with pytest.raises(ValueError, match="cannot be used together"):
        ServerTls(mixed, {}, judging, [])


def test_an_empty_chain_is_bad_configuration(papers: Papers, judging: Judging) -> None:
    with pytest.raises(ValueError, match="cannot be used together"):
        ServerTls(Credentials(b"", papers.host.key_pem), {}, judging, [])


@pytest.mark.parametrize("key", [b"", b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_cannot_be_read_is_bad_configuration(key: bytes, papers: Papers, judging: Judging) -> None:
    with pytest.raises(ValueError, match="cannot be used together"):
        ServerTls(Credentials(papers.host.pem, key), {}, judging, [])
