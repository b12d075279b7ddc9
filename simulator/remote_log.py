"""Logs: `fileupload_list`, `fileupload_start`, `fileupload_update`, `fileupload_progress`."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import Any

from simulator.bucket import Bucket, UploadFailed
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service

AIRCRAFT, DOCK = "0", "3"
AIRCRAFT_OFF, EMPTY, UPLOAD_FAILED, BUSY = 324015, 324014, 324019, 325009
BOOTS = 5
TOTAL_STEPS = 30
BOOT_SECONDS = 3600


class RemoteLog(Feature):
    """Logs of the last boots of dock and aircraft, and one upload at a time."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self._upload: asyncio.Task[Any] | None = None
        self.uploaded: list[str] = []
        # The oldest boot of the list began so long ago; whole seconds, as docks have them
        self._epoch = int(time.time()) - BOOTS * BOOT_SECONDS

    def _logs(self, module: str) -> list[Json]:
        unit = self.dock.model.log_time_unit
        times = [(self._epoch + number * BOOT_SECONDS) * 1000 // unit for number in range(BOOTS)]
        base = 100_000 if module == AIRCRAFT else 250_000
        return [
            {
                "boot_index": 1000 + number,
                "start_time": start,
                "end_time": start + (BOOT_SECONDS - 60) * 1000 // unit,
                "size": base + number * 1711,
            }
            for number, start in enumerate(times)
        ]

    @service("fileupload_list")
    async def list_logs(self, call: Call) -> Answer:
        """Fields are beside `result`, not in `output`."""
        files = []
        for module in call.data["module_list"]:
            aircraft = str(module) == AIRCRAFT
            off = aircraft and not self.dock.aircraft.on
            files.append(
                {
                    "device_sn": self.dock.aircraft_sn if aircraft else self.dock.sn,
                    "module": str(module),
                    "result": AIRCRAFT_OFF if off else 0,
                    "list": [] if off else self._logs(str(module)),
                }
            )
        return Answer(more={"files": files})

    @service("fileupload_start")
    async def start(self, call: Call) -> Answer:
        if self._upload is not None and not self._upload.done():
            raise Refused(BUSY, "an upload runs")
        files = call.data["params"]["files"]
        if not files:
            raise Refused(EMPTY, "no files")
        if any(str(file["module"]) == AIRCRAFT for file in files) and not self.dock.aircraft.on:
            raise Refused(AIRCRAFT_OFF, "the aircraft is off")
        try:
            bucket = Bucket.of(call.data)
        except UploadFailed as error:
            raise Refused(UPLOAD_FAILED, str(error)) from None

        async def then() -> None:
            self._upload = self.dock.spawn(self._run(call, bucket, files), "logs")

        return Answer(then=then)

    async def _run(self, call: Call, bucket: Bucket, files: list[Json]) -> None:
        began = time.time()
        states = [self._state(file) for file in files]
        for percent in (0, 40, 80):
            for state in states:
                state["progress"] |= {"progress": percent, "current_step": TOTAL_STEPS * percent // 100}
            self._tell(call, "in_progress", states)
            await self.dock.clock.sleep(1)
            while percent == 40 and self.dock.scenario.logs == "stalls":
                self._tell(call, "in_progress", states)
                await self.dock.clock.sleep(1)
        whole = 0
        for number, (file, state) in enumerate(zip(files, states, strict=True)):
            content = self._content(file, state["size"])
            result = await self._put(bucket, file["object_key"], content, second_half=number >= len(files) // 2)
            whole = whole or result
            state["fingerprint"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
            rate = round(len(content) / max(0.1, time.time() - began))
            state["progress"] |= {
                "progress": 100,
                "current_step": TOTAL_STEPS,
                "finish_time": self.dock.clock.wall_ms(),
                "upload_rate": rate,
                "result": result,
                "status": "failed" if result else "ok",
            }
        self._tell(call, "failed" if whole else "ok", states, whole)
        self.dock.touch()

    async def _put(self, bucket: Bucket, key: str, content: bytes, *, second_half: bool) -> int:
        """0, or why it did not go up."""
        how = self.dock.scenario.logs
        if how == "half_fails" and second_half:
            return UPLOAD_FAILED
        if how == "claims":
            return 0
        try:
            await bucket.put(key, content)
        except UploadFailed:
            return UPLOAD_FAILED
        self.uploaded.append(key)
        return 0

    def _state(self, file: Json) -> Json:
        aircraft = str(file["module"]) == AIRCRAFT
        wanted = {log["boot_index"] for log in file["list"]}
        size = sum(log["size"] for log in self._logs(str(file["module"])) if log["boot_index"] in wanted)
        progress = {"current_step": 0, "progress": 0, "finish_time": 0, "upload_rate": 0, "result": 0,
                    "status": "in_progress"}  # fmt: skip
        if not aircraft:
            progress["total_step"] = TOTAL_STEPS
        return {
            "device_sn": self.dock.aircraft_sn if aircraft else self.dock.sn,
            "module": str(file["module"]),
            "key": file["object_key"],
            "fingerprint": "",
            "size": size,
            "progress": progress,
        }

    def _content(self, file: Json, size: int) -> bytes:
        line = (
            f"{self.dock.sn} {file['module']} {[log['boot_index'] for log in file['list']]} log of a simulated dock\n"
        )
        return (line.encode() * (size // len(line) + 1))[:size]

    def _tell(self, call: Call, status: str, files: list[Json], result: int = 0) -> None:
        data = {"result": result, "output": {"status": status, "ext": {"files": files}}}
        self.dock.link.event("fileupload_progress", data, bid=call.bid, need_reply=0, names=[status])

    @service("fileupload_update")
    async def update(self, call: Call) -> Answer:
        """`cancel` is all there is; no progress follows."""
        task, self._upload = self._upload, None
        if task is None or task.done():
            raise Refused(EMPTY, "no upload runs")
        task.cancel()
        return Answer()

    async def powered_off(self) -> None:
        self._upload = None

    def shown(self) -> Json:
        return {"uploading": self._upload is not None and not self._upload.done(), "uploaded": self.uploaded}
