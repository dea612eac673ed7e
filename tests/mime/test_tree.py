"""How bytes become a tree of parts."""

import pytest

from simulator.mime.part import MAX_DEPTH, MAX_PARTS, Part
from simulator.mime.tree import parse_tree
from tests.mime.samples import NESTED, PLAIN, crlf


def outline(part: Part) -> object:
    """`type/subtype`, with the outlines of the children where there are any."""
    name = f"{part.content.type.decode()}/{part.content.subtype.decode()}"
    return (name, *map(outline, part.children)) if part.children else name


def bodies(message: bytes) -> list[bytes]:
    """What the leaves hold."""
    return [message[part.body : part.end] for part in parse_tree(message).walk() if not part.children]


def mixed(text: str) -> bytes:
    return crlf("Content-Type: multipart/mixed; boundary=a\n\n" + text)


def test_a_plain_message_is_one_text_part_with_true_offsets() -> None:
    root = parse_tree(PLAIN)
    assert (root.start, root.body, root.end, root.lines) == (0, PLAIN.index(b"first"), len(PLAIN), 2)
    assert outline(root) == "text/plain"
    assert root.content.params == ((b"charset", b"us-ascii"),)


def test_parts_messages_and_digests_nest() -> None:
    assert outline(parse_tree(NESTED)) == (
        "multipart/mixed",
        ("multipart/alternative", "text/plain", "text/html"),
        ("message/rfc822", ("multipart/mixed", "text/plain", "application/pdf")),
        ("multipart/digest", ("message/rfc822", "text/plain"), "text/plain"),
    )


def test_every_part_lies_inside_its_parent_and_behind_its_elder() -> None:
    for part in parse_tree(NESTED).walk():
        edge = part.body
        for child in part.children:
            assert edge <= child.start <= child.body <= child.end <= part.end
            edge = child.end


def test_headers_bodies_and_what_lies_between_them_are_the_message() -> None:
    root = parse_tree(NESTED)
    between = NESTED[root.body : root.children[0].start]
    assert between == b"preamble\r\n--out\r\n"
    first, second, third = root.children
    assert NESTED[first.end : second.start] == NESTED[second.end : third.start] == b"\r\n--out\r\n"
    assert NESTED[third.end :] == b"\r\n--out--\r\nepilogue\r\n"


def test_the_line_break_before_a_boundary_is_not_of_the_part() -> None:
    assert bodies(mixed("--a\n\none\n--a\n\ntwo\n\n--a--\n")) == [b"one", b"two\r\n"]


def test_lines_count_line_feeds_of_each_body() -> None:
    assert [part.lines for part in parse_tree(mixed("--a\n\none\ntwo\n--a\n\n\n\n--a--\n")).walk()] == [9, 1, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("--a\n\none\n", [b"one\r\n"], id="no closing boundary"),
        pytest.param("--a\n\none\n--a", [b"one", b""], id="cut off inside a boundary line"),
        pytest.param("--a\n\none\n--aa\n--a--\n", [b"one\r\n--aa"], id="a longer boundary is text"),
        pytest.param("--a\n\none\n--a-\n--a--\n", [b"one\r\n--a-"], id="half a closing is text"),
        pytest.param("--a\n\none\n --a\n--a--\n", [b"one\r\n --a"], id="an indented boundary is text"),
        pytest.param("--a\n\none--a\n--a--\n", [b"one--a"], id="a boundary inside a line is text"),
        pytest.param("--a  \t\n\none\n--a-- \n", [b"one"], id="blanks behind a boundary"),
        pytest.param("--a\n--a\n\n--a\n\n\n--a--\n", [b"", b"", b""], id="empty parts"),
        pytest.param("--a\nX: y\n--a--\n", [b""], id="a header without an empty line"),
        pytest.param(
            "--a--\nepilogue\n--a\n\nlate\n", [b"--a--\r\nepilogue\r\n--a\r\n\r\nlate\r\n"], id="closed first"
        ),
        pytest.param("--a\n\none\n--a--\n--a\n\nlate\n", [b"one"], id="a part after the end is epilogue"),
        pytest.param("no boundary at all\n", [b"no boundary at all\r\n"], id="no boundary line"),
        pytest.param("", [b""], id="nothing"),
    ],
)
def test_odd_multiparts_are_read_as_mail_readers_do(text: str, expected: list[bytes]) -> None:
    assert bodies(mixed(text)) == expected


