"""The default configuration loads as the trust space that is promised; settings keep their defaults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from simulator.config import (
    Access,
    Configuration,
    ConfigurationError,
    Dns,
    Http,
    JournalKeeping,
    Limits,
    Pki,
    Relay,
    load,
)
from simulator.model.mailbox import Kind, Mailbox, Status

TODAY = date(2026, 11, 22)
DEFAULT = Path(__file__).parents[2] / "config.yaml"


@pytest.fixture
def default() -> Configuration:
    return load(DEFAULT, today=TODAY)


def box(configuration: Configuration, address: str) -> Mailbox:
    return next(m for m in configuration.mailboxes if str(m.address) == address)


def test_the_default_configuration_has_nothing_odd(default: Configuration) -> None:
    assert default.warnings == ()
    assert default.path == DEFAULT


def test_the_default_operators_serve_the_promised_domains(default: Configuration) -> None:
    assert {o.name: [d.name for d in o.domains] for o in default.operators} == {
        "mailiz": ["medecin.mssante.fr", "pharmacien.mssante.fr", "infirmier.mssante.fr"],
        "bfc": ["pharmacie.bfc.mssante.fr", "chu-lumiere.bfc.mssante.fr"],
        "mes": ["patient.mssante.fr"],
        "outside": ["courriel.example"],
    }
    assert [d.name for o in default.operators for d in o.domains if not d.listed] == ["courriel.example"]
    limits = {o.name: o.message_limit for o in default.operators}
    assert limits["mailiz"] < limits["bfc"] < limits["mes"]


def test_the_default_mailboxes_are_the_promised_ones(default: Configuration) -> None:
    team = box(default, "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr")
    assert team.kind is Kind.ORG
    assert [m.local for m in team.members] == ["isabelle.fontaine", "karim.benali"]
    assert team.secrets.password == ""
    assert team.structure is not None and team.structure.is_pharmacy
    assert box(default, "lgo.tilleuls@pharmacie.bfc.mssante.fr").kind is Kind.APP
    assert box(default, "pharmacie.du.pont@pharmacie.bfc.mssante.fr").kind is Kind.ORG
    assert box(default, "cardiologie@chu-lumiere.bfc.mssante.fr").kind is Kind.ORG
    for person in ("isabelle.fontaine@pharmacie.bfc.mssante.fr", "karim.benali@pharmacie.bfc.mssante.fr",
                   "claire.morel@pharmacie.bfc.mssante.fr", "paul.vial@medecin.mssante.fr",
                   "nadia.roux@infirmier.mssante.fr"):
        account = box(default, person)
        assert account.kind is Kind.PER
        assert account.owner is not None and account.owner.national_id.startswith("899700991")
        assert account.secrets.password and account.secrets.totp


def test_morel_has_no_team_mailbox(default: Configuration) -> None:
    kinds = {m.kind for m in default.mailboxes if m.structure is not None and m.structure.id == "morel"}
    assert kinds == {Kind.PER}


def test_no_two_default_accounts_share_a_secret(default: Configuration) -> None:
    passwords = [m.secrets.password for m in default.mailboxes if m.secrets.password]
    codes = [m.secrets.totp for m in default.mailboxes if m.secrets.totp]
    assert len(set(passwords)) == len(passwords)
    assert len(set(codes)) == len(codes)


def test_the_default_patients_had_medicines_where_promised(default: Configuration) -> None:
    def pharmacies(ins: str) -> set[str]:
        patient = box(default, f"{ins}@patient.mssante.fr").patient
        assert patient is not None
        return {d.structure for d in patient.dispensings}

    assert pharmacies("275126322074974") == {"tilleuls", "morel"}
    assert pharmacies("279035121518989") == {"tilleuls", "pont"}
    assert box(default, "781102A12500908@patient.mssante.fr").kind is Kind.PATIENT


def test_the_default_patients_show_every_state(default: Configuration) -> None:
    patients = [m for m in default.mailboxes if m.patient is not None]
    assert {m.status for m in patients} == {Status.OPEN, Status.NOT_ACTIVATED, Status.CLOSED, Status.OPPOSED}
    assert [m.patient.minor for m in patients if m.patient is not None].count(True) == 1


def test_days_ago_counts_from_the_day_given(default: Configuration) -> None:
    patient = box(default, "275126322074974@patient.mssante.fr").patient
    assert patient is not None
    assert patient.dispensings[0].date == "2026-11-10"


def test_the_default_file_states_the_defaults(default: Configuration) -> None:
    assert default.access == Access()
    assert default.limits == Limits()
    assert default.relay == Relay()
    assert default.pki == Pki()
    assert default.dns == Dns()
    assert default.http == Http()
    assert default.journal == JournalKeeping()


def test_sections_without_which_one_can_do_may_be_absent_or_empty(write: Callable[[str], Path]) -> None:
    path = write("""
        version: 1
        operators:
          bfc:
            organization: TEST
            finess: 990000010
            department: Doubs (25)
            mx_host: mx.bfc.mssante.fr
            client_host: client.bfc.mssante.fr
            message_size: 10 MiB
            domains: {bfc.mssante.fr: {kind: professional}}
        mailboxes:
        rules:
        limits:
          smtp:
    """)
    configuration = load(path, today=TODAY)
    assert configuration.mailboxes == ()
    assert configuration.limits == Limits()


def test_values_are_the_text_that_was_written(write: Callable[[str], Path]) -> None:
    path = write("""
        version: 1
        operators:
          bfc:
            organization: TEST
            finess: 990000010
            department: Doubs (25)
            mx_host: mx.bfc.mssante.fr
            client_host: client.bfc.mssante.fr
            message_size: 10 MiB
            listen: {mx: 0, imaps: 1993}
            domains: {bfc.mssante.fr: {kind: professional, listed: off}}
        mailboxes:
          a.b@bfc.mssante.fr:
            {kind: PER, given_name: A, family_name: B, adeli: 012600631, password: 0123, quota: 5 KiB, red_list: yes}
        rules: {some-rule: off}
        whitelist: {others: {aura.mssante.fr: {certificates: ["CN=mx.aura.mssante.fr,O=TEST,C=FR"]}}}
        limits: {times: {handshake: 500 ms}}
        dns: {txt: {bfc.mssante.fr: [v=spf1 -all]}}
    """)
    configuration = load(path, today=TODAY)
    [mailbox] = configuration.mailboxes
    assert mailbox.owner is not None
    assert mailbox.owner.national_id == "0012600631"
    assert mailbox.secrets.password == "0123"
    assert (mailbox.quota, mailbox.red_list) == (5 * 1024, True)
    assert configuration.rules == {"some-rule": "off"}
    assert configuration.operators[0].listen == {"mx": 0, "imaps": 1993}
    assert not configuration.operators[0].domains[0].listed
    assert configuration.whitelist["aura.mssante.fr"].certificates == ("CN=mx.aura.mssante.fr,O=TEST,C=FR",)
    assert configuration.limits.times.handshake == 0.5
    assert configuration.dns.txt == {"bfc.mssante.fr": ("v=spf1 -all",)}


def test_a_file_that_is_not_there_is_told_like_any_mistake(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    with pytest.raises(ConfigurationError) as caught:
        load(missing, today=TODAY)
    assert str(caught.value).startswith(f"{missing}:1: file: cannot be read (No such file or directory), expected")


def test_a_wrong_version_is_told(write: Callable[[str], Path]) -> None:
    with pytest.raises(ConfigurationError, match=r":1: version: '2' is not a version known here, expected 1"):
        load(write("version: 2\n"), today=TODAY)
