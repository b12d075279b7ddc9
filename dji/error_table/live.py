"""513 (devices) and 613 (as DJI Pilot 2 numbers them, which docks also use for WHIP): live video."""

from typing import Final

from dji.error_table.entry import AIRCRAFT, CLOUD, NETWORK, OPERATOR, UNKNOWN, Entry, again, final

CODES: Final[dict[int, Entry]] = {
    513001: again(UNKNOWN, "The stream failed; devices send this code without documentation.", "Start it again."),
    513002: final(CLOUD, "The camera does not exist or is of another type.", "Take the video_id from live_capacity."),
    513003: final(CLOUD, "This camera is streaming already.", "Stop that stream, or use it."),
    513005: again(CLOUD, "The quality could not be set.", "Choose a quality that the camera has."),
    513006: again(AIRCRAFT, "The stream did not start.", "Start it again."),
    513008: again(NETWORK, "No picture comes from the aircraft.", "Check its link, then start again."),
    513010: again(NETWORK, "The device has no network for the stream.", "Check the dock's network and the address."),
    513011: final(CLOUD, "There is no stream to change or stop.", "Start the stream first."),
    513012: final(CLOUD, "The lens cannot be changed while this streams.", "Stop the stream, change, start again."),
    513013: final(CLOUD, "The device does not have this streaming protocol.", "Use another url_type."),
    513014: final(CLOUD, "The order to stream is wrong or incomplete.", "Check address, url_type and video_id."),
    513015: again(NETWORK, "The network is too slow for the stream.", "Start it again, or lower the quality."),
    513016: again(AIRCRAFT, "The device could not decode its picture.", "Start it again."),
    513017: again(AIRCRAFT, "The stream rests while files are copied from the aircraft.", "Wait for that to end."),
    513099: again(UNKNOWN, "The stream failed.", "Start it again in a few minutes."),
    613006: again(OPERATOR, "The stream did not start.", "Start it again."),
    613010: final(
        CLOUD,
        "The device did not accept the answer to its offer (SDP).",
        "Answer with H.264, packetization-mode 1, and nothing unusual.",
    ),
}
