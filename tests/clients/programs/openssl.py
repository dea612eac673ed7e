"""openssl s_client: IMAP as one would type it."""

from __future__ import annotations

import base64
import re
import subprocess
from types import TracebackType

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs.running import version


class Conversation:
    """One connection; ``order`` gives the answer with its literals, byte for byte."""

    def __init__(self, facts: Facts, door: str, holder: Proof | None = None) -> None:
        command = ["openssl", "s_client", "-quiet", "-connect", f"{facts.host}:{facts.port(door)}",
                   "-CAfile", facts.ca_file, "-verify_return_error", "-verify_hostname", facts.host]
        command += ["-starttls", "imap"] if door == "imap" else []
        command += ["-cert", holder.certificate, "-key", holder.key] if holder else []
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        if door == "imaps":
            self.until(b"* OK")

    def until(self, beginning: bytes) -> bytes:
        """Everything up to a line that begins so."""
        heard = b""
        while True:
            line = self._from.readline()
            if not line:
                raise ConnectionError(f"closed after {heard!r}")
            heard += line
            if literal := re.search(rb"\{(\d+)\}\r\n$", line):
                heard += self._from.read(int(literal[1]))
            elif line.startswith(beginning):
                return heard

    def say(self, text: str) -> None:
        """One line."""
        self._to.write(f"{text}\r\n".encode())
        self._to.flush()

    def order(self, command: str) -> bytes:
        """The answer to a command that must succeed."""
        self.say(f"a {command}")
        answer = self.until(b"a ")
        if b"\r\na OK" not in b"\r\n" + answer:
            raise RuntimeError(f"{command}: {answer!r}")
        return answer

    def find(self, criteria: str) -> list[int]:
        """UIDs."""
        return [int(uid) for uid in re.findall(rb"\d+", self.order(f"UID SEARCH {criteria}").splitlines()[0])]

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._to.close()
        self._from.close()
        self._process.terminate()
        self._process.wait(timeout=10)


def read(facts: Facts, report: Report) -> None:
    """A day in the person's mailbox."""
    with Conversation(facts, "imaps") as imap:
        with report.of("password"):
            imap.order(f"LOGIN {facts.person.user} {facts.person.password}")
            imap.order("SELECT INBOX")
        uid = imap.find(f'HEADER Message-ID "{facts.letter_id}"')[0]
        with report.of("fetch"):
            answer = imap.order(f"UID FETCH {uid} BODY.PEEK[]")
            size = re.search(rb"\{(\d+)\}\r\n", answer)
            assert size
            facts.path("fetched.eml").write_bytes(answer[size.end() : size.end() + int(size[1])])
        with report.of("flag"):
            imap.order(rf"UID STORE {uid} +FLAGS (\Flagged)")
        with report.of("search"):
            size_of_word = len(facts.word.encode())
            report.done["search"] = imap.find(f"CHARSET UTF-8 SUBJECT {{{size_of_word}+}}\r\n{facts.word}")
        with report.of("move"):
            number = imap.find(f'HEADER Message-ID "{facts.move_id}"')[0]
            imap.order(f"UID MOVE {number} {facts.archive}")
        with report.of("folders"):
            imap.order('CREATE "Suivi &AOA- domicile"')
            imap.order(f"DELETE {facts.old_folder}")
        with report.of("special-use"):
            uses = re.findall(rb'\\(?:Archive|Drafts|Junk|Sent|Trash)\) "/" (\w+)', imap.order('LIST "" "*"'))
            report.done["special-use"] = sorted(name.decode() for name in uses)
        with report.of("idle"):
            imap.say("a IDLE")
            imap.until(b"+ ")
            report.idling()
            while b"EXISTS" not in imap.until(b"* "):
                pass
            imap.say("DONE")
            imap.until(b"a OK")


def sign_in(facts: Facts, report: Report) -> None:
    """Every other way in."""
    team = facts.team
    with report.of("code"), Conversation(facts, "imaps") as imap:
        imap.order(f'LOGIN "{team.user}" {team.password_and_code}')
    with report.of("certificate"), Conversation(facts, "imaps", team) as imap:
        said = base64.b64encode(f"{team.address}\0{team.member}\0{team.password}".encode()).decode()
        imap.order(f"AUTHENTICATE PLAIN {said}")
    with report.of("external"), Conversation(facts, "imaps", facts.application) as imap:
        imap.order("AUTHENTICATE EXTERNAL =")
    with report.of("imap-starttls"), Conversation(facts, "imap") as imap:
        imap.order(f"LOGIN {facts.person.user} {facts.person.password}")


def main() -> None:
    """Everything."""
    facts, report = given(), Report(version("openssl", "version"))
    sign_in(facts, report)
    read(facts, report)
    report.tell()


if __name__ == "__main__":
    main()
