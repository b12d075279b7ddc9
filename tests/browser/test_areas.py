"""Areas drawn on the map with the mouse, and in the dock afterwards."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.async_api import expect

from demo.proof import until
from simulator.config import DockConfig
from tests.browser.conftest import Person
from tests.browser.house import WITHIN, House


async def test_a_circle_is_drawn_sent_and_in_the_dock(house: House, person: Person, tmp_path: Path) -> None:
    config = DockConfig(model="dock3", seed=44, awake=True, video=False, latitude=47.08, longitude=8.34)
    dock = await house.pair(config, "Fenced dock")
    mission = await house.mission("Fenced mission", [dock])
    fred = await person("fred", "operator")
    await fred.go(f"/missions/{mission}/areas")
    await expect(fred.heading("Areas of Fenced mission")).to_be_visible()
    await expect(fred.page.get_by_text("Fenced dock")).to_be_visible()
    send = fred.button("Send to the docks")
    await expect(send).to_be_disabled()
    # The map begins with the whole world, and goes to the dock as soon as its place is known
    await expect(fred.page.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"^\d+ m$"))

    await fred.button("Draw keep-in circle").click()
    box = await fred.page.get_by_role("application", name="Map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await fred.page.mouse.click(*middle)
    await fred.page.mouse.move(middle[0] + 60, middle[1], steps=5)
    await fred.page.mouse.click(middle[0] + 150, middle[1])
    await fred.page.get_by_label("Name of area 1").fill("Quarry")
    await expect(fred.page.get_by_text("Not sent yet")).to_be_visible()
    await send.click()
    await expect(fred.page.get_by_text("Not sent yet")).to_be_hidden()
    await expect(fred.page.get_by_role("region", name="Docks").get_by_text("synchronized")).to_be_visible(
        timeout=WITHIN * 1000
    )

    kept = await house.outside.call("GET", f"/v1/missions/{mission}/areas")
    [area] = kept["features"]
    assert area["properties"]["name"] == "Quarry"
    assert area["properties"]["kind"] in ("keep-in", "dfence")
    assert area["properties"]["radius"] >= 10
    longitude, latitude = area["geometry"]["coordinates"][:2]
    assert abs(latitude - 47.08) < 0.01
    assert abs(longitude - 8.34) < 0.01

    async with fred.page.expect_download() as saving:
        await fred.button("Save as GeoJSON").click()
    saved = await (await saving.value).path()
    assert [each["id"] for each in json.loads(saved.read_text())["features"]] == [area["id"]]

    await fred.button("Remove area 1").click()
    await send.click()

    async def gone() -> bool:
        return not (await house.outside.call("GET", f"/v1/missions/{mission}/areas"))["features"]

    await until("areas removed", gone, WITHIN)


async def test_an_area_that_cannot_be_is_refused_with_the_field(house: House, person: Person, tmp_path: Path) -> None:
    mission = await house.mission("Bad areas", [])
    bess = await person("bess", "operator")
    await bess.go(f"/missions/{mission}/areas")
    bow_tie = [[8.34, 47.08], [8.341, 47.081], [8.341, 47.08], [8.34, 47.081], [8.34, 47.08]]
    file = tmp_path / "bow-tie.geojson"
    shape = {"type": "Polygon", "coordinates": [bow_tie]}
    feature = {"type": "Feature", "geometry": shape, "properties": {"kind": "keep-in", "name": "bow tie"}}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    await bess.page.locator("input[type=file]").set_input_files(file)
    await bess.button("Send to the docks").click()
    alert = bess.page.get_by_role("alert").first
    await expect(alert).to_contain_text("features.0")
    await expect(bess.page.get_by_text("Not sent yet")).to_be_visible()  # nothing is lost by it

    file.write_text("{")
    await bess.page.locator("input[type=file]").set_input_files(file)
    await expect(bess.page.get_by_role("alert").filter(has_text="no JSON")).to_be_visible()
