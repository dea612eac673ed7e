"""A letter that tries everything (P11): its words are shown, and nothing runs or is fetched.

Whatever it asks for or runs is a fault of the window, which fails the test at its end.
"""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from simulator.app import Simulator
from tests.browser.officine import letter, submit
from tests.browser.patient import home
from tests.browser.window import Window
from tests.web.conftest import DOCTOR

pytestmark = [pytest.mark.sockets, pytest.mark.browser]
HOSTILE = """<html><head>
<base href="http://spy.example/">
<meta http-equiv="refresh" content="0;url=http://spy.example/r">
<link rel="stylesheet" href="http://spy.example/a.css"><style>@import "http://spy.example/b.css";
body{background:url(http://spy.example/c.png)}</style><title>t</title></head>
<body onload="top.hacked=1" style="background:url(http://spy.example/d.png)"><p>Votre traitement est prêt.</p>
<script>top.hacked=1</script><img src="http://spy.example/e.png" onerror="top.hacked=1">
<img src=x onerror=top.hacked=1>
<svg onload="top.hacked=1"><script>top.hacked=1</script><image href="http://spy.example/f.png"/></svg>
<iframe src="http://spy.example/g"></iframe>
<iframe srcdoc="<script>top.hacked=1</script>"></iframe>
<object data="http://spy.example/h"></object><embed src="http://spy.example/i">
<video poster="http://spy.example/j"></video>
<a href="javascript:top.hacked=1">Cliquez ici</a>
<a href="http://spy.example/k" ping="http://spy.example/l">ou là</a>
<form action="http://spy.example/m"><input autofocus onfocus="top.hacked=1"><button>Envoyer</button></form>
<math><mtext><table><mglyph>
<style><!--</style><img title="--&gt;&lt;img src=1 onerror=top.hacked=1&gt;"></table>
</body></html>"""


async def test_a_hostile_letter_shows_its_words_and_does_nothing(sim: Simulator, window: Window) -> None:
    page = window.page
    made = letter(f'"<img src=x onerror=top.hacked=1>" <{DOCTOR}>', "<script>top.hacked=1</script>", "Bonjour.",
                  html=HOSTILE)
    made.add_attachment(b"<script>top.hacked=1</script>", maintype="text", subtype="html", filename="<b>page.html")
    made.add_attachment(b"<svg xmlns='http://www.w3.org/2000/svg' onload='top.hacked=1'/>", maintype="image",
                        subtype="svg+xml", filename="dessin.svg")
    await submit(sim, made)
    await home(page)
    await page.get_by_role("link", name="<script>top.hacked=1</script>").click()
    await expect(page.get_by_role("heading", level=1, name="<script>top.hacked=1</script>")).to_be_visible()
    frame = page.frame_locator("iframe.lettre")
    await expect(frame.get_by_text("Votre traitement est prêt.")).to_be_visible()
    await frame.get_by_text("Cliquez ici").click()
    await frame.get_by_text("ou là").click()
    acting = "script, img, svg, iframe, object, embed, form, input, link, base, [href], [onload]"
    assert await frame.locator(acting).count() == 0
    assert await page.locator("iframe.lettre").get_attribute("sandbox") == ""
    await expect(page.get_by_role("strong").filter(has_text="<b>page.html")).to_be_visible()
    await expect(page.get_by_role("button", name="Afficher")).to_have_count(0)
    assert await page.evaluate("window.hacked") is None
    assert page.url.endswith("/mon-espace" + await page.evaluate("location.hash"))
