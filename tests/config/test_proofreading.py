"""Every kind of mistake is told with its line, its key, what was expected and the nearest spelling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from simulator.config import ConfigurationError, load

TODAY = date(2026, 11, 22)
DEFAULT = Path(__file__).parents[2] / "config.yaml"
RULES = ("recipient-domain-is-listed", "sender-is-identity", "patient-has-a-space")
Complain = Callable[..., list[str]]


@pytest.fixture
def complain(tmp_path: Path) -> Complain:
    """Loads the default configuration with texts replaced; gives the mistakes as ``line-text: key: what``."""

    def with_changes(*changes: tuple[str, str]) -> list[str]:
        text = DEFAULT.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            load(path, today=TODAY, known_rules=RULES, returning_rules=RULES[2:], imap_extensions=["IDLE", "MOVE"])
        lines = text.splitlines()
        return [f"{lines[m.line - 1].strip()} | {m.key}: {m.what}" for m in caught.value.mistakes]

    return with_changes


def only(mistakes: list[str]) -> str:
    assert len(mistakes) == 1, mistakes
    return mistakes[0]


def cases() -> list[tuple[str, str, str]]:
    """The stanzas of mistakes.txt, after the comment."""
    stanzas = (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8").strip().split("\n\n")[1:]
    lines = [[line[2:].replace("\\n", "\n") for line in stanza.split("\n")] for stanza in stanzas]
    return [(old, new, told) for old, new, told in lines]


@pytest.mark.parametrize(("old", "new", "told"), cases())
def test_a_mistake_is_told(complain: Complain, old: str, new: str, told: str) -> None:
    assert only(complain((old, new))).partition(" | ")[2] == told


@pytest.mark.parametrize(("changes", "told"), [
    (("kind: ORG\n    structure: tilleuls", "kind: ORG\n    password: shared\n    structure: tilleuls"),
     "password: ORG mailboxes have no secret of their own, expected none: its members sign in with their own accounts "
     "(F6)"),
    (("kind: APP\n", "kind: APP\n    totp: TESTTESTTESTTESTTESTTEST\n"),
     "totp: APP mailboxes have no secret of their own, expected none: it signs in with a certificate"),
])
def test_a_shared_mailbox_has_no_secret(complain: Complain, changes: tuple[str, str], told: str) -> None:
    assert only(complain(changes)).endswith(told)


def test_a_missing_key_says_what_was_expected(complain: Complain) -> None:
    mistake = only(complain(("    password: vial-medecin\n", "")))
    assert mistake == ("paul.vial@medecin.mssante.fr: | mailboxes[paul.vial@medecin.mssante.fr].password: missing, "
                       "expected a password that is not empty")


def test_a_wrong_secret_is_never_shown(complain: Complain) -> None:
    mistake = only(complain(("password: vial-medecin", "password: [vial-medecin]")))
    assert "password: a group of values is wrong, expected a password that is not empty" in mistake
    assert "vial-medecin" not in mistake.partition(" | ")[2]


def test_the_line_is_that_of_the_key_or_of_the_nearest_one_above(complain: Complain) -> None:
    assert only(complain(("  - karim.benali@", "  - nobody@"))).startswith("- nobody@pharmacie.bfc.mssante.fr | ")
    assert only(complain(("{structure: pont, days_ago: 3}", "{structure: pont, days: 3, days_ago: 3}"))).startswith(
        "- {structure: pont, days: 3, days_ago: 3} | patients.279035121518989.dispensings[1].days: unknown key")
    assert only(complain(("    department: Doubs (25)\n", ""))).startswith("bfc: | operators.bfc.department: missing")


def test_several_mistakes_are_told_together_in_the_order_of_the_file(complain: Complain) -> None:
    mistakes = complain(("keep_open: 10 s", "keep_open: 10 seconds"), ("department: Doubs (25)", "department: Doubs"),
                        ("structure: morel\n", "structure: morell\n"), ("rules: {}", "rules: {nothing: off}"))
    assert [m.partition(" | ")[2].split(":")[0] for m in mistakes] == [
        "operators.bfc.department", "mailboxes[claire.morel@pharmacie.bfc.mssante.fr].structure", "rules.nothing",
        "relay.keep_open"]


def test_one_mistake_does_not_cause_others(complain: Complain) -> None:
    assert len(complain(("mx_host: mx.bfc.mssante.fr", "mx_host: nohost"))) == 1
    assert len(complain(("name: Pharmacie des Tilleuls", "name: ''"))) == 1
    assert len(complain(("password: fontaine-tilleuls", "password: ''"))) == 1
    assert len(complain(("mx_host: mx.mes.mssante.fr", "mx_host: nohost"))) == 1


def test_patients_need_one_domain(complain: Complain) -> None:
    assert "patients: have no domain to live in" in only(complain(
        ("kind: patient\n        message_size: 25 MiB", "kind: professional\n        #")))
    second = ("courriel.example: {kind: outsider", "courriel.example: {kind: patient")
    assert "patients: could live in" in only(complain(second))


def test_a_wrong_check_digit_only_warns(tmp_path: Path) -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    for old, new in (("99700991039", "99700991038"), ("279035121518989", "279035121518988"), ("990000028", "990000027"),
                     ("birth_date: 1975-12-31", "birth_date: 1976-12-31")):
        text = text.replace(old, new)
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    warnings = [w.split(": ", 1)[1] for w in load(path, today=TODAY).warnings]
    assert warnings == [
        "structures.pont.finess: 990000027 has a wrong check digit for a FINESS number",
        "mailboxes[paul.vial@medecin.mssante.fr].rpps: 99700991038 has a wrong check digit for an RPPS number",
        "patients.275126322074974.birth_date: 1976-12-31 does not agree with the matricule, expected year 75 and month "
        "12",
        "patients.279035121518988: 279035121518988 has the key 88 where 89 was expected",
    ]


def test_a_practice_mailbox_belongs_to_its_holder(tmp_path: Path) -> None:
    text = DEFAULT.read_text(encoding="utf-8").replace("\npatients:\n", """
  cabinet.vial@medecin.mssante.fr:
    kind: CAB
    holder: paul.vial@medecin.mssante.fr
    members: [nadia.roux@infirmier.mssante.fr]

patients:
""", 1)
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    practice = next(m for m in load(path, today=TODAY).mailboxes if m.kind == "CAB")
    assert practice.owner is not None and practice.owner.full_name == "Paul Vial"
    assert [str(m) for m in practice.members] == ["nadia.roux@infirmier.mssante.fr"]


@pytest.mark.parametrize("text", ["- a\n", "just words\n", "operators: 5\n", "mailboxes: [1]\n", "limits: 7\n"])
def test_a_file_of_another_form_is_told_not_crashed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="expected"):
        load(path, today=TODAY)


@pytest.mark.parametrize("key", ["held_in_all", "held_per_address"])
def test_room_for_less_than_the_largest_message_is_a_mistake(complain: Complain, key: str) -> None:
    full = {"held_in_all": "256 MiB", "held_per_address": "128 MiB"}[key]
    told = only(complain((f"{key}: {full}", f"{key}: 29 MiB")))
    assert told.endswith(f"limits.message.{key}: is less than the largest message_size, expected {30 << 20} or more")
