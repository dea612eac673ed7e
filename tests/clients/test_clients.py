"""Every mail client is at home: it sends, reads and signs in with its own means, and the simulator saw it happen."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.clients.clients import CLIENTS, FETCHED, ROOT, SENDING, Client, NotInstalled
from tests.clients.facts import ABILITIES, Facts, Proof
from tests.clients.reference import ATTACHED, LETTER, Reference
from tests.journeys.people import DOCTOR, ISABELLE, LGO, NURSE, TILLEULS
from tests.journeys.running import Event, Running

LONGEST = 120.0
"""Seconds that a client may take for everything."""
FACTORS = {
    "password": (DOCTOR, ["password"]),
    "code": (TILLEULS, ["one-time code", "password"]),
    "certificate": (TILLEULS, ["certificate", "password"]),
    "external": (LGO, ["certificate"]),
}


def marked(client: Client) -> Any:
    marks = [pytest.mark.sockets, pytest.mark.clients, *([] if client.core else [pytest.mark.programs])]
    return pytest.param(client, id=client.name, marks=marks)


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Running]:
    """A simulator for one client alone."""
    running = Running(tmp_path)
    yield running
    assert running.stop() == 0


def proof(space: Running, holder: str, **more: str) -> Proof:
    account = space.account(holder)
    known = {name: account.get(name) or "" for name in ("password", "certificate", "key", "p12", "p12_password")}
    return Proof(**{"address": holder, "user": holder, **known, **more})


@pytest.fixture
def facts(space: Running, tmp_path: Path) -> Facts:
    """What the client is told."""
    attachment, folder = tmp_path / "ordonnance.pdf", tmp_path / "client"
    attachment.write_bytes(ATTACHED)
    folder.mkdir()
    team = proof(
        space,
        ISABELLE,
        address=TILLEULS,
        user=f"{TILLEULS}*{ISABELLE}",
        member=ISABELLE,
        password_and_code=space.password_and_code(ISABELLE),
    )
    return Facts(
        host="localhost",
        ports=space.ready["ports"],
        ca_file=space.ca,
        folder=str(folder),
        person=proof(space, DOCTOR),
        team=team,
        application=proof(space, LGO),
        to=NURSE,
        starttls_subject="Par STARTTLS",
        tls_subject="Par TLS",
        text="Bonjour, voici une ordonnance.",
        attachment=str(attachment),
        letter_id="<lettre@essai.mssante.fr>",
        move_id="<ranger@essai.mssante.fr>",
        word="œdème",
        archive="Archive",
        new_folder="Suivi à domicile",
        old_folder="Vieux",
    )


def properties(facts: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The same for languages that read no JSON: ``person.user=…`` line by line."""
    for name, value in facts.items():
        if isinstance(value, dict):
            yield from properties(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}={value}"


