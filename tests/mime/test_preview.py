"""What a message begins with, as a person reads it."""

from simulator.mime.index import parse
from simulator.mime.preview import preview

BOTH = (b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"=C3=A9crit\t en\r\n\r\nclair\x00\r\n--b--\r\n")


def shown(message: bytes, most: int = 200) -> str:
    """The preview of a message."""
    return preview(parse(message), message, most)


def test_plain_text_comes_before_html_on_one_line() -> None:
    assert shown(BOTH) == "écrit en clair"
    assert shown(BOTH, 6) == "écrit"


def test_html_loses_its_tags_and_what_nobody_reads() -> None:
    page = b"Content-Type: text/html\r\n\r\n<html><head><title>t</title></head><!-- c --><body>a<br>b &amp; c</body>"
    assert shown(page) == "a b & c"


def test_a_message_without_text_has_an_empty_preview() -> None:
    assert shown(b"Content-Type: image/png\r\n\r\nx") == ""
