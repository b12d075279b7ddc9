"""Recognising and tracking targets, on the link of the live flight controls; Dock 3."""

from dji.fields import field
from dji.model import DrcCommand, DrcPush, DrcReply, Model
from dji.shared import OFF_ON

SCORE_MODE = {0: "none", 1: "for counting", 2: "for search and rescue", 3: "as set"}
TRACKING_REASON = {
    0: "none",
    1: "the target is too near",
    2: "the target is too far",
    3: "at the limit of low height",
    4: "at the limit of height",
    5: "at the limit of distance",
    6: "near a no-fly area",
    7: "the gimbal can turn no further",
    8: "the aircraft can turn no further while circling",
    9: "an obstacle is too near",
    10: "position changed from GPS to RTK",
    11: "position changed from RTK to GPS",
    12: "obstacles are not seen",
    13: "at the limit of zoom",
    14: "the target is lost",
    15: "GPS is weak",
    160: "ended as it should",
    161: "the payload is not suited",
    162: "the camera's mode is not suited",
    163: "not a command for now",
    164: "no position",
    165: "not in the air",
    166: "wrong flight mode",
    167: "not possible now: returning, landing or without position",
    168: "controller or picture link lost",
}


class DrcAiIdentifyFilterSet(DrcCommand, method="drc_ai_identify_filter_set", docks=(3,)):
    """Choose the kinds of target to show."""

    filters: list[int] | None = field("Kinds of target to show, by label.", required=True)


class DrcAiIdentifyFilterSetReply(DrcReply, method="drc_ai_identify_filter_set", docks=(3,)):
    """The dock's answer to `drc_ai_identify_filter_set`."""


class DrcAiIdentifyScoreModeSet(DrcCommand, method="drc_ai_identify_score_mode_set", docks=(3,)):
    """Choose how sure is sure enough."""

    score_mode: int | None = field("How sure is sure enough.", values=SCORE_MODE, required=True)


class DrcAiIdentifyScoreModeSetReply(DrcReply, method="drc_ai_identify_score_mode_set", docks=(3,)):
    """The dock's answer to `drc_ai_identify_score_mode_set`."""


class DrcAiIdentifyScoreReset(DrcCommand, method="drc_ai_identify_score_reset", docks=(3,)):
    """Set that back."""


class DrcAiIdentifyScoreResetReply(DrcReply, method="drc_ai_identify_score_reset", docks=(3,)):
    """The dock's answer to `drc_ai_identify_score_reset`."""


class DrcAiIdentifyScoreSet(DrcCommand, method="drc_ai_identify_score_set", docks=(3,)):
    """Set how sure it has to be."""

    score: int | None = field("How sure it has to be.", low=0, high=100, required=True)


class DrcAiIdentifyScoreSetReply(DrcReply, method="drc_ai_identify_score_set", docks=(3,)):
    """The dock's answer to `drc_ai_identify_score_set`."""


class DrcAiIdentifySet(DrcCommand, method="drc_ai_identify_set", docks=(3,)):
    """Recognise targets, or not."""

    on: int | None = field("Whether it is on.", values=OFF_ON, required=True)


class DrcAiIdentifySetReply(DrcReply, method="drc_ai_identify_set", docks=(3,)):
    """The dock's answer to `drc_ai_identify_set`."""


class AiSpotlightZoom(Model):
    """The tracking."""

    state: int | None = field(
        "State.", values={0: "idle", 1: "waiting for a choice", 2: "waiting for a yes", 3: "tracking"}
    )
    state_reason: int | None = field("Why.", values=TRACKING_REASON)


class AiModelList(Model):
    """A model that can be chosen."""

    index: int | None = field("Number of the model.", low=0)
    signed_name: str | None = field("Name of the model, as signed.")


class Label(Model):
    """Something the model can recognise."""

    index: int | None = field("Number of the label.", low=0)
    name: str | None = field("Name of the label.")


