"""A person at the page, in a Chromium of Debian's: what they click, and what their browser complained of."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, cast

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from demo.proof import until

AXE = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
# A request that failed or was refused, and a room that its server closed: the page tells the person of these, and the
# browser or LiveKit's client its console.
TOLD_OTHERWISE = r"Failed to load resource|WebSocket connection to|DataChannel error on \w+: User-Initiated Abort"
PATIENCE = 30_000  # ms that an expectation waits, on two cores that others use as well

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Headless, without its sandbox, which wants rights that containers have not. Raises RuntimeError with the cure."""
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("there is no chromium: run scripts/chromium-setup")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        await browser.close()


class Operator:
    """One signed-in person in a browser of their own. `complaints` are errors of the console, scripts and policy."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search(TOLD_OTHERWISE, message.text):
            self.complaints.append(message.text)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    async def go(self, path: str) -> None:
        """Go to a path within the page, without loading it anew."""
        await self.page.evaluate("path => { history.pushState(null, '', path) }", path)

    async def sign_in(self, token: str) -> None:
        await self.page.goto(self.url)
        await self.page.get_by_label("Token").fill(token)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name)

    def heading(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("heading", name=name)

    async def confirm(self, yes: str | re.Pattern[str]) -> None:
        """Say yes in the dialog that asks."""
        await self.page.get_by_role("dialog").get_by_role("button", name=yes).click()

    async def axe(self) -> list[str]:
        """What axe finds wrong with what is shown now, by WCAG 2.1 A and AA: rule, help and where."""
        source = AXE.read_text()
        found = cast(
            "dict[str, Any]",
            await self.page.evaluate(
                """async source => {
                    if (!window.axe) new Function(source).call(window);
                    return await window.axe.run(document, {
                        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
                        resultTypes: ["violations"],
                    });
                }""",
                source,
            ),
        )
        return [
            f"{each['id']}: {each['help']}: {', '.join(str(node['target']) for node in each['nodes'][:3])}"
            for each in found["violations"]
        ]

    async def until(self, what: str, script: str, within: float = PATIENCE / 1000) -> Any:
        """Wait until a script's value in the page is true; that value."""

        async def look() -> Any:
            return await self.page.evaluate(script) or None

        return await until(what, look, within)


@asynccontextmanager
async def operator(
    browser: Browser,
    url: str,
    *,
    scheme: Literal["light", "dark"] = "light",
    size: tuple[int, int] = (1440, 900),
) -> AsyncIterator[Operator]:
    """A new person's browser, with nothing kept from others."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, accept_downloads=True
    )
    page = await context.new_page()
    try:
        yield Operator(page, url)
    finally:
        await context.close()
