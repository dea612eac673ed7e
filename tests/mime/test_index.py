"""The index as it is stored."""

import pytest

from simulator.mime.index import from_bytes, parse, to_bytes
from tests.mime.samples import NESTED, PLAIN


@pytest.mark.parametrize("message", [b"", PLAIN, NESTED])
def test_an_index_comes_back_as_it_was(message: bytes) -> None:
    index = parse(message)
    back = from_bytes(to_bytes(index))
    assert back is not None
    assert (back.envelope, back.body, back.bodystructure) == (index.envelope, index.body, index.bodystructure)
    assert back.root == index.root
    assert to_bytes(back) == to_bytes(parse(message))


def test_what_another_version_wrote_is_not_read() -> None:
    assert from_bytes(b"MIX0" + to_bytes(parse(PLAIN))[4:]) is None
    assert from_bytes(b"") is None


def test_a_damaged_record_is_not_read() -> None:
    stored = to_bytes(parse(NESTED))
    for place in range(len(stored)):
        assert from_bytes(stored[:place] + bytes((stored[place] ^ 1,)) + stored[place + 1 :]) is None
        assert from_bytes(stored[:place]) is None
