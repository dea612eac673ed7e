"""New messages: their structure, their octets, and what cannot be written."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from simulator.mime.writing import Attached, Draft, as_html, new_message_id, write


def a_draft(**changes: object) -> Draft:
    given: dict[str, object] = {
        "author": "Zoé ADRUN", "sender": "275126322074974@patient.mssante.fr", "to": ["a@medecin.mssante.fr"],
        "subject": "Réponse à l'été", "text": "Bonjour,\n\nÇa va ?\n", "at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "message_id": "<1@patient.mssante.fr>"}
    return Draft(**{**given, **changes})  # type: ignore[arg-type]


def test_text_and_html_say_the_same_beside_the_files() -> None:
    read = message_from_bytes(write(a_draft(attached=[Attached("Été 2026.pdf", "application/pdf", b"%PDF")])),
                              policy=default)
    assert read.get_content_type() == "multipart/mixed"
    alternative, file = read.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == ["text/plain", "text/html"]
    assert (file.get_filename(), file.get_content()) == ("Été 2026.pdf", b"%PDF")
    assert read["From"] == "Zoé ADRUN <275126322074974@patient.mssante.fr>" and read["Subject"] == "Réponse à l'été"


def test_every_octet_is_ascii_and_every_line_ends_in_crlf_within_its_limit() -> None:
    written = write(a_draft(text="é" * 5000 + "\n" + "x" * 5000))
    assert written.isascii()
    assert b"\n" not in written.replace(b"\r\n", b"") and b"\r" not in written.replace(b"\r\n", b"")
    assert max(map(len, written.split(b"\r\n"))) <= 998


def test_an_answer_names_its_thread() -> None:
    read = message_from_bytes(write(a_draft(in_reply_to="<2@x>", references=["<1@x>", "<2@x>"])), policy=default)
    assert (read["In-Reply-To"], read["References"]) == ("<2@x>", "<1@x> <2@x>")


@pytest.mark.parametrize("change", [
    {"subject": "a\r\nBcc: x@y.z"}, {"message_id": "<a>\n"}, {"headers": {"X-MSS-NIL": "1\r\nX: y"}}])
def test_what_would_write_a_line_of_its_own_is_not_written(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="line break"):
        write(a_draft(**change))


def test_html_shows_markup_as_text() -> None:
    assert as_html("<b>gras</b> & co\nsuite\n\nfin").count("<p>") == 2
    assert "&lt;b&gt;gras&lt;/b&gt; &amp; co<br>" in as_html("<b>gras</b> & co\nsuite")


def test_message_ids_differ() -> None:
    assert new_message_id("x.fr") != new_message_id("x.fr")
