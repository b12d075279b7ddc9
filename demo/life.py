"""The life of one dock, step by step; each returns its evidence or raises NotProven."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from demo.proof import Outside, expect, until
from demo.report import DockReport
from demo.routes import Place, farthest_miss, kmz, square
from demo.simulation import Simulation
from demo.watch import Live
from simulator.video.viewer import RoomViewer

ANSWER_MOST: Final = 1.0  # s, the promise for each request of a dock
MISS_MOST: Final = 10.0  # m between the route's corners and the track that the osd drew
AGE_MOST: Final = 2000.0  # ms from the simulated camera to the viewer, on a busy machine of two cores
FRAMES_LEAST: Final = 30
ALOFT: Final = 1.0  # m above the dock
REGISTRATION: Final = ("config", "airport_bind_status", "airport_organization_get", "airport_organization_bind")
TERMINAL: Final = frozenset({"ok", "partially_done", "failed", "canceled", "rejected", "timeout", "missed"})


@dataclass
class World:
    """What all docks of a run share."""

    outside: Outside
    simulation: Simulation
    live: Live
    mission: str = ""
    viewer: RoomViewer | None = None
    on_qr: Callable[[str], None] | None = None


@dataclass
class Life:
    """One dock of the run, and what its steps learn for the later ones."""

    world: World
    report: DockReport
    home: Place
    aircraft_key: str
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def sn(self) -> str:
        return self.report.sn

    async def _dock(self) -> dict[str, Any]:
        return await self.world.outside.document(f"dji_docks/{self.sn}") or {}

    async def pair(self) -> dict[str, Any]:
        """An admin starts a pairing; the dock is given the QR code's content and nothing else."""
        outside = self.world.outside
        body = {"displayName": f"Demo {self.report.model}", "expectedModel": self.report.model}
        started = await outside.call("POST", "/v1/pairings", json=body)
        picture = await outside.api.get(f"/v1/pairings/{started['id']}/qr.png")
        expect(picture.content.startswith(b"\x89PNG"), "the QR code came as no PNG")
        if self.world.on_qr is not None:
            self.world.on_qr(started["qr"])
            self.world.on_qr = None  # one is enough to see what a person would hold before a dock
        await self.world.simulation.show_qr(self.sn, started["qr"])

        async def ended() -> dict[str, Any] | None:
            pairing = await outside.document(f"pairings/{started['id']}")
            return pairing if pairing and pairing["status"] not in ("starting", "waiting", "bound") else None

        pairing = await until("paired", ended, 60)
        expect(pairing["status"] == "paired", f"the pairing is {pairing['status']}: {pairing.get('error')}")
        expect(pairing["dockSn"] == self.sn, f"paired with {pairing['dockSn']}")
        answers = await self.world.simulation.answers(self.sn)
        asked = {method: answers[method] for method in REGISTRATION if method in answers}
        expect(len(asked) == len(REGISTRATION), f"the dock asked only {sorted(asked)}")
        expect(max(asked.values()) <= ANSWER_MOST, f"an answer took over a second: {asked}")
        workflow_id = started["saga"]["workflowId"]

        async def completed() -> bool:
            return (await outside.history(workflow_id))[-1] == "WORKFLOW_EXECUTION_COMPLETED"

        await until("pairing saga completed", completed, 20)
        return {
            "document": f"pairings/{started['id']}",
            "workflow": workflow_id,
            "history_events": len(await outside.history(workflow_id)),
            "png_bytes": len(picture.content),
            "answer_seconds": {method: round(seconds, 3) for method, seconds in asked.items()},
        }

    async def online(self) -> dict[str, Any]:
        """Its topology was answered, and the store says that dock and aircraft are there."""

        async def there() -> dict[str, Any] | None:
            dock = await self._dock()
            return dock if dock.get("online") and dock.get("aircraftOnline") else None

        dock = await until("dock and aircraft online", there, 30)
        answers = await self.world.simulation.answers(self.sn)
        expect("update_topo" in answers, "update_topo was not answered")
        events = await self.world.outside.history(f"dock/{self.sn}")
        return {
            "document": f"dji_docks/{self.sn}",
            "product": dock["product"],
            "online_since": str(dock["onlineChangedAt"]),
            "workflow": f"dock/{self.sn}",
            "history_events": len(events),
        }

    async def state(self) -> dict[str, Any]:
        """Dock and aircraft are in the store with their split osd merged, and the live picture flows."""
        needed = ("cover_state", "network_state", "drone_in_dock", "wireless_link", "environment_temperature")

        async def whole() -> tuple[dict[str, Any], dict[str, Any]] | None:
            dock = await self._dock()
            aircraft = await self.world.outside.document(f"dji_aircraft/{self.report.aircraft_sn}")
            if aircraft is None or not all(name in dock.get("osd", {}) for name in needed):
                return None
            return (dock, aircraft) if "battery" in aircraft.get("osd", {}) else None

        dock, aircraft = await until("merged osd of dock and aircraft", whole, 30)

        async def flowing() -> bool:
            live = self.world.live.messages
            return live[(self.sn, "dock")] > 1 and live[(self.sn, "aircraft")] > 1

        await until("live picture", flowing, 20)
        return {
            "documents": [f"dji_docks/{self.sn}", f"dji_aircraft/{self.report.aircraft_sn}"],
            "dock_properties": len(dock["osd"]) + len(dock["state"]),
            "aircraft_properties": len(aircraft["osd"]) + len(aircraft["state"]),
            "live_messages": sum(n for (sn, _), n in self.world.live.messages.items() if sn == self.sn),
        }

    async def assign(self) -> dict[str, Any]:
        """The dock is put into the mission, and into no other."""
        outside, mission = self.world.outside, self.world.mission
        await outside.call("POST", f"/v1/missions/{mission}/docks", json={"sn": self.sn})
        dock = await self._dock()
        expect(dock.get("missionId") == mission, f"missionId is {dock.get('missionId')}")
        other = await outside.call("POST", "/v1/missions", json={"name": f"Another for {self.sn}"})
        refused = await outside.api.post(f"/v1/missions/{other['id']}/docks", json={"sn": self.sn})
        await outside.call("POST", f"/v1/missions/{other['id']}/end", json={"outcome": "aborted"})
        expect(refused.status_code == 409, f"a second mission got the dock: {refused.status_code}")
        return {"document": f"missions/{mission}", "mission": mission, "second_mission": refused.json()["detail"]}

    async def auto_stream(self) -> dict[str, Any]:
        """Without anybody's doing an ingress is made and the dock is told to push to it."""

        async def made() -> dict[str, Any] | None:
            found = await self.world.outside.documents("ingresses", sn=self.sn)
            return next((item for item in found if item["state"] == "live"), None)

        ingress = await until("ingress with frames", made, 60)
        commands = await self.world.outside.documents("dji_commands", sn=self.sn, method="live_start_push")
        accepted = [command for command in commands if command["status"] == "accepted"]
        expect(accepted, f"live_start_push was not accepted: {[c['status'] for c in commands]}")
        expect(accepted[0]["data"]["url_type"] == 4, f"url_type was {accepted[0]['data']['url_type']}")
        push = next((push for push in await self.world.simulation.pushes(self.sn) if push["status"] == 1), None)
        expect(push is not None and "/rtc/v1/whip/" in push["url"], "the dock does not push by WHIP")
        assert push is not None
        self.seen.update(ingress=ingress, push=push["url"])
        return {
            "document": f"ingresses/{ingress['id']}",
            "workflow": ingress["workflowId"],
            "identity": ingress["identity"],
            "command": f"dji_commands/{accepted[0]['tid']}",
            "frames_sent": push["frames"],
        }

    async def video(self) -> dict[str, Any]:
        """An independent viewer finds the peer, decodes its pictures and reads the dock's serial in them."""
        viewer, identity = self.world.viewer, self.seen["ingress"]["identity"]
        assert viewer is not None
        sight = await viewer.wait_for_sight(identity, timeout=30)
        await viewer.wait_until(lambda: viewer.frames.get(identity, 0) >= FRAMES_LEAST, 30)
        expect(identity.startswith(f"dji-dock-{self.sn}-"), f"identity is {identity}")
        metadata = json.loads(viewer.participants[identity].metadata)
        expect(metadata["source"] == "dji-cloud" and metadata["role"] == "video", f"metadata is {metadata}")
        sight = await viewer.wait_for_sight(identity, after=time.time(), timeout=10)
        expect(sight.marker.sn in (self.sn, self.report.aircraft_sn), f"the picture is of {sight.marker.sn}")
        expect(sight.age_ms <= AGE_MOST, f"the picture is {sight.age_ms:.0f} ms old")
        heard = await viewer.wait_for_data("dock", identity=f"dji-dock-{self.sn}", timeout=30)
        return {
            "identity": identity,
            "metadata": metadata,
            "frames_seen": viewer.frames[identity],
            "size": f"{sight.width}x{sight.height}",
            "picture_age_ms": round(sight.age_ms),
            "marker": {"sn": sight.marker.sn, "frame": sight.marker.frame},
            "telemetry_peer": heard.identity,
        }

    async def fly(self) -> dict[str, Any]:
        """A route is uploaded and flown with a pause on the way; a second flight is stopped and comes home."""
        outside = self.world.outside
        data = kmz(self.home, self.aircraft_key, f"square {self.report.model}")
        files = {"file": ("square.kmz", data)}
        wayline = await outside.call("POST", "/v1/waylines", files=files, data={"aircraft": self.aircraft_key})
        self.world.live.tracks[self.sn].clear()
        flight = await self._dispatch(wayline["id"])
        await self._until_flying(flight)
        await outside.call("POST", f"/v1/flights/{flight}/pause")
        await self._until_status(flight, {"paused"}, 30)
        await outside.call("POST", f"/v1/flights/{flight}/resume")
        await self._until_status(flight, {"executing", "returning"} | TERMINAL, 30)
        task = await self._until_status(flight, TERMINAL, 400)
        expect(task["status"] == "ok", f"the flight ended {task['status']}: {task.get('reason')}")
        miss = farthest_miss(self.world.live.tracks[self.sn], square(self.home))
        expect(miss <= MISS_MOST, f"the track missed a corner of the file by {miss:.0f} m")
        flown = await self.world.simulation.flown(self.sn, flight)
        expect(flown == wayline["md5"], f"the dock flew {flown}, not {wayline['md5']}")
        self.seen["flight"] = flight

        second = await self._dispatch(wayline["id"])
        await self._until_flying(second)
        await outside.call("POST", f"/v1/flights/{second}/stop")
        stopped = await self._until_status(second, TERMINAL, 300)
        expect(stopped["status"] not in ("ok", "missed"), f"the stopped flight ended {stopped['status']}")
        await until("aircraft home after the stop", self._home, 60)
        await self.world.simulation.expect_obedience(self.sn)
        events = await outside.history(f"flight/{flight}")
        return {
            "documents": [f"dji_flight_tasks/{flight}", f"dji_flight_tasks/{second}"],
            "workflow": f"flight/{flight}",
            "history_events": len(events),
            "wayline_md5": wayline["md5"],
            "farthest_miss_m": round(miss, 1),
            "gate": {reading["name"]: reading["value"] for reading in task["gate"]},
            "stopped": stopped["status"],
        }

    async def _dispatch(self, wayline: str) -> str:
        self.world.live.latest.pop((self.sn, "aircraft"), None)
        body = {"dockSn": self.sn, "waylineId": wayline, "rthAltitude": 80, "queue": True}
        flight: str = (await self.world.outside.call("POST", "/v1/flights", json=body))["id"]
        return flight

    async def _task(self, flight: str) -> dict[str, Any]:
        return await self.world.outside.document(f"dji_flight_tasks/{flight}") or {}

    async def _until_flying(self, flight: str) -> None:
        """Until the dock itself says that the route is being flown, and the aircraft that it has left the ground: in
        the moment between, docks refuse to pause it or to call it home.
        """

        async def executing() -> bool:
            task = await self._task(flight)
            expect(task.get("status") not in TERMINAL, f"the flight ended {task.get('status')}: {task.get('reason')}")
            executes = task.get("status") == "executing" and (task["progress"] or {}).get("phase") == "executing"
            picture = self.world.live.latest.get((self.sn, "aircraft"), {})
            return executes and (picture.get("elevation") or 0.0) > ALOFT

        await until("route under way", executing, 180)

    async def _until_status(self, flight: str, wanted: set[str] | frozenset[str], within: float) -> dict[str, Any]:
        async def reached() -> dict[str, Any] | None:
            task = await self._task(flight)
            return task if task.get("status") in wanted else None

        return await until(f"flight {'/'.join(sorted(wanted))}", reached, within)

    async def _home(self) -> bool:
        dock = await self._dock()
        return bool(dock.get("osd", {}).get("drone_in_dock") == 1)

    async def media(self) -> dict[str, Any]:
        """Photos, film and side files are in the bucket and in the store, once each, and the same as at the dock."""
        sent = {item["object_key"]: item for item in await self._uploaded()}
        kinds: dict[str, int] = {}

        async def written() -> list[dict[str, Any]] | None:
            found = await self.world.outside.documents("dji_media", dockSn=self.sn, flightId=self.seen["flight"])
            return found if {item["objectKey"] for item in found} >= set(sent) else None

        documents = await until("media documents", written, 60)
        expect(len(documents) == len(sent), f"{len(documents)} documents for {len(sent)} files")
        for document in documents:
            kept = await self.world.outside.object(document["objectKey"])
            file = sent[document["objectKey"]]
            expect(kept == (file["size"], file["md5"]), f"{document['objectKey']} is not what the dock sent")
            expect((document["size"], document["md5"]) == kept, f"{document['id']} says another size or MD5")
            kinds[document["kind"]] = kinds.get(document["kind"], 0) + 1
        expect({"photo", "video", "ppk"} <= kinds.keys(), f"only {kinds} came")
        return {
            "documents": [f"dji_media/{document['id']}" for document in documents],
            "objects": sorted(sent),
            "kinds": kinds,
        }

    async def _uploaded(self) -> list[dict[str, Any]]:
        async def done() -> list[dict[str, Any]] | None:
            return await self.world.simulation.uploads(self.sn, self.seen["flight"])

        return await until("uploads", done, 120)

    async def end(self) -> dict[str, Any]:
        """The mission has ended: nothing is pushed, the key opens nothing, dock and aircraft are free and at home."""
        outside, ingress = self.world.outside, self.seen["ingress"]

        async def over() -> dict[str, Any] | None:
            mission = await outside.document(f"missions/{self.world.mission}")
            return mission if mission and mission["status"] in ("completed", "aborted") else None

        mission = await until("mission ended", over, 120)
        expect(mission["status"] == "completed" and not mission["problems"], f"it ended with {mission['problems']}")
        dock = await self._dock()
        expect(dock["missionId"] is None, f"missionId is {dock['missionId']}")
        expect(dock.get("lease") is None, f"the dock is held by {dock.get('lease')}")
        states = {item["id"]: item["state"] for item in await outside.documents("ingresses", sn=self.sn)}
        expect(set(states.values()) == {"closed"}, f"ingresses are {states}")
        pushing = [push for push in await self.world.simulation.pushes(self.sn) if push["status"] == 1]
        expect(not pushing, f"the dock still pushes {len(pushing)} streams")
        async with httpx.AsyncClient() as http:
            knock = await http.post(self.seen["push"], content="v=0\r\n", headers={"Content-Type": "application/sdp"})
        expect(knock.status_code == 404, f"the old stream key was answered with {knock.status_code}")
        await until("aircraft in the dock", self._home, 30)
        return {
            "document": f"missions/{self.world.mission}",
            "workflow": f"mission/{self.world.mission}",
            "ingress": f"ingresses/{ingress['id']}",
            "old_stream_key": knock.status_code,
            "history_events": len(await outside.history(f"mission/{self.world.mission}")),
        }


async def run_step(life: Life, name: str, changed: Any) -> bool:
    """One step with its outcome in the report; False when it was not proven."""
    step = life.report.step(name)
    step.outcome, began = "running", time.monotonic()
    changed()
    try:
        step.evidence = await getattr(life, name.replace("-", "_"))()
        step.outcome = "proven"
    except asyncio.CancelledError:
        raise
    except Exception as error:  # a report with a reason is worth more than a traceback
        step.outcome, step.reason = "failed", f"{type(error).__name__}: {error}".removeprefix("NotProven: ")
    step.seconds = round(time.monotonic() - began, 2)
    changed()
    return step.outcome == "proven"