class SelectedAiModel(Model):
    """The model in use."""

    index: int | None = field("Number of the model.", low=0)
    score: int | None = field("How sure it has to be.", low=0, high=100)
    score_mode: int | None = field("How sure is sure enough.", values=SCORE_MODE)
    image_source: list[int] | None = field(
        "Pictures it works on.", values={1: "wide", 2: "zoom", 3: "infrared", 7: "visible light"}
    )
    digital_effect: list[int] | None = field(
        "Colours it works on.", values={0: "white hot", 1: "black hot", 2: "red tint"}
    )
    filters: list[int] | None = field("Kinds of target to show, by label.")
    labels: list[Label] | None = field("What the model can recognise.")


class DrcAiInfoPush(DrcPush, method="drc_ai_info_push", docks=(3,)):
    """What is recognised and tracked, and with which model."""

    identify_on: int | None = field("Whether targets are recognised.", values=OFF_ON)
    spotlight_zoom_on: int | None = field("Whether a target is tracked.", values=OFF_ON)
    ai_spotlight_zoom: AiSpotlightZoom | None = field("The tracking.")
    ai_model_list: list[AiModelList] | None = field("Models that can be chosen.")
    selected_ai_model: SelectedAiModel | None = field("The model in use.")


class DrcAiModelSelect(DrcCommand, method="drc_ai_model_select", docks=(3,)):
    """Choose the model."""

    index: int | None = field("Number of the model.", required=True)


class DrcAiModelSelectReply(DrcReply, method="drc_ai_model_select", docks=(3,)):
    """The dock's answer to `drc_ai_model_select`."""


class DrcAiSpotlightZoomConfirm(DrcCommand, method="drc_ai_spotlight_zoom_confirm", docks=(3,)):
    """Track the chosen target."""


class DrcAiSpotlightZoomConfirmReply(DrcReply, method="drc_ai_spotlight_zoom_confirm", docks=(3,)):
    """The dock's answer to `drc_ai_spotlight_zoom_confirm`."""


class DrcAiSpotlightZoomSelect(DrcCommand, method="drc_ai_spotlight_zoom_select", docks=(3,)):
    """Choose a target by a frame; lengths are in 1/10000 of the picture."""

    center_x: float | None = field("Middle of the frame, from left to right.", low=0, high=10000, required=True)
    center_y: float | None = field("Middle of the frame, from top to bottom.", low=0, high=10000, required=True)
    height: float | None = field("Height of the frame.", low=0, high=10000, required=True)
    width: float | None = field("Width of the frame.", low=0, high=10000, required=True)


class DrcAiSpotlightZoomSelectReply(DrcReply, method="drc_ai_spotlight_zoom_select", docks=(3,)):
    """The dock's answer to `drc_ai_spotlight_zoom_select`."""


class DrcAiSpotlightZoomSet(DrcCommand, method="drc_ai_spotlight_zoom_set", docks=(3,)):
    """Switch tracking on or off."""

    on: int | None = field("Whether it is on.", values=OFF_ON, required=True)


class DrcAiSpotlightZoomSetReply(DrcReply, method="drc_ai_spotlight_zoom_set", docks=(3,)):
    """The dock's answer to `drc_ai_spotlight_zoom_set`."""


class DrcAiSpotlightZoomStop(DrcCommand, method="drc_ai_spotlight_zoom_stop", docks=(3,)):
    """End tracking."""


class DrcAiSpotlightZoomStopReply(DrcReply, method="drc_ai_spotlight_zoom_stop", docks=(3,)):
    """The dock's answer to `drc_ai_spotlight_zoom_stop`."""


class DrcAiSpotlightZoomTrack(DrcCommand, method="drc_ai_spotlight_zoom_track", docks=(3,)):
    """Choose a target by its number."""

    target_index: int | None = field("Number of the target, as pushed.", required=True)


class DrcAiSpotlightZoomTrackReply(DrcReply, method="drc_ai_spotlight_zoom_track", docks=(3,)):
    """The dock's answer to `drc_ai_spotlight_zoom_track`."""
