"""Address lists."""

import pytest

from simulator.mime.addresses import GROUP_END, Address, addresses
from simulator.mime.part import MAX_ADDRESSES


def group(name: bytes) -> Address:
    return Address(None, None, name, None)


def at(local: bytes, host: bytes, name: bytes | None = None, route: bytes | None = None) -> Address:
    return Address(name, route, local, host)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", []),
        (b" , ,, ", []),
        (b"a@b", [at(b"a", b"b")]),
        (b"<a@b>", [at(b"a", b"b")]),
        (b"Real Name <a@b>", [at(b"a", b"b", b"Real Name")]),
        (b"J. R. Name <a@b>", [at(b"a", b"b", b"J. R. Name")]),
        (b'"Name, Real" <a@b>', [at(b"a", b"b", b"Name, Real")]),
        (b'"Q \\"uoted\\"" <a@b>', [at(b"a", b"b", b'Q "uoted"')]),
        (b'Mixed "quoted" words <a@b>', [at(b"a", b"b", b"Mixed quoted words")]),
        (b"=?utf-8?q?Zo=C3=AB?= <a@b>", [at(b"a", b"b", b"=?utf-8?q?Zo=C3=AB?=")]),
        (b"a@b (Real (nested) Name)", [at(b"a", b"b", b"Real (nested) Name")]),
        (b"<a (c)@ (d) b.c> (e)", [at(b"a", b"b.c", b"e")]),
        (b"a . b @ c . d", [at(b"a.b", b"c.d")]),
        (b'"odd local"@b', [at(b"odd local", b"b")]),
        (b"a@[127.0.0.1]", [at(b"a", b"[127.0.0.1]")]),
        (b"<@r1,@r2:a@b>, c@d", [at(b"a", b"b", route=b"@r1,@r2"), at(b"c", b"d")]),
        (b"a@b, N <c@d>,e@f", [at(b"a", b"b"), at(b"c", b"d", b"N"), at(b"e", b"f")]),
        (b"root", [at(b"root", b"")]),
        (b"Name <>", [at(b"", b"", b"Name")]),
        (b"undisclosed-recipients:;", [group(b"undisclosed-recipients"), GROUP_END]),
        (
            b"A Group: a@b, C <c@d>;, e@f",
            [group(b"A Group"), at(b"a", b"b"), at(b"c", b"d", b"C"), GROUP_END, at(b"e", b"f")],
        ),
        (b"g: a@b", [group(b"g"), at(b"a", b"b"), GROUP_END]),
        (b"Name <a@b, c@d", [at(b"a", b"b", b"Name"), at(b"c", b"d")]),
        (b"a@b@c", [at(b"a@b", b"c")]),
        (b'"never closed <a@b>', [at(b"never closed <a@b>", b"")]),
        (b"(never closed a@b", []),
        (b"]a)@b", [at(b"]a", b"b")]),
        (b"\xff\xfe <\xfd@\xfc>", [at(b"\xfd", b"\xfc", b"\xff\xfe")]),
    ],
)
def test_addresses_are_read_as_they_are_written(value: bytes, expected: list[Address]) -> None:
    assert addresses(value) == expected


def test_a_list_has_a_cap_and_an_open_group_still_ends() -> None:
    assert len(addresses(b"a@b," * 5_000)) == MAX_ADDRESSES
    found = addresses(b"g:" + b"a@b," * 5_000 + b";")
    assert len(found) == MAX_ADDRESSES + 1
    assert found[-1] == GROUP_END
