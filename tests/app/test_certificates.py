"""``mssim certs`` and the plan of certificates behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import cli
from simulator.app import certificates, identities
from tests.app.conftest import configured


def test_everybody_who_needs_a_certificate_has_a_slot(tmp_path: Path) -> None:
    configuration = configured(tmp_path)
    operators = {operator.name: operator for operator in configuration.operators}
    wanted = identities.wanted(operators, configuration.mailboxes)
    assert {"host", "operator:mailiz", "operator:bfc", "operator:mes"} <= wanted.keys()
    assert "operator:outside" not in wanted
    assert "account:isabelle.fontaine@pharmacie.bfc.mssante.fr" in wanted
    assert "account:lgo.tilleuls@pharmacie.bfc.mssante.fr" in wanted
    assert "account:pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr" not in wanted


def test_make_issue_list_and_revoke_follow_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configuration = configured(tmp_path)
    data = tmp_path / "data"
    assert certificates.show(data) == 1
    assert "mssim certs make" in capsys.readouterr().err
    assert certificates.make(configuration, data) == 0
    assert certificates.issue(configuration, data, "bfc") == 0
    printed = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines() if line.startswith("serial"))
    assert certificates.revoke(data, printed["serial"]) == 0
    capsys.readouterr()
    assert certificates.show(data) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith(printed["serial"])] == ["revoked"]
    assert certificates.issue(configuration, data, "nobody") == 1
    assert "isabelle.fontaine@pharmacie.bfc.mssante.fr" in capsys.readouterr().err
    assert certificates.revoke(data, "abc") == 1


def test_the_command_line_checks_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = configured(tmp_path).path
    assert cli.main(["check", "--config", str(good)]) == 0
    good.write_text(good.read_text().replace("kind: professional", "kind: profesional", 1))
    assert cli.main(["check", "--config", str(good)]) == cli.BAD_CONFIGURATION
    assert "professional" in capsys.readouterr().err


def test_the_command_line_prints_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rules"]) == 0
    assert "| `recipient-domain-is-listed` | ToRecipient | 550 5.7.1 | enforce |" in capsys.readouterr().out
