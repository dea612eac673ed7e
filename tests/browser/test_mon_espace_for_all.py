"""Mon espace for everybody: by keyboard alone, on a telephone, light and dark, and as axe-core wants it."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from simulator.app import Simulator
from tests.browser.conftest import OpenWindow
from tests.browser.officine import ZOE, letter, submit
from tests.browser.patient import TILLEULS, at, home, on, step
from tests.browser.window import PHONE, Window
from tests.web.conftest import DOCTOR
from tests.xdm import samples

pytestmark = [pytest.mark.sockets, pytest.mark.browser]


async def test_the_three_steps_need_no_mouse(window: Window) -> None:
    page = window.page
    await page.goto("/mon-espace")
    await reach(page, "Matricule INS ou adresse")
    await page.keyboard.type(ZOE)
    await reach(page, "Mot de passe")
    await page.keyboard.type("adrun-patiente")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Bonjour Zoé ADRUN")).to_be_focused()
    await reach(page, "Écrire à ma pharmacie")
    await page.keyboard.press("Enter")
    await step(page, 1)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("checkbox").first).to_be_checked()
    await reach(page, "Continuer")
    await page.keyboard.press("Enter")
    await step(page, 2)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await reach(page, "Continuer")
    await page.keyboard.press("Enter")
    await step(page, 3)
    await reach(page, "Message")
    await page.keyboard.press("Control+End")
    await page.keyboard.type(" À bientôt.")
    await reach(page, "Envoyer")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Votre message est envoyé")).to_be_focused()


async def reach(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("""(name) => {
            const here = document.activeElement;
            return [here.textContent, here.labels?.[0]?.textContent].some((text) => text?.trim() === name);
        }""", name):
            return
    raise AssertionError(f"Tab never reaches {name}")


VIEWS = (
    ("", ".tuiles"), ("documents", ".ajout"), ("document/c0", "iframe.apercu"),
    ("messages", "[aria-label=Conversations]"), ("pharmacies", ".autres"),
    ("profil", "#mon-adresse"), ("envoyer/1", "#etape:has-text('1 sur 3')"),
    ("envoyer/2", "#etape:has-text('2 sur 3')"),
)
"""Each view, and something that only it shows."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_every_view_fits_a_telephone_and_everybody(sim: Simulator, open_window: OpenWindow, dark: bool) -> None:
    """No sideways scrolling at 360 pixels, and nothing that axe-core finds wrong, light and dark."""
    window = await open_window(size=(360, PHONE[1]), dark=dark)
    page, axe = window.page, Axe()
    made = letter(DOCTOR, "Résultats-" + "d-analyses-" * 12, "Bonjour.", html="<p>Bonjour.</p>")
    made.add_attachment(samples.archive(), maintype="application", subtype="zip", filename="IHE_XDM.zip")
    await submit(sim, made)
    await page.goto("/mon-espace")
    await expect(page.get_by_role("heading", level=1, name="Mon espace")).to_be_visible()
    await looked_at(page, axe, "connexion")
    await home(page)
    for view, own in VIEWS:
        await page.goto(f"/mon-espace#/{view}")
        await expect(page.locator(own)).to_be_visible()
        await looked_at(page, axe, view)
    await page.get_by_role("radio", name=TILLEULS).check()
    await on(page)
    await step(page, 3)
    await looked_at(page, axe, "envoyer/3")
    await at(page, "messages", "Mes messages")
    await page.get_by_role("link", name="Résultats").click()
    await page.get_by_role("button", name="Ouvrir").click()
    await page.get_by_role("button", name="Répondre à").click()
    await looked_at(page, axe, "conversation")
    await window.photograph(f"mon-espace-telephone-{'dark' if dark else 'light'}")


async def looked_at(page: Page, axe: Axe, view: str) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, f"{view} scrolls sideways by {wide} pixels"
    found: Any = await axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert found.violations_count == 0, f"{view}: {found.generate_report()}"
