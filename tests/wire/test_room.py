"""Room for messages in hand."""

from __future__ import annotations

from simulator.wire import Room


def test_an_address_fills_its_part_and_no_octet_more() -> None:
    room = Room(total=100, per_address=60)
    one, other = room.share("127.0.0.1"), room.share("127.0.0.1")
    assert one.take(40) and other.take(20)
    assert not other.take(1)
    assert (one.held, other.held, room.held) == (40, 20, 60)


def test_all_addresses_together_fill_the_whole_and_no_octet_more() -> None:
    room = Room(total=100, per_address=60)
    assert room.share("127.0.0.1").take(60)
    other = room.share("127.0.0.2")
    assert other.take(40)
    assert not other.take(1)


def test_what_is_given_back_is_free_for_others_and_is_given_back_once() -> None:
    room = Room(total=100, per_address=100)
    one, other = room.share("127.0.0.1"), room.share("127.0.0.2")
    assert one.take(100) and not other.take(1)
    one.give_back()
    one.give_back()
    assert room.held == 0 and other.take(100) and not one.take(1)
