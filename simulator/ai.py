"""Recognition by the aircraft (Dock 3): `drc_ai_*` on the link of the live flight controls, boxes in its video."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from dji import ai_sei
from dji.ai_sei import AiPicture, Box
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, drc

OFF, CHOOSE, CONFIRM, TRACKING = range(4)  # `ai_spotlight_zoom.state`
NOT_NOW = 327022
MODELS = ("Built-in", "Fire and smoke")
LABELS = {1: "unknown", 2: "person", 3: "car", 4: "boat"}
SCORE_OF_MODE = {0: 50, 1: 30, 2: 50, 3: 70}
MARKERS: Final = {"whip": ai_sei.OVER_WHIP, "agora": ai_sei.OVER_AGORA}
ROUND: Final = 20.0  # s in which a target goes once around its place
DISTANCE: Final = 40_000  # mm
TRACKED, OBSCURED = 0, 3
HIDDEN_ABOVE: Final = 0.9  # by the sine of a target's way round: at its lowest it is behind something


@dataclass(frozen=True)
class Target:
    """Something on the ground. Place and size in 1/10000 of the picture; `score` is how sure the model is of it."""

    id: int
    kind: int
    score: int
    x: int
    y: int
    width: int
    height: int

    def box(self, at: int) -> Box:
        turn = 2 * math.pi * (at / 1000 / ROUND + self.id / 5)
        x, y = round(self.x + 900 * math.cos(turn)), round(self.y + 400 * math.sin(turn))
        state = OBSCURED if math.sin(turn) > HIDDEN_ABOVE else TRACKED
        return Box(self.id, self.kind, state, x, y, self.width, self.height, DISTANCE + 1000 * self.id)


TARGETS: Final = (
    Target(1, 2, 90, 2500, 5500, 300, 700),
    Target(2, 2, 60, 4200, 6200, 300, 700),
    Target(3, 3, 80, 6500, 6000, 900, 600),
    Target(4, 4, 75, 7800, 4800, 1200, 500),
    Target(5, 1, 40, 5200, 4900, 250, 250),
)


class Ai(Feature):
    """What is recognised and followed."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.on = self.spotlight = False
        self.model = 0
        self.score, self.score_mode = 50, 0
        self.filters: list[int] = [2, 3, 4]
        self.tracking = OFF
        self.target: int | None = None

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
            self.spotlight = bool(call.data["on"])
            self.tracking = CHOOSE if self.spotlight else OFF
        elif not self.spotlight:
            raise Refused(NOT_NOW, "it is not switched on")
        elif step == "select":
            self.tracking = CONFIRM
        elif step == "confirm" and self.tracking != CONFIRM:
            raise Refused(NOT_NOW, "nothing was selected")
        else:
            self.tracking = CHOOSE if step == "stop" else TRACKING
        if step == "track":
            self.target = call.data["target_index"]
        elif self.tracking != TRACKING:
            self.target = None
        return Answer()

    def picture(self, at: int) -> AiPicture:
        """What is seen in the picture `at` ms after the stream began."""
        seen = [target for target in TARGETS if target.kind in self.filters and target.score >= self.score]
        kinds = [target.kind for target in seen]
        return AiPicture(
            at=at,
            boxes=tuple(target.box(at) for target in seen),
            counts={kind: kinds.count(kind) for kind in sorted(set(kinds))},
            track=self.target or 0,
        )

    def units(self, at: int) -> list[bytes]:
        """The SEI of that picture; none while recognition is off."""
        if not self.on:
            return []
        return [ai_sei.unit((MARKERS[self.dock.config.sei_marker], ai_sei.write(self.picture(at))))]

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
                "labels": [{"index": index, "name": name} for index, name in LABELS.items()],
            },
        }
