"""A running simulator and real browsers onto it. A window in which anything went wrong fails its test."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from simulator.app import Simulator
from tests.browser.window import Window, launch
from tests.web.conftest import certificates, data, sim, web

__all__ = ["certificates", "data", "sim", "web"]

OpenWindow = Callable[..., Awaitable[Window]]
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Remember what failed, for a last picture of its windows."""
    report: Any = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        running = await launch(playwright)
        yield running
        await running.close()


@pytest.fixture
async def open_window(request: pytest.FixtureRequest, sim: Simulator, browser: Browser) -> AsyncIterator[OpenWindow]:
    """Opens windows: ``await open_window(size=PHONE, dark=True)``; each is another person's browser.

    At the end of the test every one of them must be without a fault."""
    windows: list[Window] = []

    async def opened(**wishes: Any) -> Window:
        window = await Window.opened(browser, f"http://127.0.0.1:{sim.ports['http']}", **wishes)
        windows.append(window)
        return window

    yield opened
    for number, window in enumerate(windows):
        if request.node.stash.get(_FAILED, False):
            name = re.sub(r"\W+", "-", request.node.name)
            await window.photograph(f"failed-{name}-{number}")
        await window.context.close()
    faults = [fault for window in windows for fault in window.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
async def window(open_window: OpenWindow) -> Window:
    """One window as large as a desk's."""
    return await open_window()


@pytest.fixture
async def page(window: Window) -> Page:
    """Its page."""
    return window.page