def test_a_boundary_that_begins_like_its_parents_is_told_apart() -> None:
    message = mixed("--a\nContent-Type: multipart/mixed; boundary=aa\n\n--aa\n\nx\n--aa--\n--a\n\ny\n--a--\n")
    assert outline(parse_tree(message)) == ("multipart/mixed", ("multipart/mixed", "text/plain"), "text/plain")
    assert bodies(message) == [b"x", b"y"]


def test_a_boundary_that_ends_in_hyphens_is_told_from_a_closing() -> None:
    message = mixed('--a\nContent-Type: multipart/mixed; boundary="a--"\n\n--a--\n\nx\n--a----\n--a\n\ny\n--a--\n')
    assert bodies(message) == [b"x", b"y"]


def test_the_outer_boundary_ends_inner_parts() -> None:
    message = mixed("--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny\n--a--\n")
    assert bodies(message) == [b"x", b"y"]


def test_an_inner_multipart_may_use_the_boundary_of_the_outer() -> None:
    message = mixed("--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a--\n--a\n\ny\n--a--\n")
    assert outline(parse_tree(message)) == ("multipart/mixed", ("multipart/mixed", "text/plain"), "text/plain")


def test_a_part_cut_in_its_header_keeps_its_parent_around_it() -> None:
    message = mixed("--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nX: y\n--a--\n")
    root = parse_tree(message)
    assert root.children[0].end == root.children[0].children[0].end


def test_bare_line_feeds_are_understood() -> None:
    message = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\ntwo\n--a--\n"
    assert bodies(message) == [b"one", b"two"]


def test_a_message_of_headers_only_has_an_empty_body() -> None:
    root = parse_tree(b"Subject: x\r\nTo: y@z")
    assert (root.body, root.end) == (19, 19)


def test_a_message_that_begins_with_an_empty_line_has_no_header() -> None:
    assert bodies(b"\r\nSubject: not a header\r\n") == [b"Subject: not a header\r\n"]


@pytest.mark.parametrize("value", ["", ";", "text", "/plain", "text/", "te xt/plain", "=?utf-8?q?x?=", "\udcff/\udcfe"])
def test_a_type_that_cannot_be_read_is_plain_text(value: str) -> None:
    assert outline(parse_tree(crlf(f"Content-Type: {value}\n\nx"))) == "text/plain"


def test_a_folded_boundary_is_unfolded() -> None:
    assert bodies(crlf('Content-Type: multipart/mixed; boundary="foo\n bar"\n\n--foo bar\n\nx\n--foo bar--\n')) == [
        b"x"
    ]


def test_nesting_stops_at_its_cap_and_the_rest_is_text() -> None:
    layer = "Content-Type: message/rfc822\n\n"
    message = crlf(layer * (MAX_DEPTH * 3) + "end")
    parts = list(parse_tree(message).walk())
    assert len(parts) == MAX_DEPTH + 1
    assert message[parts[-1].body : parts[-1].end].endswith(b"end")
    assert parts[-1].content.type == b"text"


def test_the_last_part_allowed_takes_the_rest() -> None:
    message = mixed("--a\n\nx\n" * (MAX_PARTS * 10) + "--a--\n")
    children = parse_tree(message).children
    assert len(children) == MAX_PARTS - 1
    assert children[-1].size > MAX_PARTS
    assert message[children[-1].end :] == b"\r\n--a--\r\n"
