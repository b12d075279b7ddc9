"""Routes of organisation, pairings, leases and the demo dock, over the whole system with simulated docks."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.security import Role
from cli.main import app
from embedded.parts import LivekitServer, MinioServer
from process import trust
from simulator.control import Control
from simulator.fleet import Fleet
from store.audit import Audit
from store.orgs import Org
from tests.served import Served, serving
from tests.waiting import eventually
from tests.workflows.world import World, opened

DJI = {"appId": "142357", "appKey": "key-of-the-test", "appLicense": "licence-of-the-test"}
BROKER: dict[str, Any] = {
    "host": "mqtt.example",
    "port": 8883,
    "password": "secret-of-the-test",
    "adminUsername": "admin",
    "adminPassword": "password-of-the-test",
}
Client = Callable[..., httpx.AsyncClient]


@pytest.fixture(scope="module")
async def world(minio: MinioServer, livekit: LivekitServer) -> AsyncIterator[World]:
    """With a simulator for the demo dock."""
    fleet = Fleet()
    async with opened(minio, livekit) as world, Control(fleet) as control:
        settings = world.settings.model_copy(update={"simulator_url": control.url})
        yield dataclasses.replace(world, settings=settings)
        await fleet.stop()


@pytest.fixture(scope="module")
async def served(world: World) -> AsyncIterator[Served]:
    async with serving(world) as served:
        yield served


@pytest.fixture
async def org(world: World) -> Org:
    return await world.org()


@pytest.fixture
async def http(served: Served, org: Org) -> AsyncIterator[Client]:
    """A client in a role, of the test's organisation."""
    clients: list[httpx.AsyncClient] = []

    def client(role: Role = Role.admin, user: str = "ada@example") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {served.token(org.id, role, user)}"}
        clients.append(httpx.AsyncClient(base_url=served.url, headers=headers, timeout=60, verify=trust()))
        return clients[-1]

    yield client
    for opened_client in clients:
        await opened_client.aclose()


async def test_the_organisations_dji_application_goes_in_and_reaches_its_docks_and_nobody_else(
    world: World, org: Org, http: Client
) -> None:
    admin = http()
    assert (await http(Role.commander).put("/v1/org/dji", json=DJI)).status_code == 403
    half = await admin.put("/v1/org/dji", json={"appId": "1"})
    assert (half.status_code, half.json()["field"]) == (422, "appKey")
    done = await admin.put("/v1/org/dji", json=DJI)
    assert (done.status_code, done.json()["dji"]) == (200, {"own": True, "appId": "142357"})
    kept = await world.orgs.get(org.id)
    assert kept is not None
    shown = (await admin.get("/v1/org")).text + kept.model_dump_json() + done.text
    audit = [entry.model_dump_json() for entry in await Audit(world.store).find(orgId=org.id)]
    for secret in (DJI["appKey"], DJI["appLicense"]):
        assert secret not in shown + "".join(audit)
    assert any("org.dji" in entry for entry in audit)
    started = (await admin.post("/v1/pairings", json={"displayName": "Roof"})).json()
    async with world.sim(started["qr"]) as sim:

        async def paired() -> bool:
            return bool((await admin.get(f"/v1/pairings/{started['id']}")).json()["status"] == "paired")

        await eventually(paired, 30)
        told = sim.organization.config_reply
        assert (told["app_id"], told["app_key"], told["app_license"]) == tuple(DJI.values())
        late = await admin.put("/v1/org/dji", json=DJI)
        assert (late.status_code, late.json()["field"]) == (409, "appLicense")
        assert (await admin.put("/v1/org/dji", json=DJI | {"replace": True})).status_code == 200
        moved = await admin.put("/v1/org/broker", json=BROKER)
        assert (moved.status_code, moved.json()["title"]) == (409, "Docks are paired")


