"""Payloads of other makers: speaker, widgets, texts and free data, over services; the pages of their user interface."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from simulator.bucket import Bucket, UploadFailed
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service
from simulator.link import NoAnswer
from simulator.wayline_task import TaskFailed, download

NOT_NOW, NOT_FETCHED, WRONG_MD5, WRONG_TEXT = 327050, 327051, 327068, 327071
NOT_PLAYING, NOTHING_TO_REPLAY, NO_WIDGET = 327057, 327074, 327060
SPEAKER = 2
COUNT = 4
TTS_STEPS = ("change_work_mode", "upload", "play")
AUDIO_STEPS = ("change_work_mode", "download", "encoding", "upload", "play")
PLAY_SECONDS = 3.0
WIDGETS = 8
CUSTOM_BYTES = 256
UI_PAGE = b"widgets of a simulated payload"


class Psdk(Feature):
    """Four payload ports; the speaker is on port 2."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.volume, self.mode = 50, 0
        self.state, self.last = 0, {"name": "", "md5": ""}
        self.tts: Json = {"volume": 50, "type": 0, "language": 0, "speed": 50}
        self.widgets: dict[int, dict[int, int]] = {}
        self.texts: dict[int, str] = {}
        self.received: list[tuple[str, str]] = []
        self.ui_key: str | None = None
        self._playing: asyncio.Task[Any] | None = None

    def _port(self, call: Call, *, speaker: bool = False) -> int:
        index = int(call.data["psdk_index"])
        if not self.dock.aircraft.on or index >= COUNT or (speaker and index != SPEAKER):
            raise Refused(NOT_NOW, f"no such payload on port {index}")
        return index

    # Speaker

    @service("speaker_tts_play_start")
    async def speak(self, call: Call) -> Answer:
        self._port(call, speaker=True)
        tts = call.data["tts"]
        if hashlib.md5(str(tts["text"]).encode(), usedforsecurity=False).hexdigest() != str(tts["md5"]).lower():
            raise Refused(WRONG_TEXT, "the MD5 of the text is another")
        return Answer(then=lambda: self.play(call, tts, TTS_STEPS))

    @service("speaker_audio_play_start")
    async def play_file(self, call: Call) -> Answer:
        self._port(call, speaker=True)
        return Answer(then=lambda: self.play(call, call.data["file"], AUDIO_STEPS))

    async def play(self, call: Call, what: Json, steps: tuple[str, ...]) -> None:
        """Play from now on, in place of what was played."""
        self._silence()
        self._playing = self.dock.spawn(self._play(call, what, steps), "speaker")

    async def _play(self, call: Call, what: Json, steps: tuple[str, ...]) -> None:
        self.state, self.last = 1, {"name": what.get("name", ""), "md5": what["md5"]}
        while True:
            for number, step in enumerate(steps):
                result = await self._file_fault(what) if step == "download" else 0
                status = "ok" if result else "in_progress"
                self._tell(call, what, status, step, 100 * number // len(steps), result)
                if result:
                    self.state = 0
                    return
                await self.dock.clock.sleep(PLAY_SECONDS if step == "play" else 0.5)
            self._tell(call, what, "ok", "play", 100)
            if not self.mode:  # 1: again and again
                break
        self.state = 0
        self.dock.touch()

    async def _file_fault(self, what: Json) -> int:
        try:
            content = await download(str(what.get("url")))
        except TaskFailed:
            return NOT_FETCHED
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return 0 if found == str(what["md5"]).lower() else WRONG_MD5

    def _tell(self, call: Call, what: Json, status: str, step: str, percent: int, result: int = 0) -> None:
        progress = {"percent": percent, "step_key": step}
        if call.method.startswith("drc_"):
            data = {
                "psdk_index": SPEAKER,
                "result": 0,
                "md5": what["md5"],
                "progress": progress | {"percent": percent or 1},
                "status": "success" if status == "ok" else status,
            }
            self.dock.drc.push("drc_speaker_play_progress", data)
            return
        output = {"psdk_index": SPEAKER, "status": status, "md5": what["md5"], "progress": progress}
        self.dock.link.event(f"{call.method}_progress", {"result": result, "output": output}, bid=call.bid)

    def _silence(self) -> None:
        task, self._playing = self._playing, None
        if task is not None:
            task.cancel()
        self.state = 0

    @service("speaker_play_stop", "speaker_replay")
    async def stop_or_replay(self, call: Call) -> Answer:
        """Stop what is playing, or play the last again."""
        self._port(call, speaker=True)
        playing = self._playing is not None and not self._playing.done()
        if call.method.endswith("stop"):
            if not playing:
                raise Refused(NOT_PLAYING, "it plays nothing")
            self._silence()
            return Answer()
        if not self.last["md5"]:
            raise Refused(NOTHING_TO_REPLAY, "it has played nothing yet")
        name = "drc_speaker_tts_play_start" if call.method.startswith("drc_") else "speaker_tts_play_start"
        again = Call(name, call.tid, call.bid, call.data)
        return Answer(then=lambda: self.play(again, self.last, ("play",)))

    @service("speaker_play_mode_set", "speaker_play_volume_set")
    async def set_speaker(self, call: Call) -> Answer:
        self._port(call, speaker=True)
        self.mode = call.data.get("play_mode", self.mode)
        self.volume = call.data.get("play_volume", self.volume)
        return Answer(then=self.tell_state)

    # Widgets, texts, free data

    @service("psdk_widget_value_set")
    async def set_widget(self, call: Call) -> Answer:
        port = self._port(call)
        if call.data["index"] >= WIDGETS:
            raise Refused(NO_WIDGET, f"no widget {call.data['index']}")
        self.widgets.setdefault(port, {})[call.data["index"]] = call.data["value"]
        return Answer(then=self.tell_state)

    @service("psdk_input_box_text_set")
    async def set_text(self, call: Call) -> Answer:
        self.texts[self._port(call)] = call.data["value"]
        return Answer()

    @service("custom_data_transmission_to_psdk", "custom_data_transmission_to_esdk")
    async def receive(self, call: Call) -> Answer:
        """Sent back by what is connected, so that both ways can be seen to work."""
        value = call.data["value"]
        if call.method.endswith("psdk") and not self.dock.aircraft.on:
            raise Refused(NOT_NOW, "the aircraft is off")
        if len(value.encode()) > CUSTOM_BYTES:
            raise Refused(210002, f"more than {CUSTOM_BYTES} bytes")
        self.received.append((call.method, value))
        back = call.method.replace("_to_", "_from_")

        async def then() -> None:
            self.dock.link.event(back, {"value": value})

        return Answer(then=then)

    async def tell_state(self) -> None:
        """`psdk_widget_values`, after a change."""
        self.dock.device.aircraft_state({"psdk_widget_values": self.values()})

    def values(self) -> list[Json]:
        """The value of `psdk_widget_values`."""
        speaker = {
            "work_mode": 0,
            "play_mode": self.mode,
            "play_volume": self.volume,
            "system_state": self.state,
            "play_file_name": self.last["name"],
            "play_file_md5": self.last["md5"],
        }
        ports = sorted({SPEAKER, *self.widgets})
        return [
            {
                "psdk_index": port,
                "psdk_name": "Speaker" if port == SPEAKER else f"Payload {port}",
                "psdk_sn": f"{self.dock.aircraft_sn[-8:]}P{port}",
                "psdk_version": "01.00.00.12",
                "psdk_lib_version": "3.8.1",
                **({"speaker": speaker} if port == SPEAKER else {}),
                "values": [{"index": index, "value": value} for index, value in self.widgets.get(port, {}).items()],
            }
            for port in ports
        ]

    # Pages

    async def upload_pages(self) -> None:
        """A payload was mounted: `storage_config_get` for module 1, the upload, and what became of it."""
        try:
            reply = await self.dock.link.request("storage_config_get", {"module": 1})
            data = reply.data.present()
            told = data.get("output") or data
            if reply.result not in (0, None):
                raise UploadFailed(f"result {reply.result}")
            bucket = Bucket.of(told)
            key = bucket.key(f"{self.dock.aircraft_sn}_widget")
            await bucket.put(key, UI_PAGE)
        except (UploadFailed, NoAnswer):
            data = {"psdk_index": SPEAKER, "object_key": "", "size": 0, "result": 327067}
        else:
            self.ui_key = key
            data = {"psdk_index": SPEAKER, "object_key": key, "size": len(UI_PAGE), "result": 0}
        self.dock.link.event("psdk_ui_resource_upload_result", data)
        self.dock.device.aircraft_state({"psdk_ui_resource": self.pages()})

    def pages(self) -> list[Json]:
        """The value of `psdk_ui_resource`."""
        return [{"psdk_index": SPEAKER, "psdk_ready": 1, "object_key": self.ui_key}] if self.ui_key else []

    async def powered_off(self) -> None:
        self._playing, self.state = None, 0

    def shown(self) -> Json:
        return {
            "volume": self.volume,
            "playing": self.state == 1,
            "widgets": self.widgets,
            "received": self.received[-20:],
        }
