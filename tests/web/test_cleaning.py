"""Hostile HTML is cleaned in bounded time, and what nests like no letter does is shown as plain words (P11, P14)."""

from __future__ import annotations

import pytest

from simulator.web.cleaning import clean

MANY = 200_000


@pytest.mark.parametrize("html", [
    "<div>" * 50_000, "<div></x>" * 25_000, "<a><b><i>" * 25_000, "<svg>" + "<td>" * 50_000, "<table><tr><td>" * 15_000,
    "<ul><li>" * 25_000, "<DIV\n>" * 40_000, "<div/>" * 40_000, "<div a='>'>" * 25_000, "<math><p><td>" * 20_000,
    "<div><button></div>" * 12_000, "<font>" * 40_000, "<div><b></div>" * 18_000, "<span><p></span></p>" * 10_000,
    "<div><table></div></table>" * 8000, "<div><!--</div>-->" * 12_000, "<div a='></div>'>" * 12_000,
    "<div b='\"' a=\"></div>\">" * 9000, "<div x\" a=\"></div>\">" * 9000, "<div><!--></div>" * 12_000,
    ("<div" + " x = y" * 65 + "></div>") * 1100,
    "<p>" + "".join(f"<b id={number}>" for number in range(250)) + "<p>x" * 50_000,
    "".join(f"<b id={number}><table><td></b></td></table>" for number in range(250)) + "<p>x" * 30_000,
])
def test_what_nests_like_no_letter_is_shown_as_words(html: str) -> None:
    shown = clean(f"<p>Bonjour &amp; merci</p>{html}<script>alert(1)</script>")
    assert "Bonjour &amp; merci" in shown and "<script" not in shown
    assert shown.count("<div") + shown.count("<td") + shown.count("<b>") + shown.count("<li>") == 0


def test_what_letters_do_stays_formatted() -> None:
    rows = "<tr><td class='a b' width=10>Un<td>Deux" * 2000
    head = '<!DOCTYPE html PUBLIC "-//W3C//DTD" "http://x/y.dtd"><!-- a --><p>A<p>B<br><br/>'
    blocks = f"{'<div>' * 100}C{'</div>' * 100}{'<b>d</b>' * 5000}"
    shown = clean(f"{head}<ul>{'<li>x' * 2000}</ul><table>{rows}</table>{blocks}")
    assert shown.count("<tr>") == 2000 and shown.count("<li>") == 2000 and shown.count("<b>") == 5000


def test_a_small_letter_may_nest_as_it_likes() -> None:
    assert clean("<div>" * 900).count("<div>") == 900


def test_odd_brackets_make_a_page_all_the_same() -> None:
    for odd in ("<", "<a", "</", "<!--", "<a ", "&", "<a b='"):
        assert clean(odd * MANY).startswith("<!doctype html>")
