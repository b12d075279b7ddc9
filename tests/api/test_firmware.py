"""Firmware by REST, with a worker that runs the sagas; the docks are offline, so that nothing but words moves them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.cloud.firestore import AsyncClient
from typer.testing import CliRunner

from api.security import Role, Tokens
from cli.main import app
from settings import Settings
from store.docks import Dock, Docks
from store.document import now
from store.objects import Objects
from tests.api.conftest import As

CONTENT = b"firmware" * 1000
PACKAGES, ROLLOUTS = "/v1/firmware/packages", "/v1/firmware/rollouts"


def announcement(**changes: Any) -> dict[str, Any]:
    md5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    name = f"WM{uuid.uuid4().int % 90_000 + 10_000}_17.01.20.01.zip"
    return {"fileName": name, "product": "3-3-0", "size": len(CONTENT), "md5": md5} | changes


async def uploaded(commander: httpx.AsyncClient, **changes: Any) -> str:
    package = (await commander.post(PACKAGES, json=announcement(**changes))).raise_for_status().json()
    link = package["upload"]
    async with httpx.AsyncClient() as http:
        (await http.put(link["url"], headers=link["headers"], content=CONTENT)).raise_for_status()
    done = (await commander.post(f"{PACKAGES}/{package['id']}/complete")).raise_for_status().json()
    assert done["status"] == "ready"
    return str(package["id"])


async def offline_docks(database: AsyncClient, org: str, count: int = 2, product: str = "3-3-0") -> list[str]:
    sns = [f"API{uuid.uuid4().hex[:9].upper()}" for _ in range(count)]
    for sn in sns:
        await Docks(database).put(
            Dock(sn=sn, org_id=org, product=product, firmware_version="17.01.05.06", bound_at=now())
        )
    return sns


async def until(client: httpx.AsyncClient, rollout: str, *statuses: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await client.get(f"{ROLLOUTS}/{rollout}")).raise_for_status().json()
            if found["status"] in statuses:
                return found
            await asyncio.sleep(0.1)


async def test_a_package_is_uploaded_by_its_link_and_read_by_another(as_role: As, settings: Settings) -> None:
    commander = as_role(Role.commander)
    package = (await commander.post(PACKAGES, json=announcement())).raise_for_status().json()
    assert (package["version"], package["target"], package["status"]) == ("17.01.20.01", "dock", "uploading")
    early = await commander.post(f"{PACKAGES}/{package['id']}/complete")
    assert (early.status_code, early.json()["field"]) == (409, "id")
    async with httpx.AsyncClient() as http:
        link = package["upload"]
        other = await http.put(link["url"], headers=link["headers"], content=b"x" * len(CONTENT))
        assert other.status_code == 400
        assert (await http.put(link["url"], headers=link["headers"], content=CONTENT)).status_code == 200
        (await commander.post(f"{PACKAGES}/{package['id']}/complete")).raise_for_status()
        fetched = (await commander.get(f"{PACKAGES}/{package['id']}/link")).json()
        assert (await http.get(fetched["url"])).content == CONTENT
    listed = (await as_role(Role.viewer).get(PACKAGES, params={"status": "ready"})).json()["items"]
    assert [item["id"] for item in listed] == [package["id"]]


async def test_another_file_than_was_announced_is_thrown_away(as_role: As, settings: Settings) -> None:
    commander = as_role(Role.commander)
    package = (await commander.post(PACKAGES, json=announcement())).json()
    key = package["upload"]["url"].split("?")[0].split(f"/{settings.objects_bucket}/")[1]
    objects = Objects.of(settings)
    for content, field in ((CONTENT + b"!", "size"), (b"y" * len(CONTENT), "md5")):
        await objects.put(key, content)
        refused = await commander.post(f"{PACKAGES}/{package['id']}/complete")
        assert (refused.status_code, refused.json()["field"]) == (422, field)
        assert await objects.head(key) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fileName": "update.zip"}, "fileName"),
        ({"product": "9-9-9"}, "product"),
        ({"product": "0-77-0"}, "product"),
        ({"size": 0}, "size"),
        ({"md5": "short"}, "md5"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_is_wrong_with_an_upload_is_named(as_role: As, changes: dict[str, Any], field: str) -> None:
    refused = await as_role(Role.commander).post(PACKAGES, json=announcement(**changes))
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert refused.json()["cure"]


async def test_a_code_stands_for_one_product(as_role: As) -> None:
    commander = as_role(Role.commander)
    await uploaded(commander, fileName="WM777_01.00.00.01.zip")
    refused = await commander.post(PACKAGES, json=announcement(fileName="WM777_01.00.00.02.zip", product="3-2-0"))
    assert (refused.status_code, refused.json()["field"]) == (422, "product")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"packages": []}, 422, "packages"),
        ({"packages": ["nothing"]}, 404, "packages"),
        ({"docks": None}, 422, "docks"),
        ({"docks": ["NOSUCHDOCK1"]}, 404, "docks"),
        ({"filter": {"versionBelow": "1.0.0.0"}, "docks": None}, 422, "filter"),
        ({"steps": [50, 20]}, 422, "steps"),
        ({"canary": 1, "canaryPercent": 5}, 422, "canaryPercent"),
        ({"window": {"start": "26:00", "end": "05:00"}}, 422, "window.start"),
        ({"atOnce": 0}, 422, "atOnce"),
    ],
)
async def test_what_is_wrong_with_a_rollout_is_named(
    as_role: As, database: AsyncClient, org: str, changes: dict[str, Any], status: int, field: str
) -> None:
    commander = as_role(Role.commander)
    docks = await offline_docks(database, org)
    body = {"packages": [await uploaded(commander)], "docks": docks} | changes
    refused = await commander.post(ROLLOUTS, json=body)
    assert (refused.status_code, refused.json().get("field")) == (status, field), refused.text
    assert refused.json()["cure"]


async def test_a_dock_of_another_product_is_refused(as_role: As, database: AsyncClient, org: str) -> None:
    commander = as_role(Role.commander)
    docks = await offline_docks(database, org, 1, product="3-2-0")
    refused = await commander.post(ROLLOUTS, json={"packages": [await uploaded(commander)], "docks": docks})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (422, "firmware-wrong-product")


async def test_a_rollout_is_started_once_watched_told_and_opened_again(
    as_role: As, worker: None, database: AsyncClient, org: str
) -> None:
    commander, viewer = as_role(Role.commander), as_role(Role.viewer)
    docks = await offline_docks(database, org)
    body = {"packages": [await uploaded(commander)], "filter": {"versionBelow": "17.01.20.01"}}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    assert (await viewer.post(ROLLOUTS, json=body)).status_code == 403
    rollout = (await commander.post(ROLLOUTS, json=body, headers=headers)).raise_for_status().json()
    again = (await commander.post(ROLLOUTS, json=body, headers=headers)).raise_for_status().json()
    assert (again["id"], again["docks"]) == (rollout["id"], 2)
    here = f"{ROLLOUTS}/{rollout['id']}"
    waiting = await until(viewer, rollout["id"], "waiting")
    assert waiting["counts"]["waiting"] == 2
    paused = (await commander.post(f"{here}/pause", json={"reason": "lunch"})).raise_for_status().json()
    assert paused["rollout"]["status"] == "paused"
    assert (await commander.post(f"{here}/resume")).raise_for_status().json()["rollout"]["status"] != "paused"
    first = (await viewer.get(f"{here}/docks", params={"limit": 1})).json()
    rest = (await viewer.get(f"{here}/docks", params={"after": first["next"]})).json()
    shown = [*first["items"], *rest["items"]]
    assert {item["dockSn"] for item in shown} == set(docks)
    assert {item["status"] for item in shown} == {"waiting"}
    assert all("offline" in item["reason"] for item in shown)
    unknown = await commander.post(f"{here}/retry", json={"sn": "NOTHERE1234"})
    assert (unknown.status_code, unknown.json()["field"]) == (404, "sn")
    cancelled = (await commander.post(f"{here}/cancel")).raise_for_status().json()
    assert set(cancelled["docks"]) == set(docks)
    ended = await until(viewer, rollout["id"], "cancelled")
    assert ended["report"]["counts"]["cancelled"] == 2
    assert (await commander.post(f"{here}/pause")).status_code == 409
    refused = await commander.post(f"{here}/retry")
    assert (refused.status_code, refused.json()["detail"]) == (409, "no dock has failed")
    assert (await commander.post(f"{here}/retry", json={"sn": "NOTHERE1234"})).status_code == 404
    assert (await viewer.get(here)).json()["status"] == "cancelled", "not opened for what is refused"
    retried = (await commander.post(f"{here}/retry", json={"sn": docks[0]})).raise_for_status().json()
    assert retried["docks"] == [docks[0]]
    reopened = await until(viewer, rollout["id"], "waiting")
    assert (reopened["counts"]["waiting"], reopened["counts"]["cancelled"]) == (1, 1)
    await commander.post(f"{here}/cancel")
    listed = (await viewer.get(ROLLOUTS)).json()["items"]
    assert [item["id"] for item in listed] == [rollout["id"]]


async def test_the_command_line_uploads_starts_shows_and_tells(
    worker: None, database: AsyncClient, org: str, served: str, tokens: Tokens, tmp_path: Path
) -> None:
    docks = await offline_docks(database, org)
    token = tokens.make("commander@example", org, Role.commander, timedelta(minutes=5))

    async def argus(*words: str) -> Any:
        given = ["--api", served, "--token", token, "--json", "firmware", *words]
        result = await asyncio.to_thread(CliRunner().invoke, app, given)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    file = tmp_path / announcement()["fileName"]
    file.write_bytes(CONTENT)
    package = await argus("upload", str(file), "--product", "dock3")
    assert (package["status"], package["product"]) == ("ready", "3-3-0")
    rollout = await argus("rollout", package["id"], "--dock", docks[0], "--dock", docks[1], "--canary", "1")
    assert rollout["plan"]["canary"] == 1
    shown = await argus("show", rollout["id"])
    assert [dock["dockSn"] for dock in sorted(shown["docks"], key=lambda dock: dock["wave"])] == docks
    assert (await argus("pause", rollout["id"], "--reason", "lunch"))["rollout"]["status"] == "paused"
    assert (await argus("resume", rollout["id"]))["rollout"]["status"] != "paused"
    await argus("cancel", rollout["id"])
    assert (await argus("retry", rollout["id"], docks[1]))["docks"] == [docks[1]]
    await argus("cancel", rollout["id"])
    assert [item["id"] for item in await argus("rollouts")] == [rollout["id"]]
