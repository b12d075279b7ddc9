"""`make screenshots`: pictures of each view into docs/screens, from the real stack with three simulated docks at it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import expect

from demo.proof import until
from demo.routes import Place, kmz
from demo.simulation import dock_configs
from simulator.models import MODELS
from tests.browser.house import WITHIN, House, house
from tests.browser.operator import Operator, chromium, operator
from tests.browser.test_outages import FRAMES

SCREENS: Final = Path(__file__).parents[2] / "docs" / "screens"
NAMES: Final = ("Quarry west", "North shore", "Tunnel south")
# What is at the place of an id, below, is filled in once there is one.
VIEWS: Final = {
    "docks": "/",
    "dock": "/docks/{dock}",
    "pair": "/pair",
    "missions": "/missions",
    "room": "/missions/{mission}",
    "areas": "/missions/{mission}/areas",
    "sticks": "/docks/{dock}/sticks",
    "flights": "/flights",
    "flight": "/flights/{flight}",
    "routes": "/waylines",
    "draw": "/waylines/draw",
    "schedules": "/schedules",
    "relays": "/relays",
    "firmware": "/firmware",
    "media": "/media",
    "logs": "/logs",
    "alerts": "/alerts",
    "people": "/people",
    "settings": "/settings",
    "webhooks": "/webhooks",
    "audit": "/audit",
    "sagas": "/sagas",
}


async def set_the_scene(built: House) -> dict[str, str]:
    """Three docks in a mission, one of them flying; the ids that views need."""
    configs = [config.model_copy(update={"speed": 1.0}) for config in dock_configs()]
    sns = [await built.pair(config, name) for config, name in zip(configs, NAMES, strict=True)]
    mission = await built.mission("Missing hiker, north ridge", sns)
    last = configs[-1]
    file = kmz(Place(last.latitude, last.longitude), MODELS[last.model].aircraft, "Ridge")
    route = await built.outside.call("POST", "/v1/waylines", files={"file": ("Ridge.kmz", file)})
    body = {"dockSn": last.sn, "waylineId": route["id"], "rthAltitude": 100, "name": "Ridge, first look"}
    flight = await built.outside.call("POST", "/v1/flights", json=body)

    async def flies() -> bool:
        seen = await built.outside.call("GET", f"/v1/flights/{flight['id']}")
        return bool(seen["status"] == "executing" and (seen["progress"] or {}).get("waypoint"))

    await until("the flight is under way", flies, WITHIN)
    return {"dock": last.sn, "mission": mission, "flight": flight["id"]}


async def take(one: Operator, name: str, path: str) -> None:
    """The picture, once what the view shows has settled."""
    await one.go(path)
    await expect(one.page.locator("main h1").first).to_be_visible()
    if name in ("room", "sticks"):
        await one.until("the video runs", f"({FRAMES}) > 30", WITHIN)
    await one.page.wait_for_timeout(1500)
    await one.page.screenshot(path=SCREENS / f"{name}.png")
    print(f"docs/screens/{name}.png")


async def main() -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        async with house(Path(directory)) as built, chromium() as browser:
            async with operator(browser, built.url, size=(1366, 850)) as admin:
                await admin.page.goto(built.url)
                await admin.page.screenshot(path=SCREENS / "sign-in.png")
                await admin.sign_in(built.admin_token)
                ids = await set_the_scene(built)
                for name, path in VIEWS.items():
                    await take(admin, name, path.format(**ids))
            async with operator(browser, built.url, scheme="dark", size=(834, 1112)) as tablet:
                await tablet.sign_in(built.admin_token)
                await take(tablet, "room-dark-tablet", VIEWS["room"].format(**ids))


if __name__ == "__main__":
    asyncio.run(main())
