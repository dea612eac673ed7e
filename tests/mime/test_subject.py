"""Base subjects (RFC 5256 2.1)."""

import pytest

from simulator.mime.subject import MAX_SUBJECT, base_subject


@pytest.mark.parametrize(
    ("value", "text", "is_reply"),
    [
        (b"", "", False),
        (b"hello", "hello", False),
        (b"Re: hello", "hello", True),
        (b"RE : [tag] FW: hello  (fwd) (FWD) ", "hello", True),
        (b"[list] hello", "hello", False),
        (b"[list]", "[list]", False),
        (b"Re: [list]", "[list]", True),
        (b"Re[2]: hello", "hello", True),
        (b"[fwd: Re: [fwd: hello]]", "hello", True),
        (b"hello [list]", "hello [list]", False),
        (b"reply: hello", "reply: hello", False),
        (b"a \t  b", "a b", False),
        (b"=?utf-8?q?RE:_pr=C3=AAte?=", "prête", True),
        (b"Re:", "", True),
    ],
)
def test_what_replies_and_forwards_add_is_taken_off(value: bytes, text: str, is_reply: bool) -> None:
    assert base_subject(value) == (text, is_reply)


@pytest.mark.parametrize(
    "value", [b"[a]" * 50_000, b"re:" * 50_000, b"(fwd)" * 50_000, b"[fwd:" * 50_000 + b"]" * 50_000]
)
def test_long_subjects_are_cut(value: bytes) -> None:
    assert len(base_subject(value).text) <= MAX_SUBJECT
