"""``mssim letter``: files without a simulator, and letters on their way with one."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.commands import sending
from simulator.commands.connection import NO_SIMULATOR
from simulator.testing import Space
from simulator.xdm import open_archive, open_cda
from tests.commands.conftest import TILLEULS, Mssim
from tests.house.sources import ROOT

CONFIG = str(ROOT / "config.yaml")
ZOE = "275126322074974"


def letter(*arguments: str) -> int:
    return main(["letter", *arguments, "--config", CONFIG])


def made(path: Path, *arguments: str) -> bytes:
    assert letter(*arguments, "--output", str(path)) == 0
    return path.read_bytes()


def test_a_document_is_written_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert letter("prescription", "--patient", "adrun", "--date", "2026-11-02") == 0
    assert (tmp_path / "20261102_Ordonnance_ADRUN_ZOE.pdf").read_bytes().startswith(b"%PDF-1.4")
    said = capsys.readouterr().out
    assert "20261102_Ordonnance_ADRUN_ZOE.pdf" in said
    assert "57833-6 Prescription de produits de santé" in said


def test_every_form_can_be_had(tmp_path: Path) -> None:
    common = ("dispensing", "--patient", ZOE, "--date", "2026-11-02", "--seed", "3")
    level_1, _ = open_cda(made(tmp_path / "1.xml", *common, "--form", "cda"))
    level_3, _ = open_cda(made(tmp_path / "3.xml", *common, "--form", "cda", "--structured"))
    assert level_1 is not None and level_3 is not None
    assert (level_1.level, level_3.level) == (1, 3)
    assert level_1.pdf == made(tmp_path / "x.pdf", *common)
    assert open_archive(made(tmp_path / "x.zip", *common, "--form", "xdm")).problems == ()
    message = message_from_bytes(made(tmp_path / "x.eml", *common, "--form", "eml"), policy=default)
    assert message["To"] == f"{ZOE}@patient.mssante.fr"
    assert message["From"].addresses[0].addr_spec == "isabelle.fontaine@pharmacie.bfc.mssante.fr"
    assert message["X-MSS-CODECDA"] == "60593-1"


def test_the_same_command_makes_the_same_file(tmp_path: Path) -> None:
    common = ("referral", "--date", "2026-11-02", "--from", "paul.vial", "--form", "eml")
    assert made(tmp_path / "a", *common) == made(tmp_path / "b", *common)
    assert made(tmp_path / "a", *common) != made(tmp_path / "b", *common, "--seed", "2")


def test_a_team_writes_in_the_name_of_its_head(tmp_path: Path) -> None:
    message = message_from_bytes(made(tmp_path / "a", "interview", "--from", TILLEULS, "--form", "eml"), policy=default)
    assert message["From"].addresses[0].display_name == "Pharmacie des Tilleuls"
    assert b"Isabelle FONTAINE" in message.get_body().get_payload(decode=True)  # type: ignore[union-attr]


def test_kinds_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert letter("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["KIND", "LOINC", "FORMS", "WRITTEN", "BY", "TITLE"]
    assert any(line.startswith("vaccination   87273-9") for line in lines)


@pytest.mark.parametrize(("arguments", "said"), [
    (("prescriptions",), "no kind of document is called 'prescriptions'; did you mean prescription?"),
    (("referral", "--structured", "--form", "cda"), "referral has no structured form"),
    (("referral", "--patient", "x"), "x is no patient of the configuration; there are 275126322074974 (Zoé ADRUN)"),
    (("referral", "--from", "nobody"), "nobody is no mailbox of the configuration; there are isabelle.fontaine@"),
    (("referral", "--from", ZOE), "is no professional's mailbox"),
    (("referral", "--output", "/nowhere/x.pdf"), "/nowhere/x.pdf cannot be written"),
])
def test_mistakes_are_told(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert letter(*arguments) == 2
    assert said in capsys.readouterr().err


def test_sending_needs_a_simulator(capsys: pytest.CaptureFixture[str]) -> None:
    assert letter("referral", "--send", "--url", "http://127.0.0.1:9") == NO_SIMULATOR
    assert "no simulator answers at http://127.0.0.1:9" in capsys.readouterr().err


@pytest.mark.sockets
def test_a_letter_is_sent_and_arrives(space: Space, mssim: Mssim) -> None:
    told = mssim("letter", "prescription", "--config", CONFIG, "--patient", "adrun", "--from", "paul.vial",
                 "--to", TILLEULS, "--send")
    assert (mssim.status, mssim.errors) == (0, "")
    assert "XDM/1.0/DDM+Prescription de produits de santé ADRUN Zoe 31/12/1975" in told
    arrived = space.pharmacy("tilleuls").wait_for(subject="XDM/1.0/DDM+")
    assert arrived.archive is not None and arrived.archive.problems == ()
    assert arrived.message_id in told


@pytest.mark.sockets
def test_a_team_sends_with_two_factors_and_an_application_with_its_certificate(space: Space, mssim: Mssim) -> None:
    for sender in (TILLEULS, "lgo.tilleuls@pharmacie.bfc.mssante.fr"):
        told = mssim("letter", "dispensing", "--config", CONFIG, "--patient", "adrun", "--from", sender, "--send",
                     "--json")
        assert mssim.errors == ""
        assert json.loads(told)["to"] == [f"{ZOE}@patient.mssante.fr"]
    assert len(space.patient("adrun").wait_for_all(2, subject="XDM")) == 2


@pytest.mark.sockets
def test_an_application_is_told_where_its_certificate_is(
    space: Space, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "ca.pem").write_bytes(space.ca_file.read_bytes())
    url = f"http://{space.host}:{space.ports['http']}"
    said = ("--from", "lgo.tilleuls", "--send", "--url", url, "--data", str(tmp_path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "SUBMISSION", space.ports["submission"] - space.ports["http"] + sending.HTTP)
        assert letter("dispensing", *said) == 2
        assert "signs in with a certificate, which the ready file names" in capsys.readouterr().err
        assert letter("referral", "--from", "paul.vial", "--to", TILLEULS, "--send", *said[3:]) == 0
    space.pharmacy("tilleuls").wait_for(subject="XDM/1.0/DDM+Lettre d'adressage")


@pytest.mark.sockets
def test_the_plain_form_is_sent_without_archive(space: Space, mssim: Mssim) -> None:
    mssim("letter", "referral", "--config", CONFIG, "--from", "paul.vial", "--to", TILLEULS, "--send", "--form", "pdf")
    arrived = space.pharmacy("tilleuls").wait_for(subject="Lettre d’adressage")
    assert arrived.archive is None
    assert [name.rpartition("_")[2] for name in arrived.attachments] == ["ZOE.pdf"]


@pytest.mark.sockets
def test_a_refusal_is_told(mssim: Mssim) -> None:
    mssim("letter", "referral", "--config", CONFIG, "--from", "paul.vial", "--to", "someone@courriel.example", "--send")
    assert mssim.status == 1
    assert "refused to someone@courriel.example: 550 5.7.1" in mssim.errors
    assert "[recipient-domain-is-listed]" in mssim.errors
