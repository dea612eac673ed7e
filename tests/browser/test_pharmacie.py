"""The page Pharmacie in a real browser: a whole exchange with a patient, hostile mail, a telephone, the keyboard."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from simulator.app import Simulator
from tests.browser.conftest import OpenWindow
from tests.browser.window import DESKTOP, Window
from tests.builders import a_code
from tests.web.conftest import DOCTOR, ISABELLE, KARIM, TEAM, letter
from tests.web.test_mail import HOSTILE, put
from tests.xdm import samples

pytestmark = [pytest.mark.sockets, pytest.mark.browser]
ZOE = "275126322074974"
ZOE_SPACED = "2 75 12 63 220 749 74"
SMALL = (360, 640)
Enter = Callable[..., Awaitable[Page]]


@pytest.fixture
def enter(sim: Simulator) -> Enter:
    """Signs somebody in at the team's mailbox."""

    async def entered(window: Window, account: str = ISABELLE, password: str = "fontaine-tilleuls") -> Page:
        page = window.page
        await page.goto("/pharmacie")
        await page.get_by_label("Votre adresse nominative").fill(account)
        await page.get_by_label("Mot de passe").fill(password)
        await page.get_by_label("Code à usage unique").fill(a_code(account, sim.clock.now()))
        await page.get_by_label("Boîte d’équipe").fill(TEAM)
        await page.get_by_role("button", name="S’identifier").click()
        await page.get_by_role("heading", name="Pharmacie des Tilleuls", level=1).wait_for()
        return page

    return entered


async def from_zoe(sim: Simulator, web: httpx.AsyncClient, subject: str = "Mon ordonnance") -> None:
    """Zoé sends an archive of health documents to the pharmacy, through her own operator."""
    answer = await web.post(f"/api/patients/{ZOE}/messages", json={
        "to": TEAM, "subject": subject, "body": "Bonjour,\n\nVoici mon ordonnance.", "documents": ["c0"]})
    assert answer.status_code == 201, answer.text
    await sim.settle()


def with_archive(author: str) -> bytes:
    """A message with IHE_XDM.zip."""
    return "\r\n".join([
        f"From: {author}", f"To: {TEAM}", "Subject: XDM/1.0/DDM+Compte rendu PAT-TROIS DOMINIQUE", "MIME-Version: 1.0",
        "Message-ID: <xdm@x.example>", "Content-Type: multipart/mixed; boundary=x", "", "--x", "", "Voici le document.",
        "--x", 'Content-Type: application/zip; name="IHE_XDM.zip"', "Content-Transfer-Encoding: base64", "",
        b64encode(samples.archive()).decode(), "--x--", ""]).encode()


async def test_a_team_member_reads_a_patient_answers_with_a_receipt_and_ends_the_exchange(
    sim: Simulator, web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    await from_zoe(sim, web)
    page = await enter(window)
    line = page.get_by_role("link", name="Mon ordonnance")
    await expect(line).to_contain_text("Patient")
    await expect(line).to_contain_text(f"INS {ZOE_SPACED}")
    await line.click()
    message = page.get_by_role("region", name="Message", exact=True)
    for trait in ("ADRUN", "ZOE", ZOE_SPACED, "31/12/1975", "Échange ouvert", "Voici mon ordonnance."):
        await expect(message).to_contain_text(trait)
    await message.get_by_role("button", name="Répondre", exact=True).click()
    await expect(page.get_by_label("Objet")).to_have_value("Re: Mon ordonnance")
    await page.get_by_role("textbox", name="Message").fill("Votre traitement est prêt.")
    await page.get_by_label("Demander un accusé de lecture").check()
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_text("Message envoyé à")).to_be_visible()
    await sim.settle()
    (answer,) = [one for one in (await web.get(f"/api/patients/{ZOE}/messages")).json()["items"]
                 if one["incoming"] and one["subject"] == "Re: Mon ordonnance"]
    assert answer["asks_receipt"]
    await web.post(f"/api/patients/{ZOE}/messages/{answer['id']}/open")
    await sim.settle()
    # The receipt comes by itself.
    await expect(page.get_by_role("link", name="Accusé de lecture").first).to_be_visible()
    await page.get_by_role("link", name="Mon ordonnance").last.click()
    await page.get_by_role("button", name="Terminer l’échange").click()
    await page.get_by_role("dialog").get_by_role("button", name="Terminer l’échange").click()
    await expect(page.get_by_text("Échange terminé avec")).to_be_visible()
    await sim.settle()
    (conversation,) = (await web.get(f"/api/patients/{ZOE}/conversations")).json()["items"]
    assert conversation["state"] == "closed" and conversation["messages"][-1]["subject"] == "[FIN]"
    await page.get_by_role("link", name="Qui a fait quoi").click()
    rows = page.get_by_role("row")
    for what in ("a lu un message", "a envoyé un message"):
        await expect(rows.filter(has_text=what).filter(has_text="Isabelle Fontaine").first).to_be_visible()
    await expect(rows.filter(has_text="[FIN]").filter(has_text="Isabelle Fontaine").first).to_be_visible()


