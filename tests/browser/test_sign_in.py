"""Coming in and going out."""

from __future__ import annotations

import re
import uuid

from playwright.async_api import Browser, expect

from tests.browser.conftest import Person
from tests.browser.house import House
from tests.browser.operator import operator


async def test_a_wrong_token_is_refused_with_what_to_do(house: House, browser: Browser) -> None:
    async with operator(browser, house.url) as somebody:
        await somebody.page.goto(house.url)
        await somebody.page.get_by_label("Token").fill("not-a-token")
        await somebody.button("Sign in").click()
        alert = somebody.page.get_by_role("alert")
        await expect(alert).to_contain_text("not valid")
        await expect(alert).to_contain_text("Get a new token")
        assert await somebody.page.evaluate("sessionStorage.length") == 0


async def test_a_reload_keeps_one_in_and_signing_out_does_not(person: Person) -> None:
    vera = await person("vera", "viewer")
    await vera.page.reload()
    await expect(vera.page.get_by_role("navigation", name="Main")).to_contain_text("vera")
    await vera.button("Sign out").click()
    await vera.page.reload()
    await expect(vera.page.get_by_label("Token")).to_be_visible()


async def test_a_removed_member_is_out_at_once_and_told_so(house: House, person: Person) -> None:
    name = f"ruth-{uuid.uuid4().hex[:6]}"  # who was removed is not let in again by another try
    ruth = await person(name, "operator")
    await house.outside.call("DELETE", f"/v1/org/members/{name}")
    await expect(ruth.page.get_by_label("Token")).to_be_visible()
    await expect(ruth.page.get_by_role("main")).to_contain_text(re.compile("revoked by|removed"))


async def test_the_token_stands_in_no_url(person: Person) -> None:
    olga = await person("olga", "operator")
    token = await olga.page.evaluate("sessionStorage.getItem('argus.token')")
    urls: list[str] = []
    olga.page.on("request", lambda request: urls.append(request.url))
    olga.page.on("websocket", lambda socket: urls.append(socket.url))
    await olga.page.reload()
    await expect(olga.page.get_by_role("navigation", name="Main")).to_be_visible()
    assert len(urls) > 3
    assert not any(token in url for url in urls)
