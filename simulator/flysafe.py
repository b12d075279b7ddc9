"""FlySafe licences: `unlock_license_list`, `unlock_license_switch`, `unlock_license_update`."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service
from simulator.wayline_task import TaskFailed, download

UNKNOWN, AIRCRAFT_OFF, NOT_FETCHED = 325001, 325012, 325003
AIRCRAFT, DOCK = 0, 3
YEAR = 365 * 86_400


class FlySafe(Feature):
    """Licences as granted (dock) and as imported into the aircraft."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        if not dock.memory.licences:
            dock.memory.licences = [self._licence(number) for number in (1, 2)]
        self._imported = [dict(licence) for licence in dock.memory.licences]

    def _licence(self, number: int) -> Json:
        begin = int(time.time()) - 86_400
        home = self.dock.home
        common = {
            "license_id": 230_000 + self.dock.config.seed * 10 + number,
            "name": f"Site {number}",
            "type": 1 if number % 2 else 3,
            "group_id": 0,
            "user_id": "pilot@example.org",
            "device_sn": self.dock.aircraft_sn,
            "begin_time": begin,
            "end_time": begin + YEAR,
            "user_only": False,
            "enabled": number == 1,
        }
        if number % 2:
            place = {"radius": 3000, "latitude": home.latitude, "longitude": home.longitude, "height": 500}
            return {"common_fields": common, "circle_unlock": place}
        return {"common_fields": common, "height_unlock": {"height": 300}}

    @service("unlock_license_list")
    async def list_licences(self, call: Call) -> Answer:
        """Fields are beside `result`."""
        domain = call.data["device_model_domain"]
        if domain == AIRCRAFT and not self.dock.aircraft.on:
            raise Refused(AIRCRAFT_OFF, "the aircraft is off")
        granted = self.dock.memory.licences
        licences = self._imported if domain == AIRCRAFT else granted
        more = {"device_model_domain": domain, "consistence": self._imported == granted, "licenses": licences}
        return Answer(more=more)

    @service("unlock_license_switch")
    async def switch(self, call: Call) -> Answer:
        if not self.dock.aircraft.on:
            raise Refused(AIRCRAFT_OFF, "the aircraft is off")
        wanted = call.data["license_id"]
        found = [licence for licence in self._imported if licence["common_fields"]["license_id"] == wanted]
        if not found:
            raise Refused(UNKNOWN, f"no licence {wanted}")
        for licence in (*found, *self.dock.memory.licences):
            if licence["common_fields"]["license_id"] == wanted:
                licence["common_fields"]["enabled"] = bool(call.data["enable"])
        self.dock.memory.save()
        return Answer(more={"license_id": wanted})

    @service("unlock_license_update")
    async def update(self, call: Call) -> Answer:
        """With a file, from there; without, from DJI's server."""
        if not self.dock.aircraft.on:
            raise Refused(AIRCRAFT_OFF, "the aircraft is off")
        file = call.data.get("file")
        if file is not None and file.get("url"):
            try:
                content = await download(file["url"])
            except TaskFailed as failure:
                raise Refused(NOT_FETCHED, str(failure)) from None
            if hashlib.md5(content, usedforsecurity=False).hexdigest() != str(file.get("fingerprint", "")).lower():
                raise Refused(NOT_FETCHED, "the MD5 is another")
        licences = self.dock.memory.licences
        licences.append(self._licence(len(licences) + 1))
        self._imported = [{**licence, "common_fields": dict(licence["common_fields"])} for licence in licences]
        self.dock.memory.save()
        return Answer()

    def shown(self) -> Json:
        return {"licences": len(self.dock.memory.licences)}
