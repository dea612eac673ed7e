"""Reading letters: what is folded, encoded, repeated or hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.rules.facts import Letter
from simulator.rules.letter import header_end, read_letter

LIMIT = 256 * 1024
DEFECT = "The From field cannot be read"


def letter(*lines: str) -> Letter:
    """Read a message of these header lines."""
    return read_letter(("\r\n".join(lines) + "\r\n\r\nBonjour.\r\n").encode())


def from_field(value: str) -> list[str]:
    """The addresses of a From field, as text."""
    return [str(a) for a in letter(f"From: {value}").from_]


def test_the_fields_that_rules_ask_for_are_read() -> None:
    read = letter(
        "Received: from a by b; Mon, 2 Nov 2026 09:00:00 +0000", "Received: from c by a; (no date)",
        "From: Paul <paul@a.example>", "Sender: x@b.example", "Reply-To: y@c.example, z@d.example", "Subject: Un mot",
        "Message-ID: <1@a.example>", "X-MSS-MES: FIN", "Disposition-Notification-To: paul@a.example", "X-Other: no")
    assert [str(a) for a in read.from_] == ["paul@a.example"] and str(read.sender) == "x@b.example"
    assert [str(a) for a in read.reply_to] == ["y@c.example", "z@d.example"]
    assert (read.subject, read.message_id, read.mss_mes) == ("Un mot", "<1@a.example>", "FIN")
    assert (read.hops, read.receipt_to, read.defects) == (2, "paul@a.example", ())


@pytest.mark.parametrize(("content_type", "report"), [
    ('multipart/report; report-type="Disposition-Notification"; boundary=b', "disposition-notification"),
    ("Multipart/Report;\r\n boundary=b;\r\n report-type=delivery-status", "delivery-status"),
    ("multipart/report; boundary=b", ""), ("text/plain; report-type=delivery-status", ""), ("", "")])
def test_the_reports_of_programs_are_known(content_type: str, report: str) -> None:
    assert letter(f"Content-Type: {content_type}").report == report


def test_names_of_fields_are_read_in_any_case_and_with_a_blank_before_the_colon() -> None:
    assert letter("fROM : a@b.example", "SUBJECT:x").subject == "x"
    assert from_field("a@b.example") == ["a@b.example"]


def test_the_size_counts_every_octet() -> None:
    assert read_letter(b"Subject: x\r\n\r\n\xc3\xa9\r\n").size == 18


def test_only_the_header_is_read() -> None:
    read = read_letter(b"From: a@b.example\r\n\r\nFrom: c@d.example\r\nSubject: body\r\n")
    assert len(read.from_) == 1 and read.subject == "" and read.defects == ()


def test_a_message_without_header_or_without_body_is_read() -> None:
    assert read_letter(b"") == Letter(size=0)
    assert read_letter(b"\r\nFrom: a@b.example\r\n").from_ == ()
    assert read_letter(b"Subject: alone").subject == "alone"


@pytest.mark.parametrize(("body", "end"), [
    (b"", 0), (b"\r\nx", 0), (b"a: b\r\n\r\nx", 6), (b"a: b\r\n", 6), (b"a: b", 4)])
def test_the_header_ends_behind_its_last_line(body: bytes, end: int) -> None:
    assert header_end(body) == end


def test_folded_fields_are_unfolded_and_blanks_kept() -> None:
    assert letter("Subject: one", " two", "\tthree").subject == "one two\tthree"
    assert letter("From: Paul", " <paul@a.example>").from_[0].local == "paul"
    assert letter("Subject: [FIN] ").subject == "[FIN] "
    assert letter("Subject:  [FIN]").subject == "[FIN]", "blanks before the text belong to the field"
    assert letter("Subject:", " [FIN]").subject == "[FIN]"
    assert letter("Subject:[FIN]").subject == "[FIN]"


@pytest.mark.parametrize(("written", "meant"), [
    ("=?utf-8?q?=5BFIN=5D?=", "[FIN]"), ("=?UTF-8?B?W0ZJTl0=?=", "[FIN]"),
    ("=?iso-8859-1?q?=E9t=E9?=", "été"), ("=?windows-1252?q?=80?=", "€"),
    ("=?utf-8?q?un?= =?utf-8?q?_mot?=", "un mot"), ("Re: =?utf-8?q?=C3=A9t=C3=A9?=", "Re: été"),
    ("no words", "no words"), ("a =? b", "a =? b"),
])
def test_encoded_words_are_decoded(written: str, meant: str) -> None:
    assert letter(f"Subject: {written}").subject == meant


@pytest.mark.parametrize("hostile", [
    "=?zlib_codec?b?eJwLSy0qzszPAwAJZAJ8?=", "=?idna?q?x?=", "=?bz2?b?QlpoOQ==?=", "=?utf-8?b?A?=", "=?utf-8?b?====?=",
    "=?utf-8?q?=FF=FE?=", "=?no-such?q?x?=", "=?utf-8*fr?q?x?=", "=?" * 1000, "=?a?q?" * 1000,
])
def test_what_cannot_be_decoded_is_text_all_the_same(hostile: str) -> None:
    assert isinstance(letter(f"Subject: {hostile}").subject, str)


@pytest.mark.parametrize("value", [
    "a@b.example", " a@b.example ", "<a@b.example>", "Paul <a@b.example>", '"Vial, Paul" <a@b.example>',
    '"V" <a@b.example>', "a@b.example (Paul)", "=?utf-8?q?Vial=2C?= <a@b.example>", "a@B.Example",
])
def test_an_address_is_found_in_every_usual_writing(value: str) -> None:
    assert [a.lower() for a in from_field(value)] == ["a@b.example"]
    assert letter(f"From: {value}").defects == ()


def test_several_addresses_and_groups_are_all_found() -> None:
    assert from_field("A <a@b.example>, c@d.example") == ["a@b.example", "c@d.example"]
    assert from_field("Team: a@b.example, C <c@d.example>;") == ["a@b.example", "c@d.example"]
    assert from_field('"x@y.example" <a@b.example>') == ["a@b.example"]


@pytest.mark.parametrize("value", [
    "Paul", "undisclosed-recipients:;", "a@", "@b", "a@b@c.example", "<>", "a b@c.example", "a@b..example",
    '"a b"@c.example', "a@[127.0.0.1]", "(" * 5000, "<" * 5000, "," * 5000, '"', "a@b.example <c", "\\",
])
def test_an_address_that_cannot_be_read_is_a_defect_and_not_a_guess(value: str) -> None:
    read = letter(f"From: {value}")
    assert read.defects and read.defects[0].startswith(DEFECT), read.from_


def test_an_empty_field_names_nobody() -> None:
    assert letter("From:", "Reply-To: ").from_ == ()
    assert letter("From:").defects == ()


@pytest.mark.parametrize("name", ["From", "Sender", "Reply-To", "Subject", "Message-ID"])
def test_a_field_that_may_stand_once_stands_once(name: str) -> None:
    read = letter(f"{name}: a@b.example", "X-Between: 1", f"{name.upper()}: c@d.example")
    assert read.defects[0] == f"The header has 2 {name.title()} fields"


def test_a_field_begins_at_the_beginning_of_a_line() -> None:
    read = letter("From: a@b.example", "this line is none, From: c@d.example", "X-A: 1", "  From: e@f.example")
    assert [str(a) for a in read.from_] == ["a@b.example"] and read.defects == ()


def test_a_header_of_256_kib_is_read_and_one_more_octet_is_a_defect() -> None:
    start = b"From: a@b.example\r\nX-Long: "
    body = start + b"x" * (LIMIT - len(start) - 2) + b"\r\n\r\nBonjour.\r\n"
    assert header_end(body) == LIMIT and read_letter(body).defects == ()
    more = body.replace(b"X-Long", b"X-Longer")
    assert read_letter(more).defects == ("The header has more than 256 KiB",)
    assert read_letter(body, 1024).defects == ("The header has more than 1 KiB",)


def test_a_thousand_addresses_are_looked_at() -> None:
    assert len(letter("Reply-To: " + ", ".join(f"a{n}@b.example" for n in range(1200))).reply_to) == 1000


@pytest.mark.parametrize("filling", [
    b"x" * LIMIT, b"From: " + b" " * LIMIT + b"x", b"From: <" + b"@" * LIMIT, b"From: " + b"(" * LIMIT,
    b"From: " + b'"' * LIMIT, b"From: " + b"a," * (LIMIT // 2), b"From: " + b"(a)" * (LIMIT // 3),
    b"Subject: " + b"=?a?q?" * (LIMIT // 6), b"Subject: " + b"=?utf-8?q?a?= " * (LIMIT // 14), b"x:" * (LIMIT // 2),
    b"From: x\r\n" + b" \t\r\n" * (LIMIT // 4), bytes(range(256)) * 1024,
], ids=["no colon", "blanks", "ats", "comments", "quotes", "commas", "small comments", "words", "many words", "colons",
        "empty folds", "all octets"])
def test_hostile_headers_are_read_without_harm(filling: bytes) -> None:
    """Each once took minutes, or would with careless patterns: the suite would not end."""
    assert read_letter(filling + b"\r\n\r\n").size == len(filling) + 4


def test_octets_without_a_charset_are_read_as_windows_1252_when_they_are_not_utf_8() -> None:
    assert read_letter(b"Subject: \xff\xfe\r\n\r\n").subject == "ÿþ"


def test_every_message_of_the_fixtures_is_read() -> None:
    for path in (Path(__file__).parents[2] / "fixtures" / "messages").glob("*.eml"):
        assert read_letter(path.read_bytes()).from_, path.name
