"""Espace de confiance: the story as it happens, the whitelist changed by hand, the clock, and everybody can use it."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from simulator.app import Simulator
from simulator.controls.errors import Refused
from tests.browser.conftest import OpenWindow
from tests.browser.window import DESKTOP, PHONE, Window
from tests.web.conftest import DOCTOR, TEAM

pytestmark = [pytest.mark.sockets, pytest.mark.browser]
ZOE = "275126322074974"


async def test_a_message_is_told_as_it_travels_and_a_refusal_is_explained(sim: Simulator, window: Window) -> None:
    page = window.page
    await page.goto("/espace-de-confiance")
    story = page.locator("#recit")
    await expect(page.get_by_text("en direct")).to_be_visible()
    await sim.controls.patients.journey.send(ZOE, to=TEAM, subject="Doliprane", body="En avez-vous ?")
    await sim.settle()
    await expect(story).to_contain_text("« Doliprane »")
    await expect(story).to_contain_text("en TLS mutuel")
    await expect(story).to_contain_text(f"Le message arrive dans la boîte {TEAM}")
    with pytest.raises(Refused):
        await sim.controls.patients.journey.send(ZOE, to=DOCTOR)
    refusal = story.get_by_role("listitem").filter(has_text="Seul un professionnel peut initier l'échange")
    await expect(refusal).to_contain_text("professional-starts-the-exchange")
    await refusal.get_by_role("button", name="Pourquoi ?").click()
    await expect(refusal).to_contain_text("Attendre le premier message du professionnel")
    await window.photograph("espace-de-confiance")


async def test_the_story_is_filtered_and_searched(sim: Simulator, window: Window) -> None:
    page = window.page
    await page.goto("/espace-de-confiance")
    await sim.controls.patients.journey.send(ZOE, to=TEAM, subject="Doliprane", body="En avez-vous ?")
    with pytest.raises(Refused):
        await sim.controls.patients.journey.send(ZOE, to=DOCTOR)
    await sim.settle()
    story = page.locator("#recit")
    await page.get_by_role("button", name="Refus et remarques").click()
    await expect(story).not_to_contain_text("Doliprane")
    await expect(story).to_contain_text("professional-starts-the-exchange")
    await page.get_by_role("button", name="Tout").click()
    await page.get_by_label("Chercher dans le récit").fill("doliprane")
    await expect(story).to_contain_text("Doliprane")
    await expect(story).not_to_contain_text("professional-starts-the-exchange")


async def test_a_domain_is_taken_off_the_list_and_put_back(sim: Simulator, window: Window) -> None:
    page = window.page
    await page.goto("/espace-de-confiance")
    await page.get_by_role("button", name="Retirer medecin.mssante.fr").click()
    await expect(page.get_by_role("button", name="Inscrire medecin.mssante.fr")).to_be_visible()
    assert not sim.space.lists("medecin.mssante.fr")
    await page.get_by_role("button", name="Inscrire medecin.mssante.fr").click()
    await expect(page.get_by_role("button", name="Retirer medecin.mssante.fr")).to_be_visible()
    assert sim.space.lists("medecin.mssante.fr")


async def test_the_clock_is_moved_and_the_space_begins_anew(sim: Simulator, window: Window) -> None:
    page = window.page
    await page.goto("/espace-de-confiance")
    before = sim.clock.now()
    await page.get_by_role("button", name="+ 7 jours").click()
    await expect(page.locator("#recit")).to_contain_text("L’horloge avance")
    assert (sim.clock.now() - before).days == 7
    await page.get_by_role("button", name="Revenir à l’état configuré").click()
    await page.get_by_role("button", name="Oui, tout effacer").click()
    await expect(page.locator("#recit")).to_contain_text("revient à son état configuré")
    assert (sim.clock.now() - before).days == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_the_page_fits_and_everybody_can_use_it(
    sim: Simulator, open_window: OpenWindow, size: tuple[int, int], dark: bool
) -> None:
    window = await open_window(size=size, dark=dark)
    await window.page.goto("/espace-de-confiance")
    with pytest.raises(Refused):
        await sim.controls.patients.journey.send(ZOE, to=DOCTOR)
    await expect(window.page.locator("#recit")).to_contain_text("Seul un professionnel")
    width = await window.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    found = (await Axe().run(window.page)).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