def run(client: Client, facts: Facts, reference: Reference) -> dict[str, Any]:
    """The client's last line. A letter comes when it says that it waits."""
    told = Path(facts.folder).parent / "facts.json"
    told.write_text(json.dumps(asdict(facts)), encoding="utf-8")
    told.with_suffix(".properties").write_text("\n".join(properties(asdict(facts))), encoding="utf-8")
    try:
        command = client.command()
    except NotInstalled as missing:
        pytest.fail(str(missing), pytrace=False)
    errors = Path(facts.folder).parent / "errors"
    with errors.open("wb") as stderr, subprocess.Popen(
        [*command, str(told)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, cwd=ROOT
    ) as process:
        watchdog = threading.Timer(LONGEST, process.kill)
        watchdog.start()
        last: dict[str, Any] = {}
        assert process.stdout is not None
        for line in process.stdout:
            last = json.loads(line)
            if last.get("at") == "idle":
                reference.interrupt()
        status = process.wait()
        watchdog.cancel()
    assert status == 0, f"{command} ended with {status}\n{errors.read_text(errors='replace')}"
    return last


def keep(client: Client, result: dict[str, Any]) -> None:
    """For people who ask which version was tried."""
    folder = FETCHED / "results"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (folder / f"{client.name.replace('/', '-')}.json").write_text(text, encoding="utf-8")


def sign_ins(space: Running, reference: Reference) -> list[Event]:
    """Every successful sign-in until now."""
    reference.sent()
    space.wait_for(lambda e: e["kind"] == "sign-in" and e["mailbox"] == NURSE, after=space.now)
    return [event for event in space.events if event["kind"] == "sign-in"]


@pytest.mark.parametrize("client", [marked(client) for client in CLIENTS])
def test_a_client_does_everything_that_the_table_says(client: Client, space: Running, facts: Facts) -> None:
    reference = Reference(space, facts)
    reference.prepare()
    uid = reference.uid(facts.letter_id)
    space.wait_for(lambda e: e["kind"] == "sign-in" and e["mailbox"] == LGO)
    reference.uid(facts.letter_id)
    space.wait_for(lambda e: e["kind"] == "sign-in" and e["mailbox"] == DOCTOR, after=space.now)
    before = space.now
    result = run(client, facts, reference)
    keep(client, result)
    assert not result["failed"], "\n".join(f"{client.name}, {what}: {why}" for what, why in result["failed"].items())
    done = result["done"]
    assert set(done) == client.can
    seen = Seen(space, facts, reference, before, uid)
    for ability in (a for a in ABILITIES if a in done):
        seen.check(ability, done[ability])


class Seen:
    """What the simulator knows of a client's deeds, ability by ability."""

    def __init__(self, space: Running, facts: Facts, reference: Reference, before: int, uid: bytes) -> None:
        self._facts = facts
        self._reference = reference
        self._uid = uid.decode()
        self._signed_in = [event for event in sign_ins(space, reference) if event["seq"] > before]
        self._sent = reference.sent()

    def check(self, ability: str, told: object) -> None:
        """Fails unless the ability left its trace."""
        if ability in SENDING:
            self._arrived(ability)
        elif ability in FACTORS:
            mailbox, factors = FACTORS[ability]
            proofs = [(e["mailbox"], e["factors"]) for e in self._signed_in]
            assert (mailbox, factors) in proofs, f"{ability}: only {proofs}"
        else:
            getattr(self, f"_{ability.replace('-', '_')}")(told)

    def _arrived(self, ability: str) -> None:
        subject, door = {
            "submit-starttls": (self._facts.starttls_subject, "submission"),
            "submit-tls": (self._facts.tls_subject, "smtps"),
        }[ability]
        assert door in {e["door"] for e in self._signed_in}
        assert subject in self._sent, f"{ability}: only {sorted(self._sent)} arrived"
        attached = [part for part in self._sent[subject].walk() if part.get_filename() == "ordonnance.pdf"]
        assert [part.get_payload(decode=True) for part in attached] == [ATTACHED]

    def _imap_starttls(self, _: object) -> None:
        assert "imap" in {e["door"] for e in self._signed_in}

    def _fetch(self, _: object) -> None:
        read = self._facts.path("fetched.eml").read_bytes()
        # Clients that keep mail in files end lines as this system does.
        assert (read if b"\r\n" in read else read.replace(b"\n", b"\r\n")) == LETTER

    def _flag(self, _: object) -> None:
        assert "\\Flagged" in self._reference.flags(self._facts.letter_id)

    def _move(self, _: object) -> None:
        assert not self._reference.uid(self._facts.move_id)
        assert self._reference.uid(self._facts.move_id, self._facts.archive)

    def _search(self, told: object) -> None:
        assert told in ([int(self._uid)], [self._facts.letter_id]), "what was found, by UID or by Message-ID"

    def _idle(self, told: object) -> None:
        assert told is True

    def _folders(self, _: object) -> None:
        names = self._reference.folders()
        assert b"Suivi &AOA- domicile" in names
        assert self._facts.old_folder.encode() not in names

    def _special_use(self, told: object) -> None:
        assert told == self._facts.special.split()
