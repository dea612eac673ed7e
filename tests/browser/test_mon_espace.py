"""Mon espace, driven by a real browser, with the pharmacy's software on the other side of the trust space."""

from __future__ import annotations

import pytest
from fpdf import FPDF
from playwright.async_api import Page, expect

from simulator.app import Simulator
from tests.browser.officine import PATIENT, Officine, letter, submit
from tests.browser.patient import JPEG, TILLEULS, at, file, home, on, sign_in, step
from tests.browser.window import Window
from tests.web.conftest import DOCTOR, TEAM
from tests.xdm import samples

pytestmark = [pytest.mark.sockets, pytest.mark.browser]
PROPOSED = "Bonjour,\n\nJe vous transmets le document ci-joint.\n\nMerci de votre aide.\nZoé ADRUN"


async def three_steps(page: Page) -> None:
    """The first document, the only pharmacy that is offered, the proposed message changed, in a caregiver's name."""
    await page.get_by_role("link", name="Écrire à ma pharmacie").click()
    await step(page, 1)
    await page.get_by_role("checkbox").first.check()
    await on(page)
    await step(page, 2)
    others = page.get_by_role("region", name="Pourquoi pas les autres ?")
    await expect(others).to_contain_text("Pharmacie Morel")
    await expect(others).to_contain_text("n'a pas de boîte aux lettres organisationnelle")
    await expect(page.get_by_role("radio")).to_have_count(1)
    await page.get_by_role("radio", name=TILLEULS).check()
    await on(page)
    await step(page, 3)
    words = page.get_by_role("textbox", name="Message")
    await expect(words).to_have_value(PROPOSED)
    await words.fill("Bonjour, je passe à 18 h.")
    await expect(page.get_by_text("apporter l'original de votre ordonnance")).to_be_visible()
    await page.get_by_role("radio", name="Luc ADRUN").check()
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1, name="Votre message est envoyé")).to_be_focused()


async def test_the_whole_story_between_a_patient_and_a_pharmacy(sim: Simulator, window: Window) -> None:
    page, officine = window.page, Officine(sim)
    await home(page)
    await three_steps(page)
    (question,) = await officine.unread()
    said = question.get_body(("plain",))
    assert said is not None and "je passe à 18 h" in said.get_content()
    assert "Message écrit par Luc ADRUN, aidant de Zoé ADRUN." in said.get_content()
    assert [part.get_content_type() for part in question.iter_attachments()] == ["application/pdf"]

    # The answer appears by itself in the conversation that is being read, and waits to be opened.
    await page.get_by_role("link", name="Voir la conversation").click()
    await expect(page.get_by_text("Vous pourrez répondre quand une réponse sera arrivée.")).to_be_visible()
    await officine.answers(question, "C'est prêt.")
    waiting = page.get_by_role("article", name=f"Message de {TILLEULS}")
    await expect(waiting).to_contain_text("L’ouvrir envoie un accusé de lecture.")
    await expect(page.get_by_role("link", name="Messages 1 non lus")).to_be_visible()
    assert await officine.unread() == [], "nothing was opened, no receipt left"
    await waiting.get_by_role("button", name="Ouvrir le message").click()
    await expect(waiting).to_contain_text("C'est prêt.")
    await expect(waiting).to_contain_text(f"Accusé de lecture envoyé à {TILLEULS}")
    (receipt,) = await officine.unread()
    assert (receipt.get_content_type(), receipt.get_param("report-type")) == (
        "multipart/report", "disposition-notification")

    await page.get_by_role("button", name=f"Répondre à {TILLEULS}").click()
    await expect(page.get_by_label(f"Votre réponse à {TILLEULS}")).to_be_focused()
    await page.get_by_label(f"Votre réponse à {TILLEULS}").fill("Merci.")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("article", name="Votre message")).to_have_count(2)
    (thanks,) = await officine.unread()
    assert thanks["Subject"].startswith("Re: ")

    await officine.ends(question)
    await expect(page.get_by_role("status").filter(has_text=f"{TILLEULS} a mis fin à vos échanges.")).to_be_visible()
    await expect(page.get_by_role("button", name="Répondre")).to_have_count(0)
    await window.photograph("mon-espace-fin")
    await officine.writes(letter(TEAM, "Rappel", "Votre renouvellement est possible."))
    await at(page, "messages", "Mes messages")
    await page.get_by_role("link", name="Rappel").click()
    await expect(page.get_by_role("button", name=f"Répondre à {TILLEULS}")).to_be_visible()


