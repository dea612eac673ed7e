"""OpenSSL and the judge look at the same files and agree, save where the judge is stricter on purpose."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.model.certificate import Use, Worth
from simulator.pki import Authority, Request, StructureRequest
from tests.pki.matrix import NAMES, NOW, PERSON, SERVER, STRUCTURE, Case, chain, ders

pytestmark = [pytest.mark.sockets, pytest.mark.clients]


def openssl(*words: str | Path, feed: bytes | None = None) -> tuple[int, str]:
    """Exit code and everything said."""
    done = subprocess.run(["openssl", *map(str, words)], input=feed, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def pem(parts: tuple[bytes, ...]) -> bytes:
    return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in parts)


def verify(authority: Authority, case: Case, folder: Path) -> tuple[int, str]:
    """``openssl verify`` with our root as the only anchor, our CRLs and our clock, at security level 2."""
    (folder / "root.pem").write_bytes(authority.authorities[0])
    (folder / "leaf.pem").write_bytes(pem(case.chain[:1]))
    (folder / "rest.pem").write_bytes(pem(case.chain[1:]) or authority.authorities[0])
    lists: list[str | Path] = []
    for crl in sorted((authority.ca_file.parent / "crl").iterdir()):
        lists += ["-CRLfile", crl]
    return openssl("verify", "-CAfile", folder / "root.pem", "-untrusted", folder / "rest.pem", "-crl_check_all",
                   *lists, "-purpose", f"ssl{case.use.value}", "-auth_level", "2", "-attime", str(int(NOW.timestamp())),
                   folder / "leaf.pem")


@pytest.mark.parametrize("name", NAMES)
def test_openssl_says_the_same(shared: Authority, matrix: Mapping[str, Case], tmp_path: Path, name: str) -> None:
    case = matrix[name]
    if not case.openssl:
        with pytest.raises(ValueError):
            pem(case.chain)
        return
    code, said = verify(shared, case, tmp_path)
    assert f": {case.openssl}" in said or f"lookup: {case.openssl}\n" in said
    assert (code == 0) == (case.openssl == "OK")


@pytest.mark.parametrize("request_", [SERVER, STRUCTURE, PERSON], ids=["server", "structure", "person"])
def test_pkcs12_is_read_back_whole(authority: Authority, request_: Request) -> None:
    issued = authority.issue(request_)
    code, said = openssl("pkcs12", "-in", issued.p12_file, "-passin", f"pass:{issued.p12_password}", "-nodes", "-info")
    assert code == 0, said
    assert said.count("BEGIN CERTIFICATE") == 3
    assert said.count("BEGIN PRIVATE KEY") == 1
    assert "AES-256-CBC" in said
    assert openssl("pkcs12", "-in", issued.p12_file, "-passin", "pass:other", "-nodes")[0] != 0


def test_the_key_file_belongs_to_the_chain_file(authority: Authority) -> None:
    issued = authority.issue(SERVER)
    public = openssl("pkey", "-in", issued.key_file, "-pubout")
    assert public == openssl("x509", "-in", issued.chain_file, "-noout", "-pubkey")


def test_the_subject_is_written_as_openssl_writes_rfc_2253(authority: Authority) -> None:
    issued = authority.issue(SERVER)
    _, said = openssl("x509", "-in", issued.chain_file, "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8")
    assert said.strip() == f"subject={issued.subject}"


def test_openssl_reads_the_crl_and_its_growing_number(authority: Authority) -> None:
    issued = authority.issue(STRUCTURE)
    file = authority.ca_file.parent / "crl" / "ACI-EL-ORG-TEST.crl"
    before = openssl("crl", "-in", file, "-inform", "DER", "-noout", "-crlnumber")[1]
    authority.revoke(issued.serial)
    code, said = openssl("crl", "-in", file, "-inform", "DER", "-noout", "-text", "-CAfile", authority.ca_file)
    assert (code, "verify OK" in said) == (0, True), said
    assert issued.serial.upper() in said
    number = openssl("crl", "-in", file, "-inform", "DER", "-noout", "-crlnumber")[1]
    assert [line.strip() for line in (before, number)] == ["crlNumber=0x01", "crlNumber=0x02"]


def test_a_signature_with_sha_1_is_weak(shared: Authority, tmp_path: Path) -> None:
    ca = shared.ca_file.parent / "ca" / "ACI-EL-ORG-TEST.pem"
    request, made = tmp_path / "leaf.csr", tmp_path / "sha1.pem"
    assert openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "leaf.key", "-subj",
                   "/C=FR/CN=Vieille application", "-out", request)[0] == 0
    code, said = openssl("x509", "-req", "-in", request, "-sha1", "-CA", ca, "-CAkey", ca.with_suffix(".key"),
                         "-set_serial", "5", "-days", "30000", "-out", made)
    assert code == 0, said
    presented = (*ders(made.read_bytes()), *ders(shared.authorities[1]))
    seen = shared.judge(presented, Use.CLIENT)
    assert (seen.worth, seen.reason) == (Worth.WEAK, "CN=Vieille application has a signature made with SHA1")


def test_a_hidden_comma_does_not_make_another_name(authority: Authority) -> None:
    forged = authority.issue(StructureRequest("x,OU=1990000028", "O+CN=y", "1990000010", "Paris (75)"))
    assert forged.subject == "CN=x\\,OU=1990000028,OU=1990000010,O=O\\+CN=y,ST=Paris (75),C=FR"
    _, said = openssl("x509", "-in", forged.chain_file, "-noout", "-subject", "-nameopt", "RFC2253")
    assert said.strip() == f"subject={forged.subject}"
    assert authority.judge(chain(forged), Use.CLIENT).structure_id == "1990000010"
