"""What a patient does at the page, as steps of a test."""

from __future__ import annotations

from playwright.async_api import FilePayload, Page, expect

from tests.browser.officine import ZOE

TILLEULS = "Pharmacie des Tilleuls"
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "01" * 64 + "ffc0000b080001000101011100ffc40014000100000000"
    "00000000000000000000000008ffc40014100100000000000000000000000000000000ffda0008010100003f0037ffd9")
"""The smallest picture."""


async def sign_in(page: Page, account: str = ZOE, password: str = "adrun-patiente") -> None:
    """Fill in the form, and send it."""
    await page.goto("/mon-espace")
    await page.get_by_label("Matricule INS ou adresse").fill(account)
    await page.get_by_label("Mot de passe").fill(password)
    await page.get_by_role("button", name="Se connecter").click()


async def at(page: Page, view: str, title: str) -> None:
    """Go to a view, and see its title."""
    await page.goto(f"/mon-espace#/{view}")
    await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


async def home(page: Page) -> None:
    """Zoé signs in, and is welcomed."""
    await sign_in(page)
    await expect(page.get_by_role("heading", level=1, name="Bonjour Zoé ADRUN")).to_be_visible()


async def step(page: Page, number: int) -> None:
    """That step is shown, and its title has the focus."""
    await expect(page.get_by_role("heading", level=2, name=f"Étape {number} sur 3")).to_be_focused()


async def on(page: Page) -> None:
    """To the next step."""
    await page.get_by_role("button", name="Continuer").click()


def file(name: str, content: bytes, kind: str = "image/jpeg") -> FilePayload:
    """A file of the device."""
    return {"name": name, "mimeType": kind, "buffer": content}
