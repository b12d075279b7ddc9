"""Payloads built with the Payload SDK: speakers, controls, windows."""

from dji.fields import field
from dji.model import Command, Event, Model, Reply
from dji.properties.psdk import PLAY_MODE
from dji.shared import Speech

SPEAKER_STATUS = {"in_progress": "playing", "ok": "done", "success": "done", "failed": "failed"}
SPEAKER_STEP = {
    "download": "fetching the recording",
    "encoding": "turning it into Opus",
    "change_work_mode": "changing the mode",
    "upload": "sending it to the payload",
    "play": "beginning to play",
}


class PsdkFloatingWindowText(Event, method="psdk_floating_window_text"):
    """What a payload shows in its window."""

    psdk_index: int | None = field("Index of the payload.", low=0, high=3)
    value: str | None = field("Text of the window.")


class PsdkInputBoxTextSet(Command, method="psdk_input_box_text_set"):
    """Fill the text box of a payload."""

    psdk_index: int | None = field("Index of the payload.", low=0, required=True)
    value: str | None = field("Text to fill in.", unit="B", length=128, required=True)


class PsdkInputBoxTextSetReply(Reply, method="psdk_input_box_text_set"):
    """The dock's answer to `psdk_input_box_text_set`."""


class PsdkUiResourceUploadResult(Event, method="psdk_ui_resource_upload_result"):
    """The drawing of a payload's page has been uploaded."""

    psdk_index: int | None = field("Index of the payload.", low=0, high=3)
    object_key: str | None = field("Key of the drawing in the bucket.")
    size: int | None = field("Size of the file.", unit="B")
    result: int | None = field("0, or the error code of what went wrong.")


class PsdkWidgetValueSet(Command, method="psdk_widget_value_set"):
    """Set a control of a payload."""

    psdk_index: int | None = field("Index of the payload.", low=0, required=True)
    index: int | None = field("Number of the control.", low=0, required=True)
    value: int | None = field("Value to set.", required=True)


class PsdkWidgetValueSetReply(Reply, method="psdk_widget_value_set"):
    """The dock's answer to `psdk_widget_value_set`."""


class AudioFile(Model):
    """A recording."""

    name: str | None = field("Name of the recording.")
    url: str | None = field("Where it is fetched from.")
    md5: str | None = field("MD5 of the recording; it names it in progress events.")
    format: str | None = field("Format of the recording.", values={"pcm": "PCM"})


class SpeakerAudioPlayStart(Command, method="speaker_audio_play_start"):
    """Play a recording."""

    psdk_index: int | None = field("Index of the payload.", low=0, required=True)
    file: AudioFile | None = field("The recording.", required=True)


class SpeakerAudioPlayStartReply(Reply, method="speaker_audio_play_start"):
    """The dock's answer to `speaker_audio_play_start`."""


class SpeakerProgress(Model):
    """Step and percentage."""

    percent: int | None = field("Progress.", unit="%", low=0, high=100)
    step_key: str | None = field("What it is doing.", values=SPEAKER_STEP)


class SpeakerOutput(Model):
    """How far a recording or a spoken text is."""

    psdk_index: int | None = field("Index of the payload.", low=0)
    status: str | None = field("State.", values=SPEAKER_STATUS)
    md5: str | None = field("MD5 of the text or recording, by which it was named.")
    progress: SpeakerProgress | None = field("Step and percentage.")


class SpeakerAudioPlayStartProgress(Event, method="speaker_audio_play_start_progress"):
    """How far a recording is."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: SpeakerOutput | None = field("How far it is.")


class SpeakerPlayModeSet(Command, method="speaker_play_mode_set"):
    """Choose how often to play."""

    psdk_index: int | None = field("Index of the payload.", low=0, high=3, required=True)
    play_mode: int | None = field("How often to play.", values=PLAY_MODE, required=True)


class SpeakerPlayModeSetReply(Reply, method="speaker_play_mode_set"):
    """The dock's answer to `speaker_play_mode_set`."""


class SpeakerPlayStop(Command, method="speaker_play_stop"):
    """End playing."""

    psdk_index: int | None = field("Index of the payload.", low=0, required=True)


class SpeakerPlayStopReply(Reply, method="speaker_play_stop"):
    """The dock's answer to `speaker_play_stop`."""


class SpeakerPlayVolumeSet(Command, method="speaker_play_volume_set"):
    """Set the volume."""

    psdk_index: int | None = field("Index of the payload.", low=0, high=3, required=True)
    play_volume: int | None = field("Volume.", low=0, high=100, required=True)


class SpeakerPlayVolumeSetReply(Reply, method="speaker_play_volume_set"):
    """The dock's answer to `speaker_play_volume_set`."""


class SpeakerReplay(Command, method="speaker_replay"):
    """Play the last again."""

    psdk_index: int | None = field("Index of the payload.", low=0, required=True)


class SpeakerReplayReply(Reply, method="speaker_replay"):
    """The dock's answer to `speaker_replay`."""


class SpeakerTtsPlayStart(Command, method="speaker_tts_play_start"):
    """Speak a text."""

    psdk_index: int | None = field("Index of the payload.", low=0, required=True)
    tts: Speech | None = field("The text to speak.", required=True)


class SpeakerTtsPlayStartReply(Reply, method="speaker_tts_play_start"):
    """The dock's answer to `speaker_tts_play_start`."""


class SpeakerTtsPlayStartProgress(Event, method="speaker_tts_play_start_progress"):
    """How far a spoken text is."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: SpeakerOutput | None = field("How far it is.")
