"""Words for the health alarms that docks raise most, and DJI's own table of them where there is a file of it.

The words are ours, the meaning of a code is that of DJI's hms.json (its demo of 2023), which has some 2,450 of them.
"""

import json
from collections.abc import Mapping
from pathlib import Path

TEXTS: Mapping[str, str] = {
    "dock_tip_0x12040000": "The dock's RTK module is not connected",
    "dock_tip_0x12040001": "The dock was moved",
    "dock_tip_0x12040002": "The dock's RTK module does not work as it should",
    "dock_tip_0x12040003": "The dock stands too far from where its RTK was calibrated",
    "dock_tip_0x12040004": "The dock's RTK did not converge",
    "dock_tip_0x19110000": "The motor of the %dock_cover_index cover is blocked",
    "dock_tip_0x19110013": "The %dock_cover_index cover did not reach its end",
    "dock_tip_0x19110014": "The %dock_cover_index cover takes too long to open",
    "dock_tip_0x19110015": "The %dock_cover_index cover takes too long to close",
    "dock_tip_0x19110016": "The %dock_cover_index cover met something while it closed, and did not",
    "dock_tip_0x19110017": "The %dock_cover_index cover met something while it opened, and did not",
    "dock_tip_0x1911040B": "The %charging_rod_index rod takes too long to close",
    "dock_tip_0x1911040C": "The %charging_rod_index rod takes too long to open",
    "dock_tip_0x19110800": "The dock's backup battery cannot be charged",
    "dock_tip_0x19110801": "The dock's backup battery is low",
    "dock_tip_0x19110802": "The dock's backup battery is too hot",
    "dock_tip_0x19110803": "The dock's backup battery is too cold",
    "dock_tip_0x19110804": "The dock's backup battery is switched off",
    "dock_tip_0x19110805": "The dock's backup battery was emptied too far, and no longer works",
    "dock_tip_0x19110C00": "The dock's camera is missing, or not connected",
    "dock_tip_0x19111400": "The door of the dock's cabinet is open",
    "dock_tip_0x19111800": "The emergency stop button is pressed",
    "dock_tip_0x19113001": "The dock is shaken: somebody may be moving or damaging it",
    "dock_tip_0x19113403": "The aircraft's battery is missing, or so empty that it sleeps",
    "dock_tip_0x19113404": "The aircraft's battery could not be charged",
    "dock_tip_0x19113406": "Something is wrong with the aircraft's battery",
    "dock_tip_0x19113414": "The aircraft's battery is too hot (44 °C or more) to be charged",
    "dock_tip_0x19113803": "The dock has lost its mains",
    "dock_tip_0x19113D0D": "A cover is broken, or does not close",
    "dock_tip_0x19114000": "The wind is too strong to fly (12 m/s or more)",
    "dock_tip_0x19114800": "It rains too much to fly",
    "dock_tip_0x19114C00": "There is water in the dock",
    "dock_tip_0x19115000": "The dock has restarted unexpectedly",
}


def read_texts(file: Path, language: str = "en") -> dict[str, str]:
    """One language of DJI's hms.json, `{key: {language: text}}`, or a file of `{key: text}`.

    Keys without that language are left out. Raises OSError, or ValueError for a file that is neither.
    """
    try:
        said = json.loads(file.read_bytes())
        items = [(key, text.get(language) if isinstance(text, dict) else text) for key, text in said.items()]
    except (ValueError, AttributeError) as error:
        raise ValueError(f"{file} is no table of texts: {error}") from None
    return {key: text for key, text in items if isinstance(text, str) and text}
