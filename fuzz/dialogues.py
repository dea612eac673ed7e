"""Valid dialogues, which the fuzzer damages. Between them they use every command of both protocols."""

from __future__ import annotations

import base64

from fuzz.steps import Dialogue, Step, conversation

DOCTOR, DOCTORS_PASSWORD = "paul.vial@medecin.mssante.fr", "vial-medecin"
NURSE, NURSES_PASSWORD = "nadia.roux@infirmier.mssante.fr", "roux-infirmiere"
KARIM, KARIMS_PASSWORD = "karim.benali@pharmacie.bfc.mssante.fr", "benali-tilleuls"
TILLEULS = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"
ZOE = "275126322074974@patient.mssante.fr"


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _plain(user: str, secret: str) -> str:
    return "AUTH PLAIN " + _b64(f"\0{user}\0{secret}")


_MIME = rf"""From: Dr Paul Vial <{DOCTOR}>\
To: {NURSE}, =?utf-8?q?Zo=C3=A9?= <{ZOE}>\
Subject: =?iso-8859-1?q?R=E9sultats?= du 12\
Message-ID: <fuzz.1@test.mssante.fr>\
Date: Sun, 22 Nov 2026 10:00:00 +0100\
MIME-Version: 1.0\
Content-Type: multipart/mixed; boundary="b1"\
\
--b1\
Content-Type: text/plain; charset=utf-8\
\
Bonjour\
..une ligne qui commence par un point\
--b1\
Content-Type: message/rfc822\
\
Subject: dedans\
\
x\
--b1\
Content-Type: application/pdf; name*=utf-8''r%C3%A9sultat.pdf\
Content-Transfer-Encoding: base64\
Content-Disposition: attachment; filename="a.pdf"\
\
JVBERi0xLjQK\
--b1--\
"""
_NOTE = rf"From: {DOCTOR}\r\nSubject: note\r\nMessage-ID: <fuzz.2@test.mssante.fr>\r\n\r\nBonjour\r\n"
_LETTER = f"""
    MAIL FROM:<{DOCTOR}> SIZE=700 BODY=8BITMIME RET=HDRS ENVID=x+2By
    RCPT TO:<{NURSE}> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;{NURSE}
    RCPT TO:<{TILLEULS}>
    DATA
    {_MIME}.
"""
_SUBMITS = f"""
    EHLO client.example
    STARTTLS
    <secure>
    EHLO client.example
    {_plain(DOCTOR, DOCTORS_PASSWORD)}
    {_LETTER}
    RSET
    NOOP
    QUIT
"""
_IN_CLEAR = f"""
    HELO client.example
    HELP
    VRFY {DOCTOR}
    EXPN list
    MAIL FROM:<{DOCTOR}>
    {_plain(DOCTOR, DOCTORS_PASSWORD)}
    EHLO [127.0.0.1]
    MAIL FROM:<>
    RCPT TO:<@relay.example,@other.example:{NURSE}>
    DATA
    QUIT
"""
_CHUNKS = f"""
    EHLO client.example
    {_plain(DOCTOR, DOCTORS_PASSWORD)}
    MAIL FROM:<{DOCTOR}>\\
    RCPT TO:<{NURSE}>\\
    BDAT {len(_NOTE.encode().decode("unicode_escape")) + 2}\\
    {_NOTE}\\
    BDAT 7 LAST\\
    adieu
    MAIL FROM:<{DOCTOR}> SMTPUTF8
    RCPT TO:<{NURSE}>
    BDAT 0 LAST
    QUIT
"""
_SASL = f"""
    EHLO client.example
    AUTH LOGIN
    {_b64(DOCTOR)}
    *
    AUTH PLAIN
    {_b64(f"{TILLEULS}*{KARIM}" + chr(0) + KARIM + chr(0) + KARIMS_PASSWORD)}
    AUTH SCRAM-SHA-256 {_b64(f"n,,n={DOCTOR},r=fyko+d2lbbFgONRv9qkxdawL")}
    {_b64("c=biws,r=fyko,p=AAAA")}
    AUTH EXTERNAL =
    AUTH LOGIN {_b64(NURSE)}
    {_b64(NURSES_PASSWORD)}
    MAIL FROM:<{NURSE}> AUTH=<> REQUIRETLS
    RCPT TO:<{DOCTOR}>
    DATA
    From: {NURSE}\\
    Subject: bonjour\\
    \\
    .
    QUIT
"""
_OPERATOR = f"""
    EHLO mx.example
    STARTTLS
    <secure>
    EHLO mx.mailiz.mssante.fr
    MAIL FROM:<{DOCTOR}> BODY=8BITMIME\\
    RCPT TO:<{TILLEULS}>\\
    RCPT TO:<nobody@pharmacie.bfc.mssante.fr>\\
    DATA
    Received: from a by b; Sun, 22 Nov 2026 10:00:00 +0100\\
    {_MIME}.
    MAIL FROM:<>
    RCPT TO:<{KARIM}> NOTIFY=NEVER
    DATA
    Subject: avis\\
    Content-Type: multipart/report; report-type=delivery-status; boundary=x\\
    \\
    --x--\\
    .
    QUIT
"""
_LOGIN = f'a1 LOGIN {DOCTOR} "{DOCTORS_PASSWORD}"'
_APPENDED = rf"Subject: brouillon\r\nFrom: {DOCTOR}\r\n\r\nBonjour\r\n"
_APPENDED_SIZE = len(_APPENDED.encode().decode("unicode_escape"))
_READS = rf"""
    a0 CAPABILITY
    {_LOGIN}
    a2 LIST "" "*"
    a3 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN RECENT HIGHESTMODSEQ SIZE)
    a4 SELECT INBOX (CONDSTORE)
    a5 FETCH 1:* (FLAGS UID INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE MODSEQ)
    a6 UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (Subject From)]<0.100> BODY[1] BODY[1.MIME] BINARY.SIZE[1] BINARY[3])
    a7 FETCH 1:* (BODY[] RFC822.TEXT) (CHANGEDSINCE 1)
    a8 SEARCH CHARSET UTF-8 OR (SUBJECT {{5}}
    note  NOT SEEN) TEXT "bonjour" SINCE 1-Jan-2026 LARGER 10
    a9 UID SEARCH RETURN (MIN MAX COUNT ALL) UNDELETED MODSEQ 1 OLDER 10
    b1 SORT (REVERSE DATE SUBJECT) UTF-8 ALL
    b2 UID THREAD REFERENCES UTF-8 ALL
    b3 IDLE
    DONE
    b4 LOGOUT
"""
_CHANGES = rf"""
    {_LOGIN}
    c1 CREATE "Dossier/R&AOk-sultats"
    c2 SUBSCRIBE "Dossier/R&AOk-sultats"
    c3 LSUB "" "%"
    c4 APPEND Drafts (\\Seen $Suivi) " 1-Feb-2026 10:00:00 +0100" {{{_APPENDED_SIZE}}}
    {_APPENDED}
    c5 APPEND Drafts {{{_APPENDED_SIZE}+}}\
    {_APPENDED} (\\Draft) ~{{3+}}\
    a\0b
    c6 SELECT Drafts
    c7 STORE 1:3 +FLAGS.SILENT (\\Deleted $x)
    c8 UID STORE 1:* (UNCHANGEDSINCE 5) -FLAGS (\\Seen)
    c9 COPY 1:2 "Dossier/R&AOk-sultats"
    d1 UID MOVE 1:* Trash
    d2 UID EXPUNGE 1:*
    d3 EXPUNGE
    d4 RENAME "Dossier/R&AOk-sultats" Dossier2
    d5 UNSELECT
    d6 DELETE Dossier2
    d7 UNSUBSCRIBE "Dossier/R&AOk-sultats"
    d8 EXAMINE Trash
    d9 CLOSE
    e1 SELECT Trash
    e2 STORE 1:* FLAGS (\\Deleted)
    e3 CLOSE
    e4 GETQUOTAROOT INBOX
    e5 GETQUOTA ""
    e6 NAMESPACE
    e7 ENABLE CONDSTORE
    e8 ID ("name" "fuzz" "version" NIL)
    e9 LOGOUT
"""
_STRANGER = f"""
    a1 LOGIN {DOCTOR} {DOCTORS_PASSWORD}
    a2 AUTHENTICATE PLAIN {_b64(chr(0) + DOCTOR + chr(0) + DOCTORS_PASSWORD)}
    a3 SELECT INBOX
    a4 STARTTLS
    <secure>
    a5 AUTHENTICATE PLAIN
    {_b64(chr(0) + NURSE + chr(0) + NURSES_PASSWORD)}
    a6 LIST "" "%"
    a7 LOGOUT
"""
_WAYS_IN = f"""
    a1 AUTHENTICATE LOGIN
    {_b64(NURSE)}
    *
    a2 AUTHENTICATE SCRAM-SHA-256 {_b64(f"n,,n={NURSE},r=fyko+d2lbbFgONRv9qkxdawL")}
    {_b64("c=biws,r=fyko,p=AAAA")}
    a3 AUTHENTICATE EXTERNAL =
    a4 LOGIN {{{len(NURSE)}}}
    {NURSE} {{{len(NURSES_PASSWORD)}+}}\\
    {NURSES_PASSWORD}
    a5 SELECT INBOX
    a6 STORE 1:* +FLAGS (\\\\Deleted)
    a7 EXPUNGE
    a8 LOGOUT
"""
_SECURED = Step("secure")


def _behind_tls(door: str, script: str, name: str) -> Dialogue:
    """The same over implicit TLS."""
    dialogue = conversation(door, script, name)
    return dialogue.doing((_SECURED, *dialogue.steps))


SMTP = (
    conversation("submission", _SUBMITS, "submission with STARTTLS"),
    conversation("submission", _IN_CLEAR, "submission in clear"),
    _behind_tls("smtps", _SUBMITS.replace("STARTTLS", "NOOP").replace("<secure>", "NOOP"), "submission"),
    _behind_tls("smtps", _CHUNKS, "chunks"),
    _behind_tls("smtps", _SASL, "mechanisms"),
    conversation("mx", _OPERATOR, "operator to operator"),
    conversation("mx", _IN_CLEAR, "operator in clear"),
)
IMAP = (
    _behind_tls("imaps", _READS, "reading"),
    _behind_tls("imaps", _CHANGES, "changing"),
    _behind_tls("imaps", _WAYS_IN, "mechanisms"),
    conversation("imap", _STRANGER, "reading with STARTTLS"),
    conversation("imap", f"a0 STARTTLS\n<secure>\n{_READS}", "reading after STARTTLS"),
)
DIALOGUES = {"smtp": SMTP, "imap": IMAP}
