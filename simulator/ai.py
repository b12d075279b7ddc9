"""Recognition by the aircraft (Dock 3): `drc_ai_*` on the link of the live flight controls."""

from __future__ import annotations

from typing import Any

from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, drc

OFF, TRACKING, CONFIRM = 0, 2, 1
NOT_NOW = 327022
MODELS = ("Built-in", "Fire and smoke")
LABELS = {1: "unknown", 2: "person", 3: "car", 4: "boat"}
SCORE_OF_MODE = {0: 50, 1: 30, 2: 50, 3: 70}


class Ai(Feature):
    """What is recognised and followed."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.on = self.spotlight = False
        self.model = 0
        self.score, self.score_mode = 50, 0
        self.filters: list[int] = [2, 3, 4]
        self.tracking = OFF

    def _awake(self) -> None:
        if not self.dock.aircraft.on:
            raise Refused(NOT_NOW, "the aircraft is off")

    @drc("drc_ai_identify_set", "drc_ai_model_select", "drc_ai_identify_filter_set")
    async def identify(self, call: Call) -> Answer:
        self._awake()
        if "index" in call.data:
            if not 0 <= call.data["index"] < len(MODELS):
                raise Refused(NOT_NOW, f"no model {call.data['index']}")
            self.model = call.data["index"]
        elif "filters" in call.data:
            self.filters = list(call.data["filters"])
        else:
            self.on = bool(call.data["on"])
        return Answer()

    @drc("drc_ai_identify_score_mode_set", "drc_ai_identify_score_set", "drc_ai_identify_score_reset")
    async def set_score(self, call: Call) -> Answer:
        self._awake()
        if "score_mode" in call.data:
            self.score_mode = call.data["score_mode"]
            self.score = SCORE_OF_MODE.get(self.score_mode, self.score)
        else:
            self.score = call.data.get("score", SCORE_OF_MODE[0])
        return Answer()

    @drc("drc_ai_spotlight_zoom_set", "drc_ai_spotlight_zoom_track", "drc_ai_spotlight_zoom_select",
         "drc_ai_spotlight_zoom_confirm", "drc_ai_spotlight_zoom_stop")  # fmt: skip
    async def follow(self, call: Call) -> Answer:
        self._awake()
        step = call.method.rsplit("_", 1)[1]
        if step == "set":
            self.spotlight, self.tracking = bool(call.data["on"]), OFF
        elif not self.spotlight:
            raise Refused(NOT_NOW, "it is not switched on")
        elif step == "select":
            self.tracking = CONFIRM
        elif step == "confirm" and self.tracking != CONFIRM:
            raise Refused(NOT_NOW, "nothing was selected")
        else:
            self.tracking = OFF if step == "stop" else TRACKING
        return Answer()

    def info(self) -> Json:
        """The data of `drc_ai_info_push`."""
        return {
            "identify_on": int(self.on),
            "spotlight_zoom_on": int(self.spotlight),
            "ai_spotlight_zoom": {"state": self.tracking, "state_reason": 0},
            "ai_model_list": [{"index": index, "signed_name": name} for index, name in enumerate(MODELS)],
            "selected_ai_model": {
                "index": self.model,
                "score": self.score,
                "score_mode": self.score_mode,
                "filters": self.filters,
                "image_source": [1],
                "digital_effect": [0],
            },
        }
