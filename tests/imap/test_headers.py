"""The headings kept for SEARCH: nothing that a key would find is dropped, and the room they take is bounded."""

from __future__ import annotations

import pytest

from simulator.imap.search.headers import RUN, Headers
from simulator.imap.search.sieve import Sieve
from simulator.store.interface import Store
from tests.imap.conftest import a_house
from tests.imap.test_sessions import BOX, fill
from tests.store.builders import a_message, folder_of

LETTERS = {
    1: b"Subject: plain Words\r\nFrom: Paul <p@x.fr>\r\n\r\nhidden\r\n",
    2: b"subject :\r\n folded words\r\nX-Note: other\r\n\r\n",
    RUN: b"Subject: =?utf-8?q?R=C3=A9sultats?=\r\nTo: =?utf-8?q?Zo=C3=AB?= <z@x.fr>\r\n\r\n",
    3 * RUN + 5: b"Subject: \xc3\xa9t\xc3\xa9\r\n\r\n",
}


def known() -> Headers:
    headers = Headers()
    headers.learn(7, reversed(LETTERS.items()))
    return headers


@pytest.mark.parametrize(("needle", "expected"), [
    ("WORDS", [1, 2]), ("plain words", [1]), ("p@x.fr", [1, RUN]), ("hidden", []), ("other", []), ("résultats", [RUN]),
    ("RÉSULTATS", [RUN]), ("zoë", [RUN]), ("a zoë", [RUN]), ("été", [3 * RUN + 5]), ("sult", [RUN]), ("ſubject", []),
])
def test_the_longest_word_of_the_needle_chooses(needle: str, expected: list[int]) -> None:
    assert known().hopeful(Sieve(needle), 7, list(LETTERS)) == sorted(expected)


def test_a_needle_without_words_chooses_all() -> None:
    assert known().hopeful(Sieve(" <"), 7, list(LETTERS)) == list(LETTERS)


def test_what_was_not_read_stays_in_question() -> None:
    headers = known()
    assert headers.missing(7, [1, 2, 3, RUN, RUN + 1, 9 * RUN]) == [3, RUN + 1, 9 * RUN]
    assert headers.missing(8, [1, 2]) == [1, 2] and headers.missing(7, [2, RUN]) == []
    assert headers.hopeful(Sieve("nothing"), 7, [1, 2, 3, 9 * RUN]) == [3, 9 * RUN]
    headers.learn(7, [(3, LETTERS[1])])
    assert headers.hopeful(Sieve("plain"), 7, [1, 2, 3]) == [1, 3]


def test_a_heading_too_long_to_keep_stays_in_question() -> None:
    headers = Headers()
    headers.learn(7, [(1, b"To: " + b"a@b.fr, " * 10_000 + b"\r\n\r\n"), (2, b"To: a@b.fr\r\n\r\n")])
    assert headers.missing(7, [1, 2]) == [] and headers.hopeful(Sieve("nothing"), 7, [1, 2]) == [1]


def test_the_room_is_bounded_and_folders_not_searched_go_first() -> None:
    headers = Headers(most=20_000)
    letter = b"Subject: " + b"x" * 500 + b"\r\n\r\n"
    for folder in (1, 2, 3, 4):
        headers.learn(folder, [(uid, letter) for uid in range(1, 11)])
        headers.missing(1, [1])
    headers.learn(5, [(uid, letter) for uid in range(1, 6)])
    assert headers.missing(1, [1]) == [] and headers.missing(2, [1]) == [1] and headers.octets < 30_000
    for uid in range(6, 20 * RUN, RUN):
        headers.learn(5, [(n, letter) for n in range(uid, uid + 5)])
    assert headers.missing(5, [1]) == [] and headers.octets < 30_000
    assert headers.missing(5, [19 * RUN + 6]) == [19 * RUN + 6]


@pytest.mark.sockets
async def test_searching_twice_finds_the_same_and_what_came_meanwhile(store: Store) -> None:
    async with a_house(store) as house:
        await fill(house, 0)
        inbox = folder_of(store, mailbox=BOX).id
        await store.append(inbox, [a_message(letter) for letter in LETTERS.values()] * 100)
        client = await house.client()
        await client.ok("SELECT INBOX")
        for _ in range(2):
            found = await client.ok("SEARCH SUBJECT words NOT FROM paul")
            assert found == ["* SEARCH " + " ".join(str(n) for n in range(2, 401, 4))]
        await store.append(inbox, [a_message(b"Subject: words again\r\n\r\n")])
        await store.remove(inbox, [2])
        await client.ok("NOOP")
        found = await client.ok("UID SEARCH SUBJECT WORDS NOT FROM paul")
        assert found == ["* SEARCH " + " ".join(str(n) for n in [*range(6, 401, 4), 401])]
        assert await client.ok('UID SEARCH CHARSET UTF-8 TO "Zoë" UID 1:9') == ["* SEARCH 3 7"]
        assert await client.ok("UID SEARCH HEADER X-Note other UID 1:9") == ["* SEARCH 6"]
