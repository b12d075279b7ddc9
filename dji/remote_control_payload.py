"""Lights, speakers and other payloads, on the link of the live flight controls; Dock 3."""

from dji.fields import Many, field
from dji.model import DrcCommand, DrcPush, DrcReply, Model
from dji.properties.psdk import PLAY_MODE, SPEAKER_STATE
from dji.psdk import SPEAKER_STEP
from dji.shared import Speech

LIGHT_MODE = {0: "off", 1: "steady", 2: "flashing", 3: "flashing fast", 4: "flashing in turns"}
VOICE = {0: "a man's", 1: "a woman's"}
LANGUAGE = {0: "Chinese", 1: "English"}


class DrcLightBrightnessSet(DrcCommand, method="drc_light_brightness_set", docks=(3,)):
    """Set the brightness of a light."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    group: int | None = field("Light that is meant.", values={0: "main light"}, required=True)
    brightness: int | None = field("Brightness.", low=1, high=100, required=True)


class DrcLightBrightnessSetReply(DrcReply, method="drc_light_brightness_set", docks=(3,)):
    """The dock's answer to `drc_light_brightness_set`."""


class DrcLightCalibration(DrcCommand, method="drc_light_calibration", docks=(3,)):
    """Calibrate the lights."""

    psdk_index: int | None = field("Index of the payload.", required=True)


class DrcLightCalibrationReply(DrcReply, method="drc_light_calibration", docks=(3,)):
    """The dock's answer to `drc_light_calibration`."""


class DrcLightFineTuningSet(DrcCommand, method="drc_light_fine_tuning_set", docks=(3,)):
    """Turn a light a little."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    position: int | None = field("Light that is meant.", values={0: "left", 1: "right"}, required=True)
    value: int | None = field("How far to turn it.", low=-3, high=3, required=True)
    saved: bool | None = field("Whether to keep it.")


class DrcLightFineTuningSetReply(DrcReply, method="drc_light_fine_tuning_set", docks=(3,)):
    """The dock's answer to `drc_light_fine_tuning_set`."""


class DrcLightModeSet(DrcCommand, method="drc_light_mode_set", docks=(3,)):
    """Choose how a light shines."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    group: int | None = field("Light that is meant.", values={0: "main light"}, required=True)
    mode: int | None = field("How it shines.", values=LIGHT_MODE, required=True)


class DrcLightModeSetReply(DrcReply, method="drc_light_mode_set", docks=(3,)):
    """The dock's answer to `drc_light_mode_set`."""


class DrcPsdkFloatingWindowText(DrcPush, method="drc_psdk_floating_window_text", docks=(3,)):
    """What a payload shows in its window."""

    psdk_index: int | None = field("Index of the payload.")
    floating_window_text: str | None = field("Text of the window.")


class DrcPsdkInputBoxTextSet(DrcCommand, method="drc_psdk_input_box_text_set", docks=(3,)):
    """Fill the text box of a payload."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    value: str | None = field("Text to fill in.", length=128, required=True)


class DrcPsdkInputBoxTextSetReply(DrcReply, method="drc_psdk_input_box_text_set", docks=(3,)):
    """The dock's answer to `drc_psdk_input_box_text_set`."""


class SpeakerState(Model):
    """The speaker of a payload."""

    work_mode: int | None = field(
        "What it plays.",
        values={0: "text", 1: "live speech", 4: "speech while it is sent", 5: "speech along a wayline"},
    )
    play_mode: int | None = field("How often it plays.", values=PLAY_MODE)
    system_state: int | None = field("What it is doing.", values=SPEAKER_STATE)
    play_volume: int | None = field("Volume.", low=1, high=100)
    play_file_name: str | None = field("Name of what it played last.")
    play_file_md5: str | None = field("MD5 of what it played last.")
    tts_volume: int | None = field("Volume of speech.", low=1, high=100)
    tts_type: int | None = field("Voice.", values=VOICE)
    tts_language: int | None = field("Language.", values=LANGUAGE)
    tts_speed: int | None = field("Speed of speech.", low=1, high=100)


class LightState(Model):
    """The lights of a payload."""

    work_mode: int | None = field("How it shines.")
    brightness: int | None = field("Brightness.")
    calibration_status: int | None = field("State of the calibration.", values={0: "done", 1: "running", 2: "failed"})
    calibration_progress: int | None = field("Progress of the calibration.")
    left_value: int | None = field("How far the left light is turned.", low=-3, high=3)
    right_value: int | None = field("How far the right light is turned.", low=-3, high=3)
    wide_field_mode: bool | None = field("Whether it lights a wide field.")
    light_gimbal_control: bool | None = field("Whether it follows the gimbal.")


class WidgetValue(Model):
    """A control of a payload."""

    index: int | None = field("Number of the control.")
    value: int | None = field("Value of the control.")


