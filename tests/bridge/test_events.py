"""What docks say as events for webhooks: each news once, whatever is said or heard again."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from settings import Settings
from store.docks import Docks
from store.flights import FlightTask, FlightTasks, Progress
from store.objects import Objects
from store.orgs import Org
from store.webhooks import Deliveries, Delivery, Webhooks
from tests.bridge.conftest import SpokenDock, bind, heard, told_of
from tests.waiting import eventually
from workflows.names import media_id as media_saga
from workflows.names import webhook_id

pytestmark = pytest.mark.usefixtures("bridge")


@dataclass
class Watched:
    """A dock of an organisation that is told of everything."""

    dock: SpokenDock
    store: AsyncClient
    org: Org
    hook: str

    async def told(self, *kinds: str) -> list[Delivery]:
        """All that the organisation is told of, once it is of these types."""

        async def there() -> list[Delivery] | None:
            found = await Deliveries(self.store).find(webhookId=self.hook)
            found.sort(key=lambda delivery: delivery.order)
            types.append([delivery.type for delivery in found])
            return found if types[-1] == list(kinds) else None

        types: list[list[str]] = []
        try:
            told: list[Delivery] = await eventually(there)
        except AssertionError:
            print(types[-1])
            raise
        return told

    async def data(self, *kinds: str) -> list[dict[str, Any]]:
        return [orjson.loads(delivery.payload)["data"] for delivery in await self.told(*kinds)]


@pytest.fixture
async def watched(dock: SpokenDock, store: AsyncClient) -> AsyncIterator[Watched]:
    org = Org(id=f"org-{uuid.uuid4().hex[:8]}", name="Rescue South")
    hook = await told_of(store, org, "*")
    await bind(dock, store, org)
    yield Watched(dock, store, org, hook.id)
    await Webhooks(store).delete(hook.id)


async def test_a_dock_that_comes_and_goes_is_told_once_each_time(watched: Watched, sagas: Client) -> None:
    dock = watched.dock
    await dock.topology()
    await watched.told("dock.online")
    for awake in (True, False, False):
        await dock.topology(awake=awake)
    await dock.client.publish(f"sys/product/{dock.sn}/status", b"", qos=1)
    await watched.told("dock.online", "dock.offline")
    await dock.topology()
    told = await watched.told("dock.online", "dock.offline", "dock.online")
    assert {delivery.line for delivery in told} == {f"dock/{dock.sn}"}
    document = await Docks(watched.store).get(dock.sn)
    assert document is not None
    assert document.online_changed_at is not None
    moment = document.online_changed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert f'"at":"{moment}"' in told[2].payload
    saga = sagas.get_workflow_handle(webhook_id(watched.hook))
    assert await eventually(lambda: heard(saga, "webhook_due"))


async def test_health_alarms_are_told_when_they_change(watched: Watched) -> None:
    def alarm(code: str, **args: int) -> dict[str, Any]:
        return {
            "code": code,
            "device_type": "3-3-0",
            "level": 1,
            "module": 3,
            "in_the_sky": 0,
            "imminent": 0,
            "args": args,
        }

    rain, fan, other_fan = alarm("0x1A1"), alarm("0x1B2", sensor_index=0), alarm("0x1B2", sensor_index=1)
    tid = await watched.dock.say("events", {"list": [rain]}, method="hms")
    await watched.dock.say("events", {"list": [rain]}, method="hms", tid=tid)
    for alarms in ([rain], [rain, fan], [fan, rain], [rain, other_fan], []):
        await watched.dock.say("events", {"list": alarms}, method="hms")
    data = await watched.data(*["alert.hms"] * 4)
    ids: dict[str, set[str]] = {}
    for each in (alarm for event in data for alarms in event.values() for alarm in alarms):
        ids.setdefault(f"{each['code']}{each['args']}", set()).add(each.pop("alert"))
        assert each.pop("text")
    assert [len(found) for found in ids.values()] == [1, 1, 1], "one alert from its beginning to its end"
    assert data == [
        {"new": [rain], "still": [], "cleared": []},
        {"new": [fan], "still": [rain], "cleared": []},
        {"new": [other_fan], "still": [rain], "cleared": [fan]},
        {"new": [], "still": [], "cleared": [rain, other_fan]},
    ]


async def test_other_aircraft_are_told_when_they_are_new_or_nearer(watched: Watched) -> None:
    for level, icao in ((1, "AB12"), (0, "AB12"), (1, "AB12"), (3, "AB12"), (3, "CD34")):
        await watched.dock.say("events", [{"icao": icao, "warning_level": level}], method="airsense_warning")
    await watched.dock.say("events", {"action": 1, "reason": 2}, method="device_exit_homing_notify")
    data = await watched.data(*["alert.airsense"] * 3, "alert.exit_homing")
    assert [event["traffic"][0]["warning_level"] for event in data[:3]] == [1, 3, 3]
    assert [alert["level"] for event in data for alert in event["alerts"]] == [
        "caution",
        "warning",
        "warning",
        "warning",
    ]
    assert (data[3]["action"], data[3]["reason"]) == (1, 2)


async def test_files_are_told_once_each_and_their_saga_is_called(
    watched: Watched, settings: Settings, sagas: Client
) -> None:
    flight = FlightTask(
        id=uuid.uuid4().hex, org_id=watched.org.id, mission_id="m", dock_sn=watched.dock.sn, name="Ridge",
        requested_by="ann", progress=Progress(status="ok", media_count=2),
    )  # fmt: skip
    await FlightTasks(watched.store).put(flight)
    prefix = f"media/{watched.org.id}/{watched.dock.sn}/{uuid.uuid4().hex}"
    keys = [f"{prefix}/{name}" for name in ("DJI_1.jpg", "DJI_1.nav", "DJI_1.jpg", "DJI_2.mp4", "DJI_2.mp4")]
    for key in keys:
        await Objects.of(settings).put(key, key.encode())
        file = {"object_key": key, "name": key.rsplit("/", 1)[1], "ext": {"flight_id": flight.id}}
        reply = await watched.dock.ask("events", "file_upload_callback", {"file": file}, need_reply=1)
        assert reply["data"] == {"result": 0}
    told = await watched.told("media.new", "media.new", "media.new")
    assert [delivery.subject["flight"] for delivery in told] == [flight.id] * 3
    saga = sagas.get_workflow_handle(media_saga(flight.id))
    assert await eventually(lambda: heard(saga, "media_news"))
    lost = {"object_key": f"{prefix}/DJI_3.jpg", "name": "DJI_3.jpg", "ext": {"flight_id": flight.id}}
    for _ in range(2):
        reply = await watched.dock.ask("events", "file_upload_callback", {"file": lost}, need_reply=1)
        assert reply["data"] == {"result": 1}
    *_, missing = await watched.told("media.new", "media.new", "media.new", "media.missing")
    assert orjson.loads(missing.payload)["data"]["reason"] == "the bucket does not hold it"


async def test_an_organisation_without_an_endpoint_costs_no_write(bound: SpokenDock, store: AsyncClient) -> None:
    await bound.topology()

    async def told() -> bool:
        document = await Docks(store).get(bound.sn)
        return document is not None and document.online and document.presence_told

    await eventually(told)
    document = await Docks(store).get(bound.sn)
    assert document is not None
    assert await Deliveries(store).find(orgId=document.org_id) == []
