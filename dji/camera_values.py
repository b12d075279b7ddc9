"""The settings of a camera that are numbered on the wire: shutter, aperture, ISO, exposure, lenses, storage."""

# The tables below are rows on the wire: the number is the place in the row, unless they say otherwise.
# fmt: off
_SHUTTER_FRACTIONS = (
    8000, 6400, 6000, 5000, 4000, 3200, 3000, 2500, 2000, 1600, 1500, 1250, 1000, 800, 725, 640, 500, 400, 350, 320,
    250, 240, 200, 180, 160, 125, 120, 100, 90, 80, 60, 50, 40, 30, 25, 20, 15, 12.5, 10, 8, 6.25, 5, 4, 3, 2.5, 2,
    1.67, 1.25,
)
_SHUTTER_SECONDS = (1.0, 1.3, 1.6, 2.0, 2.5, 3.0, 3.2, 4.0, 5.0, 6.0, 7.0, 8.0)
# The number on the wire is the f-number times 100.
_APERTURES = (
    50, 70, 80, 90, 95, 100, 110, 120, 140, 160, 170, 180, 200, 220, 240, 250, 280, 320, 330, 340, 350, 400, 440, 450,
    480, 500, 560, 630, 670, 680, 710, 800, 900, 950, 960, 1000, 1100, 1300, 1400, 1600, 1800, 1900, 2000, 2200, 2500,
    2700, 2900, 3200, 3600, 3800, 4000, 4500, 5100, 5400, 5700, 6400, 7200, 7600, 8000, 9000, 10700, 12800, 18000,
    25600,
)
_EV = (5.0, 4.7, 4.3, 4.0, 3.7, 3.3, 3.0, 2.7, 2.3, 2.0, 1.7, 1.3, 1.0, 0.7, 0.3)
# fmt: on

_SHUTTER = dict(
    enumerate([*(f"1/{value:g} s" for value in _SHUTTER_FRACTIONS), *(f"{value} s" for value in _SHUTTER_SECONDS)])
)
# What is set, and what is reported, number the automatic differently.
SHUTTER = _SHUTTER | {60: "automatic"}
SHUTTER_STATE = _SHUTTER | {65534: "automatic"}

APERTURE = {0: "automatic"} | {value: f"f/{value / 100:g}" for value in _APERTURES}

_ISO = {2 + step: str(50 << step) for step in range(12)}
ISO = {0: "automatic"} | _ISO | {255: "fixed"}
ISO_STATE = {0: "automatic", 1: "automatic, high sensitivity"} | _ISO | {255: "fixed"}

EXPOSURE_VALUE = dict(
    enumerate([*(f"-{value} EV" for value in _EV), "0 EV", *(f"+{value} EV" for value in reversed(_EV))], start=1)
) | {255: "fixed"}
# The same as text, as `camera_exposure_set` wants it.
EXPOSURE_TEXT = {str(value): meaning for value, meaning in EXPOSURE_VALUE.items()}

EXPOSURE_MODE = {1: "automatic", 2: "shutter priority", 3: "aperture priority", 4: "manual"}
FOCUS_MODE = {0: "manual", 1: "single autofocus", 2: "continuous autofocus"}
CAMERA_MODE = {0: "photo", 1: "video", 2: "smart low light", 3: "panorama", 4: "photos at intervals"}
RECORDING = {0: "idle", 1: "recording"}
TAKING = {0: "idle", 1: "taking a photo"}
METERING_MODE = {0: "off", 1: "at a point", 2: "over an area"}
GAIN_MODE = {0: "automatic", 1: "low gain, 0 to 500 °C", 2: "high gain, -20 to 150 °C"}
PANORAMA_STEP = {3000: "not started, or done", 3002: "taking the photos", 3005: "putting them together"}
PALETTE = {
    0: "white hot",
    1: "black hot",
    2: "red tint",
    3: "medical",
    5: "rainbow 1",
    6: "iron red",
    8: "arctic",
    11: "lava",
    12: "hot iron",
    13: "rainbow 2",
}
LENS = {"ir": "infrared", "wide": "wide-angle", "zoom": "zoom"}
