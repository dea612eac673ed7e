"""The life of the authority's folder: made, found again, guarded, revoked from."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from simulator.clock import Clock
from simulator.model.certificate import Use, Worth
from simulator.pki import Authority, AuthorityError, KeyType, Reason, Request, Status, UnknownSerial, files
from simulator.pki.keys import generate, to_pem
from tests.pki.matrix import DAY, NOW, PERSON, SERVER, STRUCTURE, by_hand, chain

SLOTS: dict[str, Request] = {
    "operator:bfc": SERVER, "account:lgo.tilleuls@pharmacie.bfc.mssante.fr": STRUCTURE, "account:i.f@x": PERSON}


def again(authority: Authority, clock: Clock, key_type: KeyType = KeyType.ECDSA_P256) -> Authority:
    return Authority.open(authority.ca_file.parent, clock.now, key_type)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def crl(authority: Authority, name: str = "ACI-EL-ORG-TEST") -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl((authority.ca_file.parent / "crl" / f"{name}.crl").read_bytes())


def number(found: x509.CertificateRevocationList) -> int:
    return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_a_second_start_finds_everything_and_writes_nothing(authority: Authority, clock: Clock) -> None:
    first = authority.ensure_all(SLOTS)
    before = contents(authority.ca_file.parent)
    second = again(authority, clock).ensure_all(SLOTS)
    assert second == first
    assert list(second) == list(SLOTS)
    assert contents(authority.ca_file.parent) == before


def test_keys_are_for_the_owner_only_and_names_are_no_paths(authority: Authority) -> None:
    issued = authority.ensure("account:../../Évil/né@x", STRUCTURE)
    assert issued.key_file.parent == authority.ca_file.parent / "leaves"
    assert issued.key_file.name == f"account-evil-ne-x-{issued.serial}.key"
    guarded = [*authority.ca_file.parent.rglob("*.key"), issued.p12_file, authority.ca_file.parent / "index.json"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in guarded] == [0o600] * 6


def test_an_operator_address_without_letters_still_has_a_file(authority: Authority) -> None:
    assert authority.ensure("Ω", STRUCTURE).key_file.name.startswith("certificate-")


def test_credentials_hold_the_chain_and_the_key(authority: Authority) -> None:
    credentials = authority.issue(SERVER).credentials
    assert credentials.chain.count(b"BEGIN CERTIFICATE") == 2
    assert credentials.key.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_the_slot_gets_a_new_certificate_when_the_old_one_no_longer_serves(authority: Authority, clock: Clock) -> None:
    first = authority.ensure("host", STRUCTURE)
    assert authority.ensure("host", STRUCTURE) == first
    changed = authority.ensure("host", SERVER)
    assert changed.serial != first.serial
    assert authority.ensure("host", STRUCTURE) == first
    authority.revoke(first.serial)
    after_revocation = authority.ensure("host", STRUCTURE)
    assert after_revocation.serial != first.serial
    after_revocation.p12_file.unlink()
    after_loss = authority.ensure("host", STRUCTURE)
    assert after_loss.serial != after_revocation.serial
    clock.advance((after_loss.not_after - NOW).total_seconds() + 1)
    assert authority.ensure("host", STRUCTURE).serial != after_loss.serial


def test_another_key_type_counts_for_new_certificates(authority: Authority, clock: Clock) -> None:
    first = authority.ensure("host", STRUCTURE)
    second = again(authority, clock, KeyType.RSA_2048).ensure("host", STRUCTURE)
    assert second.serial != first.serial
    key = x509.load_pem_x509_certificate(second.chain_file.read_bytes()).public_key()
    assert getattr(key, "key_size", 0) == 2048
    assert again(authority, clock).judge(chain(second), Use.CLIENT).is_good


def test_a_certificate_made_faulty_is_never_picked_for_its_slot(authority: Authority) -> None:
    faulty = authority.issue(STRUCTURE, slot="host", purposes=[])
    assert authority.ensure("host", STRUCTURE).serial != faulty.serial


def test_a_clock_set_back_does_not_outdate_the_authority(authority: Authority) -> None:
    earlier = Clock(NOW - 400 * DAY, frozen=True)
    reopened = again(authority, earlier)
    assert reopened.judge(chain(reopened.ensure("host", STRUCTURE)), Use.CLIENT).is_good
    assert crl(reopened).last_update_utc == NOW - 400 * DAY


def test_the_list_shows_how_each_certificate_stands(authority: Authority, clock: Clock) -> None:
    good, late = authority.ensure("host", SERVER), authority.issue(STRUCTURE, not_after=NOW - DAY)
    early, gone = authority.issue(PERSON, not_before=NOW + DAY), authority.issue(STRUCTURE)
    authority.revoke(gone.serial, Reason.KEY_COMPROMISE)
    for opened in (authority, again(authority, clock)):
        assert [(e.slot, e.serial, e.kind, e.status) for e in opened.listed()] == [
            ("host", good.serial, "server", Status.GOOD), ("", late.serial, "structure", Status.EXPIRED),
            ("", early.serial, "person", Status.NOT_YET_VALID), ("", gone.serial, "structure", Status.REVOKED)]
        last = opened.listed()[-1]
        assert (last.revoked_at, last.reason, last.subject) == (NOW, "keyCompromise", gone.subject)


def test_a_revocation_is_published_and_outlives_a_restart(authority: Authority, clock: Clock) -> None:
    issued = authority.issue(STRUCTURE)
    written = ":".join(issued.serial.upper()[i:i + 2] for i in range(0, 32, 2))
    assert authority.revoke(written, Reason.SUPERSEDED).status is Status.REVOKED
    entry = crl(authority).get_revoked_certificate_by_serial_number(int(issued.serial, 16))
    assert entry is not None
    assert entry.revocation_date_utc == NOW
    assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.superseded
    assert len(crl(authority, "ACI-EL-PP-TEST")) == 0
    assert not again(authority, clock).judge(chain(issued), Use.CLIENT).is_good


def test_revoking_again_changes_nothing_and_a_stranger_is_an_error(authority: Authority, clock: Clock) -> None:
    issued = authority.issue(STRUCTURE)
    first = authority.revoke(issued.serial, Reason.KEY_COMPROMISE)
    published = number(crl(authority))
    clock.advance(60)
    assert authority.revoke(issued.serial, Reason.SUPERSEDED) == first
    assert number(crl(authority)) == published
    for stranger in ("", "0", "abc", "../x"):
        with pytest.raises(UnknownSerial):
            authority.revoke(stranger)


def test_lists_follow_the_simulated_clock_and_their_number_only_grows(authority: Authority, clock: Clock) -> None:
    first = crl(authority)
    assert (first.last_update_utc, first.next_update_utc) == (NOW, NOW + timedelta(days=7))
    assert not authority.refresh_crls()
    clock.advance(7 * 86_400)
    served = x509.load_der_x509_crl(authority.publications()["/CRL/ACI-EL-ORG-TEST.crl"])
    assert (served.last_update_utc, number(served)) == (NOW + timedelta(days=7), number(first) + 1)


def test_a_crash_between_index_and_lists_is_mended_by_the_next_start(
        authority: Authority, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = authority.issue(STRUCTURE)
    before = number(crl(authority))
    with monkeypatch.context() as crash:
        crash.setattr("simulator.pki.crl.publish", _no_room)
        with pytest.raises(OSError):
            authority.revoke(issued.serial)
    assert not authority.judge(chain(issued), Use.CLIENT).is_good
    assert number(crl(authority)) == before
    reopened = again(authority, clock)
    assert crl(reopened).get_revoked_certificate_by_serial_number(int(issued.serial, 16)) is not None
    assert number(crl(reopened)) > before


def test_a_crash_before_the_index_is_replaced_leaves_the_old_one(
        authority: Authority, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = authority.ensure("host", STRUCTURE)
    index = authority.ca_file.parent / "index.json"
    before = index.read_bytes()
    with monkeypatch.context() as crash:
        crash.setattr("os.fsync", _no_room)
        with pytest.raises(OSError):
            authority.ensure("other", STRUCTURE)
        with pytest.raises(OSError):
            authority.revoke(kept.serial)
    assert index.read_bytes() == before
    assert authority.judge(chain(kept), Use.CLIENT).is_good
    assert not list(index.parent.glob(".*"))
    assert [entry.serial for entry in again(authority, clock).listed()] == [kept.serial]


def test_a_creation_cut_short_starts_again(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crash:
        crash.setattr("simulator.pki.index.write_whole", _no_room)
        with pytest.raises(OSError):
            Authority.open(tmp_path, clock.now, KeyType.ECDSA_P256)
    made = Authority.open(tmp_path, clock.now, KeyType.ECDSA_P256)
    assert made.judge(chain(made.ensure("host", STRUCTURE)), Use.CLIENT).is_good


def _no_room(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_two_processes_on_one_folder_do_not_undo_each_other(authority: Authority, clock: Clock) -> None:
    issued = authority.issue(STRUCTURE)
    assert authority.judge(chain(issued), Use.CLIENT).is_good
    again(authority, clock).revoke(issued.serial)
    assert authority.judge(chain(issued), Use.CLIENT).worth is Worth.REVOKED
    later = authority.issue(STRUCTURE)
    statuses = {entry.serial: entry.status for entry in again(authority, clock).listed()}
    assert statuses == {issued.serial: Status.REVOKED, later.serial: Status.GOOD}


INDEXES = {
    "cut": '{"version": 1, "ro', "a list": "[]", "version": '{"version": 2}',
    "no leaves": '{"version": 1, "root": "x"}', "deep": "[" * 100_000, "empty": "",
    "odd leaf": '{"version": 1, "root": "x", "crl_number": 1, "leaves": [{"serial": 5}]}'}


@pytest.mark.parametrize("text", INDEXES.values(), ids=INDEXES.keys())
def test_a_damaged_index_is_named_with_the_remedy(authority: Authority, clock: Clock, text: str) -> None:
    (authority.ca_file.parent / "index.json").write_text(text)
    with pytest.raises(AuthorityError, match=r"index\.json: is damaged .*remove the folder"):
        again(authority, clock)


@pytest.mark.parametrize(("field", "value"), [
    ("stem", "../../x"), ("serial", "zz"), ("not_after", "soon"), ("not_after", "2026-01-01"), ("revoked_at", "x")])
def test_an_index_changed_by_hand_cannot_point_elsewhere(
        authority: Authority, clock: Clock, field: str, value: str) -> None:
    authority.issue(STRUCTURE)
    index = authority.ca_file.parent / "index.json"
    content = json.loads(index.read_text())
    content["leaves"][0][field] = value
    index.write_text(json.dumps(content))
    with pytest.raises(AuthorityError, match="is damaged"):
        again(authority, clock)


def test_an_index_of_another_authority_is_refused(authority: Authority, clock: Clock, shared: Authority) -> None:
    foreign = (shared.ca_file.parent / "index.json").read_bytes()
    (authority.ca_file.parent / "index.json").write_bytes(foreign)
    with pytest.raises(AuthorityError, match="belongs to another root"):
        again(authority, clock)


def test_an_index_lost_after_issuing_is_not_replaced_silently(authority: Authority, clock: Clock) -> None:
    authority.issue(STRUCTURE)
    (authority.ca_file.parent / "index.json").unlink()
    with pytest.raises(AuthorityError, match="is missing although certificates were issued"):
        again(authority, clock)


@pytest.mark.parametrize(("content", "says"), [
    (b"junk", "is not a readable private key"), (to_pem(generate(KeyType.ECDSA_P256)), "is not the key of")])
def test_a_wrong_key_of_the_authority_is_named(authority: Authority, clock: Clock, content: bytes, says: str) -> None:
    file = authority.ca_file.parent / "ca" / "ACI-EL-ORG-TEST.key"
    file.write_bytes(content)
    with pytest.raises(AuthorityError, match=rf"ACI-EL-ORG-TEST\.key: {says}"):
        again(authority, clock).ensure("host", STRUCTURE)
    file.unlink()
    with pytest.raises(AuthorityError, match="is missing"):
        again(authority, clock)


def test_certificates_of_another_family_are_refused(authority: Authority, clock: Clock, shared: Authority) -> None:
    ours, theirs = (a.ca_file.parent / "ca" / "ACI-EL-PP-TEST.pem" for a in (authority, shared))
    for content, says in ((theirs.read_bytes(), "was not issued by the root"), (b"junk", "not a readable certificate"),
                          (shared.authorities[0], "not an authority made by this simulator")):
        ours.write_bytes(content)
        with pytest.raises(AuthorityError, match=says):
            again(authority, clock)


def test_the_real_igc_sante_is_never_loaded(authority: Authority, clock: Clock) -> None:
    key = generate(KeyType.ECDSA_P256)
    real = x509.load_der_x509_certificate(by_hand("AC RACINE IGC-SANTE ELEMENTAIRE", "x", key, key, ca=True))
    from cryptography.hazmat.primitives.serialization import Encoding
    (authority.ca_file.parent / "ca" / "ACR-EL-TEST.pem").write_bytes(real.public_bytes(Encoding.PEM))
    with pytest.raises(AuthorityError, match="a simulator must never hold"):
        again(authority, clock)


def test_the_bundle_is_written_again_when_it_was_lost_or_changed(authority: Authority, clock: Clock) -> None:
    whole = authority.ca_file.read_bytes()
    authority.ca_file.write_bytes(b"x")
    assert again(authority, clock).ca_file.read_bytes() == whole
    authority.ca_file.unlink()
    assert again(authority, clock).ca_file.read_bytes() == whole


def test_weak_keys_are_not_for_a_whole_authority(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(ValueError):
        Authority.open(tmp_path, clock.now, KeyType.RSA_1024)


def test_a_failed_write_leaves_no_debris(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        files.write_whole(tmp_path / "taken", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
