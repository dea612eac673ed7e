"""A stored message taken apart: text, HTML as it came, files with their bytes."""

from __future__ import annotations

from simulator.controls.contents import MOST_FILES, contents

MIXED = b"""MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: multipart/alternative; boundary=c\r
\r
--c\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
=C3=A9t=C3=A9\r
--c\r
Content-Type: text/html; charset=utf-8\r
\r
<p onclick=x>ok</p>\r
--c--\r
--b\r
Content-Type: application/zip; name="ihe_xdm.ZIP"\r
Content-Transfer-Encoding: base64\r
\r
UEsD\r
--b\r
Content-Type: text/plain\r
Content-Disposition: attachment; filename=notes.txt\r
\r
plain\r
--b--\r
"""


def test_text_html_and_files_are_told_apart() -> None:
    found = contents(MIXED)
    assert (found.text.strip(), found.html.strip()) == ("été", "<p onclick=x>ok</p>")
    assert [(f.place, f.name, f.type, f.content.strip(), f.is_xdm) for f in found.files] == [
        (0, "ihe_xdm.ZIP", "application/zip", b"PK\x03", True), (1, "notes.txt", "text/plain", b"plain", False)]


def test_a_message_of_too_many_files_shows_the_first_ones() -> None:
    part = b"--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * (MOST_FILES + 50) + b"--b--\r\n"
    assert len(contents(many).files) == MOST_FILES


def test_any_bytes_are_taken_apart() -> None:
    assert contents(b"\xff\x00Content-Type: multipart/mixed\r\n").files == ()