class DrcPsdkStateInfo(DrcPush, method="drc_psdk_state_info", docks=(3,)):
    """A payload and what it is doing."""

    psdk_index: int | None = field("Index of the payload.")
    psdk_type: int | None = field("Whose make it is.", values={4: "another maker's", 5: "DJI's own"})
    psdk_name: str | None = field("Kind of payload.", values={"Searchlight": "light", "Speaker": "speaker"})
    psdk_sn: str | None = field("Serial number of the payload.")
    psdk_version: str | None = field("Firmware of the payload.")
    psdk_lib_version: str | None = field("Version of the Payload SDK in it.")
    speaker: SpeakerState | None = field("Its speaker.")
    light: LightState | None = field("Its lights.")
    values: Many[WidgetValue] | None = field("Its controls.")


class DrcPsdkUiResource(DrcPush, method="drc_psdk_ui_resource", docks=(3,)):
    """The drawing of a payload's page."""

    psdk_index: int | None = field("Index of the payload.")
    psdk_ready: int | None = field("Whether the payload is ready.", values={0: "not ready", 1: "ready"})
    object_key: str | None = field("Key of the drawing in the bucket.")


class DrcPsdkWidgetValueSet(DrcCommand, method="drc_psdk_widget_value_set", docks=(3,)):
    """Set a control of a payload."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    index: int | None = field("Number of the control.", required=True)
    value: int | None = field("Value to set.", required=True)


class DrcPsdkWidgetValueSetReply(DrcReply, method="drc_psdk_widget_value_set", docks=(3,)):
    """The dock's answer to `drc_psdk_widget_value_set`."""


class DrcSpeakerPlayModeSet(DrcCommand, method="drc_speaker_play_mode_set", docks=(3,)):
    """Choose how often to play."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    play_mode: int | None = field("How often to play.", values=PLAY_MODE, required=True)


class DrcSpeakerPlayModeSetReply(DrcReply, method="drc_speaker_play_mode_set", docks=(3,)):
    """The dock's answer to `drc_speaker_play_mode_set`."""


class PlayProgress(Model):
    """Step and percentage."""

    step_key: str | None = field(
        "What it is doing.", values=SPEAKER_STEP | {"tts_processing": "turning text into speech"}
    )
    percent: int | None = field("Progress.", unit="%", low=1, high=100)


class DrcSpeakerPlayProgress(DrcPush, method="drc_speaker_play_progress", docks=(3,)):
    """How far the speaker is."""

    psdk_index: int | None = field("Index of the payload.")
    result: int | None = field("0, or the error code of what went wrong.")
    status: str | None = field("State.", values={"in_progress": "playing", "success": "done", "failed": "failed"})
    progress: PlayProgress | None = field("Step and percentage.")
    md5: str | None = field("MD5 of the text, by which it was named.")


class DrcSpeakerPlayStop(DrcCommand, method="drc_speaker_play_stop", docks=(3,)):
    """End playing."""

    psdk_index: int | None = field("Index of the payload.", required=True)


class DrcSpeakerPlayStopReply(DrcReply, method="drc_speaker_play_stop", docks=(3,)):
    """The dock's answer to `drc_speaker_play_stop`."""


class DrcSpeakerPlayVolumeSet(DrcCommand, method="drc_speaker_play_volume_set", docks=(3,)):
    """Set the volume."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    play_volume: int | None = field("Volume.", low=1, high=100, required=True)


class DrcSpeakerPlayVolumeSetReply(DrcReply, method="drc_speaker_play_volume_set", docks=(3,)):
    """The dock's answer to `drc_speaker_play_volume_set`."""


class DrcSpeakerReplay(DrcCommand, method="drc_speaker_replay", docks=(3,)):
    """Play the last again."""

    psdk_index: int | None = field("Index of the payload.", required=True)


class DrcSpeakerReplayReply(DrcReply, method="drc_speaker_replay", docks=(3,)):
    """The dock's answer to `drc_speaker_replay`."""


class DrcSpeakerTtsPlayStart(DrcCommand, method="drc_speaker_tts_play_start", docks=(3,)):
    """Speak a text."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    tts: Speech | None = field("The text to speak.", required=True)


class DrcSpeakerTtsPlayStartReply(DrcReply, method="drc_speaker_tts_play_start", docks=(3,)):
    """The dock's answer to `drc_speaker_tts_play_start`."""


class DrcSpeakerTtsSet(DrcCommand, method="drc_speaker_tts_set", docks=(3,)):
    """Choose how texts are spoken."""

    psdk_index: int | None = field("Index of the payload.", required=True)
    volume: int | None = field("Volume of speech.", low=0, high=100, required=True)
    type: int | None = field("Voice.", values=VOICE, required=True)
    language: int | None = field("Language.", values=LANGUAGE, required=True)
    speed: int | None = field("Speed of speech.", low=0, high=100, required=True)


class DrcSpeakerTtsSetReply(DrcReply, method="drc_speaker_tts_set", docks=(3,)):
    """The dock's answer to `drc_speaker_tts_set`."""
