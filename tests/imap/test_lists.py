"""LIST in its extended form (RFC 5258), with STATUS (RFC 5819)."""

from __future__ import annotations

import pytest

from tests.imap.conftest import House

pytestmark = pytest.mark.sockets

FRUIT = r"""
    C: f1 CREATE Fruit/Apple
    S: f1 OK ...
    C: f2 CREATE Fruit/Peach
    S: f2 OK ...
    C: f3 CREATE Tofu
    S: f3 OK ...
    C: f4 SUBSCRIBE Fruit/Apple
    S: f4 OK ...
    C: f5 SUBSCRIBE Fruit/Peach
    S: f5 OK ...
    C: f6 DELETE Fruit/Peach
    S: f6 OK ...
    C: f8 DELETE Fruit
    S: f8 OK ...
    C: f7 UNSUBSCRIBE Junk
    S: f7 OK ...
"""


async def test_what_is_subscribed_is_chosen_also_when_it_is_gone(house: House) -> None:
    await house.talk(FRUIT)
    await house.talk(r"""
        C: a1 LIST (SUBSCRIBED) "" Fruit/%
        S: * LIST (\HasNoChildren \Subscribed) "/" Fruit/Apple
        S: * LIST (\NonExistent \Subscribed) "/" Fruit/Peach
        S: a1 OK ...
        C: a2 LIST (SUBSCRIBED REMOTE) "" F%
        S: a2 OK ...
        C: a3 LIST () "" (T% Junk) RETURN (SUBSCRIBED)
        S: * LIST (\HasNoChildren \Junk) "/" Junk
        S: * LIST (\HasNoChildren) "/" Tofu
        S: * LIST (\HasNoChildren \Trash \Subscribed) "/" Trash
        S: a3 OK ...
        C: a4 LIST "" Fruit RETURN (CHILDREN)
        S: * LIST (\Noselect \HasChildren) "/" Fruit
        S: a4 OK ...
        C: a5 LIST () "" ""
        S: a5 OK ...
        C: a6 LIST "" ""
        S: * LIST (\Noselect) "/" ""
        S: a6 OK ...
    """)


async def test_a_parent_stands_for_children_that_the_pattern_leaves_out(house: House) -> None:
    await house.talk(FRUIT)
    await house.talk(r"""
        C: a1 LIST (SUBSCRIBED RECURSIVEMATCH) "" (F% T%)
        S: * LIST (\Noselect \HasChildren) "/" Fruit ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\HasNoChildren \Trash \Subscribed) "/" Trash
        S: a1 OK ...
        C: a2 LIST (RECURSIVEMATCH SUBSCRIBED) "" F*
        S: * LIST (\HasNoChildren \Subscribed) "/" Fruit/Apple
        S: * LIST (\NonExistent \Subscribed) "/" Fruit/Peach
        S: a2 OK ...
        C: a3 LIST (SPECIAL-USE) "" *
        S: * LIST (\HasNoChildren \Archive) "/" Archive
        S: * LIST (\HasNoChildren \Drafts) "/" Drafts
        S: * LIST (\HasNoChildren \Junk) "/" Junk
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: * LIST (\HasNoChildren \Trash) "/" Trash
        S: a3 OK ...
    """)


async def test_a_list_brings_the_status_of_what_can_be_opened(house: House) -> None:
    await house.talk(FRUIT)
    await house.talk(r"""
        C: a1 LIST "" (Fruit Fruit/% INBOX) RETURN (STATUS (MESSAGES UIDNEXT) SPECIAL-USE)
        S: * LIST (\Noselect \HasChildren) "/" Fruit
        S: * LIST (\HasNoChildren) "/" Fruit/Apple
        S: * STATUS Fruit/Apple (MESSAGES 0 UIDNEXT 1)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * STATUS INBOX (MESSAGES 0 UIDNEXT 1)
        S: a1 OK ...
    """)


async def test_options_that_make_no_sense_are_bad(quick_house: House) -> None:
    client = await quick_house.client()
    for wrong in ('LIST (RECURSIVEMATCH) "" *', 'LIST (REMOTE RECURSIVEMATCH) "" *', 'LIST (SHINY) "" *',
                  'LIST "" * RETURN (SHINY)', 'LIST "" * RETURN', 'LIST "" ()', 'LIST "" * RETURN (STATUS ())'):
        assert " BAD " in (await client.command(wrong))[-1], wrong
