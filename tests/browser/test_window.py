"""The ground itself: a window shows the pages, and notices what must not happen in one."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from simulator.app import Simulator
from tests.browser.window import Window

pytestmark = [pytest.mark.sockets, pytest.mark.browser]


@pytest.mark.parametrize("path", ["/mon-espace", "/pharmacie", "/espace-de-confiance"])
async def test_every_page_comes_to_life(page: Page, path: str) -> None:
    await page.goto(path)
    await page.get_by_role("heading", level=1).wait_for()
    assert await page.locator("h1").count() == 1


async def test_what_must_not_happen_is_noticed(sim: Simulator, browser: Browser) -> None:
    """Errors, violations of the policy, requests that leave: each is a fault of the window."""
    window = await Window.opened(browser, f"http://127.0.0.1:{sim.ports['http']}")
    await window.page.goto("/mon-espace")
    await window.page.evaluate("setTimeout(() => { throw new Error('slipped') })")
    await window.page.evaluate("""() => new Promise((told) => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.addEventListener("securitypolicyviolation", told, {once: true});
        document.body.append(script);
    })""")
    await window.page.evaluate("() => fetch('http://elsewhere.example/look').catch(() => 0)")
    await window.context.close()
    told = "\n".join(window.faults)
    assert "script error: slipped" in told
    assert "Content Security Policy" in told


async def test_a_call_that_is_refused_is_no_fault(window: Window) -> None:
    await window.page.goto("/mon-espace")
    assert await window.page.evaluate("() => fetch('/pages/session').then((answer) => answer.status)") == 401
    assert not window.faults
