"""What an aircraft reports of payloads that were built with the Payload SDK."""

from dji.fields import field
from dji.model import Model

SPEAKER_STATE = {
    0: "idle",
    1: "the dock sends to the aircraft",
    2: "playing",
    3: "faulty",
    4: "turning text into speech",
    99: "the dock fetches from the cloud",
}
PLAY_MODE = {0: "once", 1: "over and over"}


class PsdkSpeaker(Model):
    """The speaker of a payload."""

    work_mode: int | None = field("What it plays.", values={0: "text", 1: "recordings"})
    play_mode: int | None = field("How often it plays.", values=PLAY_MODE)
    play_volume: int | None = field("Volume.", low=0, high=100)
    system_state: int | None = field("What it is doing.", values=SPEAKER_STATE)
    play_file_name: str | None = field("Name of what it played last.", length=128)
    play_file_md5: str | None = field("MD5 of what it played last.")


class PsdkWidget(Model):
    """A control on a payload's own page."""

    index: int | None = field("Number of the control.", low=0)
    value: int | None = field("Its value.")


class PsdkWidgetValues(Model):
    """A payload, and the values of its controls."""

    psdk_index: int | None = field("Index of the payload.", low=0)
    psdk_name: str | None = field("Name of the payload.")
    psdk_sn: str | None = field("Serial number of the payload.")
    psdk_version: str | None = field("Firmware of the payload.")
    psdk_lib_version: str | None = field("Version of the Payload SDK in it.")
    speaker: PsdkSpeaker | None = field("Its speaker.")
    values: list[PsdkWidget] | None = field("Its controls.")


class PsdkUiResource(Model):
    """The drawing of a payload's page."""

    psdk_index: int | None = field("Index of the payload.", low=0)
    psdk_ready: int | None = field("Whether the payload is ready.", values={0: "not ready", 1: "ready"})
    object_key: str | None = field("Where the drawing lies in the object store.")
