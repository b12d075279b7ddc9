"""One stack and one Chromium for all browser tests; each person has a context of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.house import House
from tests.browser.house import house as a_house
from tests.browser.operator import Operator, chromium
from tests.browser.operator import operator as a_person

Person = Callable[..., Awaitable[Operator]]


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with a_house(tmp_path_factory.mktemp("browser")) as built:
        yield built


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def person(house: House, browser: Browser) -> AsyncIterator[Person]:
    """`await person("cleo", "operator")`: a member of that role, signed in. No browser may complain of the page."""
    people: list[Operator] = []
    async with AsyncExitStack() as held:

        async def let_in(user: str, role: str, **browser_options: Any) -> Operator:
            new = await held.enter_async_context(a_person(browser, house.url, **browser_options))
            people.append(new)
            await new.sign_in(await house.token(user, role))
            return new

        yield let_in
    for each in people:
        assert not each.complaints