async def test_an_admin_changes_name_and_limits_and_sees_the_seats(org: Org, http: Client) -> None:
    admin = http()
    change = {"name": "Alpine Rescue", "gate": {"windMost": 10}}
    changed = (await admin.patch("/v1/org", json=change)).json()
    assert (changed["name"], changed["seats"], changed["seatsUsed"]) == ("Alpine Rescue", org.seats, 0)
    assert (changed["gate"]["windMost"], changed["gate"]["batteryLeast"]) == (10, org.gate.battery_least)
    wrong = await admin.patch("/v1/org", json={"gate": {"windMost": -1}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "gate.windMost")
    assert (await admin.patch("/v1/org", json={"seats": 99})).status_code == 422


async def test_a_broker_of_its_own_stands_in_the_code_and_its_password_nowhere(
    world: World, org: Org, http: Client
) -> None:
    admin = http()
    lacking = await admin.put("/v1/org/broker", json={"host": "mqtt.example", "password": "x"})
    assert (lacking.status_code, "admin_username" in lacking.json()["detail"]) == (422, True)
    waits = (await admin.post("/v1/pairings", json={"displayName": "Roof"})).json()
    refused = await admin.put("/v1/org/broker", json=BROKER)
    assert (refused.status_code, refused.json()["cure"]) == (409, "Cancel it first.")
    await admin.delete(f"/v1/pairings/{waits['id']}")
    done = await admin.put("/v1/org/broker", json=BROKER)
    address = "ssl://mqtt.example:8883"
    assert done.json()["broker"] == {"own": True, "address": address, "kind": "mosquitto"}
    kept = await world.orgs.get(org.id)
    assert kept is not None
    for secret in ("password", "adminPassword"):
        assert BROKER[secret] not in kept.model_dump_json() + done.text
    back = (await admin.delete("/v1/org/broker")).json()
    assert back["broker"]["own"] is False


async def test_a_pairing_that_is_asked_for_twice_is_one_and_is_cancelled_once(http: Client) -> None:
    admin, headers = http(), {"Idempotency-Key": "once"}
    first = await admin.post("/v1/pairings", json={"displayName": "Roof"}, headers=headers)
    again = await admin.post("/v1/pairings", json={"displayName": "Roof"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json()["id"], first.json()["qr"]) == (again.json()["id"], again.json()["qr"])
    pairing = f"/v1/pairings/{first.json()['id']}"
    for _ in range(2):
        ended = await admin.delete(pairing)
        assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    late = await admin.post("/v1/pairings", json={"displayName": "Roof"}, headers=headers)
    assert (late.status_code, late.json()["cure"]) == (409, "Start a new pairing.")


async def test_a_commander_takes_a_dock_and_gives_it_back(world: World, org: Org, http: Client, served: Served) -> None:
    reason = {"reason": "person in the water"}
    async with world.paired(org) as sim:
        lease = f"/v1/docks/{sim.sn}/lease"
        commander, other = http(Role.commander, "cleo"), http(Role.commander, "carl")
        assert (await http(Role.operator).post(f"{lease}/take", json=reason)).status_code == 403
        assert (await commander.post(f"{lease}/take", json={"reason": ""})).json()["field"] == "reason"
        assert (await commander.post("/v1/docks/NOBODY1/lease/take", json=reason)).status_code == 404
        taken = (await commander.post(f"{lease}/take", json=reason)).json()
        assert (taken["holder"], taken["reason"], taken["saga"]) == ("person/cleo", "person in the water", None)

        async def shown() -> Any:
            found = (await http(Role.viewer).get(lease)).json()
            return found if found["holder"] else None

        found = await eventually(shown)
        assert (found["user"], found["expiresAt"]) == ("cleo", taken["expiresAt"])
        anothers = await other.delete(lease)
        assert (anothers.status_code, "cleo" in anothers.json()["detail"]) == (403, True)
        options = ["--api", served.url, "--token", served.token(org.id, Role.commander, "carl")]
        told = CliRunner().invoke(app, [*options, "docks", "lease", sim.sn, "--take"])
        assert told.exit_code == 2, told.output
        run = await argus(options, "docks", "lease", sim.sn, "--take", "--reason", "fire at the ridge")
        assert f"{sim.sn} is held by person/carl for carl" in run
        run = await argus(options, "docks", "lease", sim.sn, "--release")
        assert f"{sim.sn} is free" in run
        assert (await http().delete(lease)).json()["holder"] is None


async def argus(options: list[str], *words: str) -> str:
    """The output of `argus`, which must not block the API that it asks."""
    result = await asyncio.to_thread(CliRunner().invoke, app, [*options, *words])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


async def test_the_demo_dock_is_switched_on_paired_and_switched_off(world: World, org: Org, http: Client) -> None:
    admin = http()
    assert (await http(Role.commander).post("/v1/demo-dock", json={"enabled": True})).status_code == 403
    assert (await admin.get("/v1/demo-dock")).json()["enabled"] is False
    on = await admin.post("/v1/demo-dock", json={"enabled": True})
    assert (on.status_code, on.json()["enabled"]) == (202, True), on.text
    again = await admin.post("/v1/demo-dock", json={"enabled": True})
    assert again.json()["pairingId"] == on.json()["pairingId"]

    async def usable() -> bool:
        found = (await admin.get("/v1/demo-dock")).json()
        return bool(found["paired"] and found["online"])

    await eventually(usable, 30)
    dock = (await admin.get("/v1/docks/DEMO-DOCK-001")).json()
    assert (dock["displayName"], dock["model"]) == ("Demo dock", "dock3")
    off = await admin.post("/v1/demo-dock", json={"enabled": False})
    assert (off.status_code, off.json()) == (
        200,
        {"sn": "DEMO-DOCK-001", "enabled": False, "paired": False, "online": False, "pairingId": None},
    )
    assert (await admin.get("/v1/docks/DEMO-DOCK-001")).status_code == 404
    after = await world.orgs.get(org.id)
    assert after is not None
    assert after.seats_used == 0
    assert json.loads((await admin.post("/v1/demo-dock", json={"enabled": False})).text)["enabled"] is False
