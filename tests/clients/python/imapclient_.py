"""IMAPClient, from PyPI."""

from __future__ import annotations

import imapclient
from imapclient import IMAPClient
from imapclient.imapclient import ARCHIVE, DRAFTS, JUNK, SENT, TRASH

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.python.standard import trust


def connect(facts: Facts, holder: Proof | None = None) -> IMAPClient:
    """Implicit TLS."""
    return IMAPClient(facts.host, port=facts.port("imaps"), ssl_context=trust(facts, holder), timeout=20)


def read(facts: Facts, report: Report) -> None:
    """A day in the person's mailbox."""
    with connect(facts) as imap:
        with report.of("password"):
            imap.login(facts.person.user, facts.person.password)
            imap.select_folder("INBOX")
        with report.of("search"):
            report.done["search"] = [int(uid) for uid in imap.search(["SUBJECT", facts.word], "UTF-8")]
        uids = imap.search(["HEADER", "Message-ID", facts.letter_id])
        with report.of("fetch"):
            facts.path("fetched.eml").write_bytes(imap.fetch(uids, ["BODY.PEEK[]"])[uids[0]][b"BODY[]"])
        with report.of("flag"):
            imap.add_flags(uids, [imapclient.FLAGGED])
        with report.of("move"):
            imap.move(imap.search(["HEADER", "Message-ID", facts.move_id]), facts.archive)
        with report.of("folders"):
            imap.create_folder(facts.new_folder)
            imap.delete_folder(facts.old_folder)
        with report.of("special-use"):
            uses = (ARCHIVE, DRAFTS, JUNK, SENT, TRASH)
            report.done["special-use"] = sorted(str(imap.find_special_folder(use)) for use in uses)
        with report.of("idle"):
            imap.idle()
            report.idling()
            assert any(answer[1] == b"EXISTS" for answer in imap.idle_check(timeout=20))
            imap.idle_done()


def sign_in(facts: Facts, report: Report) -> None:
    """Every other way in."""
    team = facts.team
    with report.of("code"), connect(facts) as imap:
        imap.login(team.user, team.password_and_code)
    with report.of("certificate"), connect(facts, team) as imap:
        imap.plain_login(team.member, team.password, team.address)
    with report.of("external"), connect(facts, facts.application) as imap:
        imap.sasl_login("EXTERNAL", lambda _: b"")
    with report.of("imap-starttls"), IMAPClient(facts.host, facts.port("imap"), ssl=False, timeout=20) as imap:
        imap.starttls(trust(facts))
        imap.login(facts.person.user, facts.person.password)


def main() -> None:
    """Everything."""
    facts, report = given(), Report(f"imapclient {imapclient.__version__}")
    sign_in(facts, report)
    read(facts, report)
    report.tell()


if __name__ == "__main__":
    main()
