"""327: camera, gimbal, panorama, speaker and other payloads, and control over them."""

from typing import Final

from dji.error_table.entry import (
    AIRCRAFT,
    CLOUD,
    ENVIRONMENT,
    LATER,
    NETWORK,
    OPERATOR,
    Entry,
    Fault,
    again,
    final,
)


def _failed(what: str, fault: Fault = AIRCRAFT, cure: str = "Try again.") -> Entry:
    return again(fault, f"{what} failed.", cure)


def _panorama(why: str, fault: Fault = AIRCRAFT, cure: str = "") -> Entry:
    return final(fault, f"No panorama: {why}.", cure)


_SET: Final = again(AIRCRAFT, "The setting was not taken.", LATER)
_CONTROL: Final = again(
    OPERATOR, "Control was not given.", "See who holds the payload or the aircraft, then try again."
)
_FREE: Final = "Free some storage."

_GENERAL: Final[dict[int, Entry]] = {
    327000: _SET,
    327001: _SET,
    327002: _CONTROL,
    327003: _CONTROL,
    327004: _failed("Dragging the picture"),
    327005: _failed("Centring the picture on the chosen point"),
    327006: _failed("Taking the photo"),
    327007: _failed("Starting the recording"),
    327008: _failed("Stopping the recording"),
    327009: _failed("Changing the camera mode"),
    327010: _failed("Zooming the zoom lens"),
    327011: _failed("Zooming the infrared lens"),
    327012: _CONTROL,
    327013: _SET,
    327014: final(AIRCRAFT, "The gimbal is at the end of its movement.", "Turn it back, or turn the aircraft."),
    327015: _failed("Starting the live picture", NETWORK, "Start it again."),
    327016: _failed("Setting what to do on a lost signal"),
    327017: _failed("Setting the height of a flight to a point"),
    327018: _failed("Changing the mode of flights to a point"),
    327019: again(AIRCRAFT, "The camera cannot be turned to the pin point now.", LATER),
    327020: again(AIRCRAFT, "The panorama stopped: the command was not carried out in time.", "Try again."),
    327022: final(AIRCRAFT, "The panorama stopped: the aircraft's state does not allow it.", "Hover, then try again."),
    327500: _failed("Defogging the lens", cure=LATER),
}

_SPEAKER: Final[dict[int, Entry]] = {
    327050: again(AIRCRAFT, "The speaker cannot be used in this state.", LATER),
    327051: _failed("Fetching the audio file", NETWORK),
    327052: _failed("Changing the speaker's working mode"),
    327053: _failed("Sending the audio file to the speaker", NETWORK),
    327054: _failed("Playing the audio"),
    327055: _failed("Setting the working mode"),
    327056: _failed("Sending the text", NETWORK),
    327057: _failed("Stopping the audio"),
    327058: _failed("Setting how to repeat"),
    327059: _failed("Setting the volume"),
    327060: _failed("Setting a payload control"),
    327061: _failed("Sending text to the payload"),
    327062: _failed("Changing the language"),
    327063: _failed("Reading what the payload can do"),
    327064: _failed("Reading the payload's configuration"),
    327065: _failed("Reading the payload's pictures"),
    327066: _failed("Packing the payload's files"),
    327067: _failed("Uploading the payload's files", NETWORK),
    327068: final(CLOUD, "The audio file does not have the MD5 that was announced.", "Send the right MD5."),
    327069: _failed("Sending the audio file to the speaker", NETWORK),
    327070: again(NETWORK, "Sending the audio file to the speaker was broken off.", "Try again."),
    327071: final(CLOUD, "The text does not have the MD5 that was announced.", "Send the right MD5."),
    327072: _failed("Sending the text to the speaker", NETWORK),
    327073: again(NETWORK, "Sending the text to the speaker was broken off.", "Try again."),
    327074: _failed("Playing again"),
    327075: _failed("The speaker's encoding", cure="Send the audio again."),
}

_PANORAMA: Final[dict[int, Entry]] = {
    327201: again(AIRCRAFT, "The panorama failed.", "Try again."),
    327202: final(OPERATOR, "The panorama was stopped.", "Start it again if wanted."),
    327203: _panorama("this device cannot take any"),
    327204: again(AIRCRAFT, "No panorama: the camera is busy.", LATER),
    327205: again(AIRCRAFT, "No panorama: the camera refused.", "Try again."),
    327206: _panorama("the aircraft is not in the air", OPERATOR, "Take off first."),
    327207: _panorama("control of the camera was not given", OPERATOR, "Take payload authority first."),
    327208: again(AIRCRAFT, "No panorama: the camera failed for an unnamed reason.", "Try again."),
    327209: again(AIRCRAFT, "No panorama: the camera did not answer in time.", "Try again."),
    327210: _panorama("not allowed in this state"),
    327211: _panorama("too little storage is free", cure=_FREE),
    327212: again(AIRCRAFT, "No panorama: the aircraft is moving.", "Let it hover, then try again."),
    327213: again(AIRCRAFT, "No panorama: the gimbal is moving.", "Wait, then try again."),
    327214: _panorama("a stick was moved", OPERATOR, "Keep the sticks still."),
    327215: _panorama("the height limit was reached", ENVIRONMENT, "Fly lower."),
    327216: _panorama("the distance limit was reached", ENVIRONMENT, "Fly nearer."),
    327217: _panorama("the gimbal is stuck", cure="Look at the gimbal on site."),
    327218: again(AIRCRAFT, "No panorama: a photo failed.", "Try again."),
    327219: again(AIRCRAFT, "The photos could not be joined to a panorama.", "Try again."),
    327220: again(AIRCRAFT, "No panorama: the camera's calibration could not be read.", "Try again."),
    327221: again(AIRCRAFT, "No panorama: the camera did not take its settings.", "Try again."),
}

CODES: Final[dict[int, Entry]] = {**_GENERAL, **_SPEAKER, **_PANORAMA}
