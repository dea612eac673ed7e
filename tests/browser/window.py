"""A window of a real browser onto a running simulator, and everything that must never happen in it.

Chromium is the one of this machine: ``MSSIM_CHROMIUM``, or what ``make browser`` installs.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect

SCREENSHOTS = Path(os.environ.get("MSSIM_SCREENSHOTS") or Path(__file__).parent / "screenshots")
"""Where pictures of the pages go; git looks away. Continuous integration may keep the folder."""
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-proxy-server",
    # No name is looked up: whatever a hostile letter asks for, nothing leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
DESKTOP = (1280, 900)
PHONE = (375, 740)
PATIENCE = 20_000
"""Milliseconds that a test waits for what a busy machine shows late; what is there at once costs nothing."""
_TOLD_NO = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
expect.set_options(timeout=PATIENCE)


def chromium() -> str:
    """The program. Fails with the remedy when there is none."""
    for name in (os.environ.get("MSSIM_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name) if name else None
        if path is not None:
            return path
    raise AssertionError("Chromium is not installed: `make browser` installs it, MSSIM_CHROMIUM names another one, and "
                         "`make test BROWSER=no` leaves these tests out")


async def launch(playwright: Playwright) -> Browser:
    """A browser without a window, that talks to loopback only."""
    return await playwright.chromium.launch(executable_path=chromium(), headless=True, args=list(FLAGS))


class Window:
    """One person's browser: cookies of its own, and a record of what went wrong."""

    def __init__(self, context: BrowserContext, page: Page, base: str) -> None:
        self.context = context
        self.page = page
        self.base = base
        self.faults: list[str] = []
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))

    @classmethod
    async def opened(cls, browser: Browser, base: str, *, size: tuple[int, int] = DESKTOP, dark: bool = False,
                     touch: bool = False) -> Window:
        """``base`` is the address of the simulator, such as ``http://127.0.0.1:8025``."""
        context = await browser.new_context(
            base_url=base, viewport={"width": size[0], "height": size[1]}, locale="fr-FR", timezone_id="Europe/Paris",
            color_scheme="dark" if dark else "light", has_touch=touch, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        return cls(context, await context.new_page(), base)

    async def photograph(self, name: str) -> Path:
        """The whole page as ``<name>.png`` among the screenshots."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        await self.page.screenshot(path=path, full_page=True)
        return path

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        inside = parts.scheme in ("data", "blob", "about", "chrome-extension", "chrome") or \
            f"{parts.scheme}://{parts.netloc}" == self.base
        if not inside:
            self.faults.append(f"asked outside: {request.method} {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        """Errors of the console are faults, violations of the policy among them. That the server said no to a call is
        none: pages show it."""
        call = urlsplit(message.location["url"]).path.startswith(("/api/", "/pages/"))
        if message.type in ("error", "warning") and not (call and _TOLD_NO.match(message.text)):
            self.faults.append(f"{message.type} in the console: {message.text} ({message.location['url']})")
