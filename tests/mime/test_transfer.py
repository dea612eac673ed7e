"""Transfer encodings."""

import pytest

from simulator.mime.transfer import undo


@pytest.mark.parametrize(
    ("encoding", "data", "expected"),
    [
        (b"7bit", b"a=3D", b"a=3D"),
        (b"base64", b" YW\r\nJj \t", b"abc"),
        (b"base64", b"YWJjZA", b"abcd"),
        (b"base64", b"YWJjZ", b"abc"),
        (b"base64", b"!", b""),
        (b"quoted-printable", b"a=20 \t\r\nb=\r\nc= \r\nd=", b"a \r\nbcd"),
        (b"quoted-printable", b"=zz=4", b"=zz=4"),
        (b"x-token", b"a", None),
    ],
)
def test_encodings_are_undone_forgivingly(encoding: bytes, data: bytes, expected: bytes | None) -> None:
    assert undo(data, encoding) == expected