async def test_one_factor_is_refused_with_the_rule(window: Window) -> None:
    page = window.page
    await page.goto("/pharmacie")
    await page.get_by_label("Votre adresse nominative").fill(ISABELLE)
    await page.get_by_label("Mot de passe").fill("fontaine-tilleuls")
    await page.get_by_label("Boîte d’équipe").fill(TEAM)
    await page.get_by_role("button", name="S’identifier").click()
    await expect(page.get_by_role("alert")).to_contain_text("organisation-needs-two-factors")


async def test_an_archive_opens_with_its_patient_and_the_prefix_stays_hidden(
    web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    await put(web, with_archive(DOCTOR))
    page = await enter(window)
    line = page.get_by_role("link", name="Compte rendu PAT-TROIS DOMINIQUE")
    await expect(line).not_to_contain_text("XDM/1.0")
    await expect(line).to_contain_text("Professionnel")
    await line.click()
    await page.get_by_role("button", name="Ouvrir l’archive").click()
    await expect(page.get_by_text("Archive conforme")).to_be_visible()
    await expect(page.get_by_label("Identité du patient")).to_contain_text("PAT-TROIS")


async def test_an_archive_about_somebody_else_is_a_warning(
    web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    await put(web, with_archive(f"{ZOE}@patient.mssante.fr"))
    page = await enter(window)
    await page.get_by_role("link", name="Compte rendu").click()
    await page.get_by_role("button", name="Ouvrir l’archive").click()
    await expect(page.get_by_role("alert")).to_contain_text("ne concerne pas le patient")


async def test_hostile_mail_changes_nothing_and_fetches_nothing(
    web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    subject = "=?utf-8?q?=3Cimg_src=3Dx_onerror=3D=22document.title=3D'owned'=22=3E?="
    name = '"<script>document.title=1</script>"'
    head = f"From: {name} <{DOCTOR}>\r\nSubject: {subject}\r\nContent-Type: text/html\r\n\r\n"
    await put(web, (head + HOSTILE).encode())
    page = await enter(window)
    await page.locator("a.message").click()
    frame = page.frame_locator("iframe.lettre")
    await expect(frame.get_by_text("Bonjour")).to_be_visible()
    await expect(page.get_by_role("heading", level=2)).to_contain_text("<img src=x onerror=")
    assert await page.locator("#contenu img, #contenu script").count() == 0
    assert "Pharmacie" in await page.title()


async def test_news_arrive_by_themselves_for_everybody_of_the_team(
    web: httpx.AsyncClient, open_window: OpenWindow, enter: Enter
) -> None:
    first, second = await open_window(), await open_window()
    isabelle = await enter(first)
    karim = await enter(second, KARIM, "benali-tilleuls")
    await letter(web, "Urgent")
    for page in (isabelle, karim):
        await expect(page.get_by_role("link", name="Urgent")).to_contain_text("Non lu")
    await isabelle.get_by_role("link", name="Urgent").click()
    await expect(karim.get_by_role("link", name="Urgent")).not_to_contain_text("Non lu")


async def test_messages_are_marked_moved_and_deleted_for_good(
    web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    await letter(web, "À jeter")
    page = await enter(window)
    await page.get_by_role("link", name="À jeter").click()
    await page.get_by_role("button", name="Important").click()
    await expect(page.get_by_role("link", name="À jeter")).to_contain_text("Important")
    await page.get_by_role("button", name="Corbeille").click()
    await expect(page.get_by_text("Ce dossier est vide.")).to_be_visible()
    await page.get_by_role("navigation", name="Dossiers").get_by_role("link", name="Corbeille").click()
    await page.get_by_role("link", name="À jeter").click()
    await page.get_by_role("button", name="Supprimer définitivement").click()
    await page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    await expect(page.get_by_text("Ce dossier est vide.")).to_be_visible()
    assert (await web.get("/api/messages", params={"mailbox": TEAM})).json()["items"] == []


async def test_a_doctor_is_told_that_the_message_was_read_when_the_person_decides_so(
    sim: Simulator, web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    await put(web, f"From: {DOCTOR}\r\nSubject: Avis\r\nMessage-ID: <1@x.example>\r\n"
              f"Disposition-Notification-To: {DOCTOR}\r\n\r\nBonjour".encode())
    page = await enter(window)
    await page.get_by_role("link", name="Avis").click()
    await page.get_by_role("button", name="Envoyer l’accusé de lecture").click()
    await expect(page.get_by_text("Accusé de lecture envoyé le")).to_be_visible()
    await sim.settle()
    (got,) = (await web.get("/api/messages", params={"mailbox": DOCTOR})).json()["items"]
    assert "Avis" in got["subject"]


async def test_a_message_is_written_with_the_keyboard_alone(
    sim: Simulator, web: httpx.AsyncClient, window: Window, enter: Enter
) -> None:
    page = await enter(window)
    await page.get_by_role("link", name="Nouveau message").press("Enter")
    to = page.get_by_role("combobox", name="À")
    await to.press_sequentially("paul vial")
    await expect(page.get_by_role("option")).to_have_count(1)
    await to.press("ArrowDown")
    await to.press("Enter")
    await expect(page.get_by_role("list", name="À : destinataires")).to_contain_text("Dr Paul Vial")
    await page.get_by_label("Objet").press_sequentially("Question")
    await page.get_by_role("textbox", name="Message").press_sequentially("Bonjour")
    await page.get_by_role("button", name="Envoyer").press("Enter")
    await expect(page.get_by_text("Message envoyé à")).to_be_visible()
    await sim.settle()
    (got,) = (await web.get("/api/messages", params={"mailbox": DOCTOR})).json()["items"]
    assert got["subject"] == "Question"


async def test_a_refusal_is_shown_where_it_was_written(window: Window, enter: Enter) -> None:
    page = await enter(window)
    await page.get_by_role("link", name="Nouveau message").click()
    await page.get_by_role("combobox", name="À").fill("ami@courriel.example")
    await page.get_by_label("Objet").fill("Question")
    await page.get_by_role("textbox", name="Message").fill("Bonjour")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("alert")).to_contain_text("recipient-domain-is-listed")
    await expect(page.get_by_role("textbox", name="Message")).to_have_value("Bonjour")


async def test_the_counter_is_shown(sim: Simulator, web: httpx.AsyncClient, window: Window, enter: Enter) -> None:
    await from_zoe(sim, web)
    page = await enter(window)
    await page.get_by_role("link", name="Compteur").click()
    await expect(page.get_by_role("heading", name="Compteur d’échanges")).to_be_visible()
    await expect(page.get_by_role("meter")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, SMALL], ids=["desk", "phone"])
async def test_every_view_fits_and_is_accessible(
    sim: Simulator, web: httpx.AsyncClient, open_window: OpenWindow, enter: Enter, size: tuple[int, int], dark: bool
) -> None:
    await letter(web, "Un objet sans espaces " + "x" * 300)
    await put(web, with_archive(DOCTOR))
    await from_zoe(sim, web)
    window = await open_window(size=size, dark=dark)
    page = window.page
    await page.goto("/pharmacie")
    await page.get_by_role("heading", level=1).wait_for()
    await fits(page, "sign-in")
    await enter(window)
    await page.locator("a.message").first.wait_for()
    await fits(page, "list")
    await page.get_by_role("link", name="Compte rendu PAT-TROIS").click()
    await page.get_by_role("button", name="Ouvrir l’archive").click()
    await page.locator(".xdm").wait_for()
    await fits(page, "archive")
    await page.get_by_role("button", name="Transférer").click()
    await page.get_by_label("Objet").wait_for()
    await fits(page, "compose")
    for name in ("Qui a fait quoi", "Compteur"):
        await page.get_by_role("link", name=name).click()
        await page.get_by_role("table").first.wait_for()
        await fits(page, name)


async def fits(page: Page, view: str) -> None:
    """Nothing is wider than the window, and axe finds nothing."""
    wide = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], view
    found = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert found.violations_count == 0, f"{view}: {found.generate_report()}"


async def test_a_patient_is_told_that_their_page_is_another(window: Window) -> None:
    page = window.page
    await page.goto("/pharmacie")
    await page.get_by_label("Votre adresse nominative").fill(ZOE)
    await page.get_by_label("Mot de passe").fill("adrun-patiente")
    await page.get_by_role("button", name="S’identifier").click()
    await expect(page.get_by_role("alert")).to_contain_text("Mon espace")