def a_pdf() -> bytes:
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", size=24)
    paper.cell(text="Ordonnance")
    return bytes(paper.output())


async def test_a_document_is_added_shown_and_removed(window: Window) -> None:
    page = window.page
    await home(page)
    await at(page, "documents", "Mes documents")
    await page.get_by_text("Ajouter un document").first.click()
    await page.get_by_label("Fichier ou photo").set_input_files(file("virus.exe", b"MZ", "application/octet-stream"))
    await page.get_by_role("button", name="Ajouter", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("« virus.exe » ne peut pas être ajouté")
    await page.get_by_label("Fichier ou photo").set_input_files(file("lourd.pdf", b"%PDF-" + b"x" * (5 << 20)))
    await page.get_by_role("button", name="Ajouter", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("5 Mo au plus")
    for name, content, kind, title in (("photo.jpg", JPEG, "image/jpeg", "Ma photo"),
                                       ("papier.pdf", a_pdf(), "application/pdf", "Mon ordonnance")):
        if not await page.get_by_label("Fichier ou photo").is_visible():
            await page.get_by_text("Ajouter un document").first.click()
        await page.get_by_label("Fichier ou photo").set_input_files(file(name, content, kind))
        await page.get_by_label("Titre").fill(title)
        await page.get_by_role("button", name="Ajouter", exact=True).click()
        await page.get_by_role("link", name=title).click()
        await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        if kind == "image/jpeg":
            picture = page.get_by_role("img", name=title)
            await expect(picture).to_be_visible()
        else:
            await expect(page.locator(f"iframe[title='{title}']")).to_be_visible()
            async with page.expect_download() as saved:
                await page.get_by_role("link", name="Télécharger").click()
            assert (await saved.value).suggested_filename == name
        page.once("dialog", lambda dialog: dialog.accept())
        await page.get_by_role("button", name="Retirer").click()
        await expect(page.get_by_role("heading", level=1, name="Mes documents")).to_be_visible()
        await expect(page.get_by_role("link", name=title)).to_have_count(0)
    await at(page, "document/c0", "")
    await expect(page.get_by_role("button", name="Retirer")).to_have_count(0)


async def test_an_archive_is_opened_explained_and_kept(sim: Simulator, window: Window) -> None:
    """One is about another patient, which the page says; the other is damaged."""
    page = window.page
    archive = samples.archive(samples.enclosed(samples.LEVEL_3))
    made = letter(DOCTOR, "Compte rendu", "Voici le compte rendu.")
    made.add_attachment(archive, maintype="application", subtype="zip", filename="IHE_XDM.zip")
    made.add_attachment(b"PK damaged", maintype="application", subtype="zip", filename="IHE_XDM.zip")
    await submit(sim, made)
    await home(page)
    await page.get_by_role("link", name="Compte rendu").click()
    archives = page.get_by_role("listitem").filter(has_text="Archive de documents de santé")
    first, second = archives.nth(0), archives.nth(1)
    await second.get_by_role("button", name="Ouvrir").click()
    await expect(second).to_contain_text("Le fichier n'est pas une archive, ou il est abîmé.")
    await first.get_by_role("button", name="Ouvrir").click()
    await expect(first).to_contain_text("279035121518989")
    await expect(first.get_by_role("alert")).to_contain_text("Ce matricule n’est pas le vôtre")
    await first.get_by_role("button", name="Lire").click()
    await expect(first).to_contain_text("Toux et fièvre.")
    await window.photograph("mon-espace-archive")
    await first.get_by_role("button", name="Enregistrer dans mes documents").click()
    await expect(first.get_by_role("button", name="Enregistré dans mes documents")).to_be_visible()
    await at(page, "documents", "Mes documents")
    kept = page.get_by_role("link", name="Compte rendu de consultation").filter(has_text="Reçu par message")
    await expect(kept).to_be_visible()


async def test_a_question_needs_no_document_and_a_photo_comes_from_the_device(sim: Simulator, window: Window) -> None:
    page, officine = window.page, Officine(sim)
    await home(page)
    await at(page, "envoyer/1", "Écrire à ma pharmacie")
    device = page.get_by_label("Ajouter depuis cet appareil")
    await device.set_input_files(file("virus.exe", b"MZ"))
    await expect(page.get_by_role("alert").filter(has_text="virus.exe")).to_be_visible()
    await device.set_input_files([file("photo.jpg", JPEG), file("autre.png", JPEG)])
    await page.get_by_role("button", name="Retirer autre.png").click()
    await on(page)
    await on(page)
    await expect(page.get_by_role("alert")).to_contain_text("Choisissez d’abord à qui vous écrivez.")
    await page.get_by_role("radio", name=TILLEULS).check()
    await on(page)
    await expect(page.get_by_role("textbox", name="Message")).to_have_value(PROPOSED)
    await page.go_back()
    await step(page, 2)
    await expect(page.get_by_role("radio", name=TILLEULS)).to_be_checked()
    await page.get_by_role("link", name="Étape précédente").click()
    await page.get_by_role("button", name="Retirer photo.jpg").click()
    await on(page)
    await on(page)
    await expect(page.get_by_label("Objet")).to_have_value("Question de Zoé ADRUN")
    await page.get_by_label("Objet").fill("Doliprane en stock ?")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("heading", level=1, name="Votre message est envoyé")).to_be_visible()
    (question,) = await officine.unread()
    assert question["Subject"] == "Doliprane en stock ?"
    assert list(question.iter_attachments()) == []


async def test_whoever_wrote_may_be_written_to_and_all_may_be_answered(sim: Simulator, window: Window) -> None:
    page = window.page
    await submit(sim, letter(DOCTOR, "Votre suivi", "Bonjour.", to=(PATIENT, TEAM)))
    await home(page)
    await page.get_by_role("link", name="Votre suivi").click()
    await page.get_by_role("button", name="Répondre à tous").click()
    await page.get_by_label("Votre réponse à tous").fill("Merci à vous deux.")
    await page.get_by_role("button", name="Envoyer").click()
    await expect(page.get_by_role("article", name="Votre message")).to_contain_text("Merci à vous deux.")
    assert [mail["From"] for mail in await Officine(sim).unread()][-1] == f"Zoé ADRUN <{PATIENT}>"
    await at(page, "envoyer/2", "Écrire à ma pharmacie")
    await expect(page.get_by_role("group", name="Professionnels qui vous ont écrit")).to_contain_text("Paul Vial")


async def test_only_the_right_password_of_a_patient_opens_the_space(window: Window) -> None:
    page = window.page
    await sign_in(page, password="wrong")
    refusal = page.get_by_role("alert")
    await expect(refusal).to_be_visible()
    told = await refusal.inner_text()
    await sign_in(page, account="123456789012345", password="wrong")
    await expect(refusal).to_be_visible()
    assert (await refusal.inner_text()).splitlines()[0] == told.splitlines()[0], "an unknown patient is told no more"
    await sign_in(page, account=DOCTOR, password="vial-medecin")
    await expect(refusal).to_contain_text("professionnel")
    await home(page)
    await page.reload()
    await expect(page.get_by_role("heading", level=1, name="Bonjour Zoé ADRUN")).to_be_visible()
    await window.context.clear_cookies()
    await page.get_by_role("link", name="Profil").first.click()
    await expect(page.get_by_text("Votre session est terminée")).to_be_visible()


async def test_the_profile_gives_the_address_and_takes_an_opposition(sim: Simulator, window: Window) -> None:
    page = window.page
    await window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await submit(sim, letter(DOCTOR, "Bonjour", "Bonjour."))
    await home(page)
    await at(page, "profil", "Mon profil")
    await page.get_by_role("button", name="Copier l’adresse").click()
    await expect(page.get_by_text("L’adresse est copiée.")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == PATIENT
    await expect(page.get_by_role("region", name="Notifications")).to_contain_text("zoe.adrun@courriel.example")
    await expect(page.get_by_role("region", name="Notifications").get_by_role("listitem")).to_have_count(1)
    await page.get_by_text("M’opposer à cet espace").click()
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Fermer mon espace").click()
    await expect(page.get_by_role("heading", level=1, name="Mon espace")).to_be_visible()
    await sign_in(page)
    await expect(page.get_by_role("alert")).to_be_visible()
