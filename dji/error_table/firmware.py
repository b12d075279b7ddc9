"""312: firmware upgrades (`ota_create`, `ota_progress`)."""

from typing import Final

from dji.error_table.entry import AIRCRAFT, CLOUD, DOCK, NETWORK, OPERATOR, RESTART_BOTH, Entry, again, final

_FAILED: Final = again(DOCK, "The upgrade failed at a step that the device does not name.", "Start it again.")

CODES: Final[dict[int, Entry]] = {
    312001: final(
        CLOUD, "A consistency upgrade was ordered that the device did not ask for.", "Order a normal upgrade."
    ),
    **dict.fromkeys((312002, 312003, 312004, 312013, 312018, 312019, 312020, 312021, 312024), _FAILED),
    312010: final(CLOUD, "The upgrade order does not fit the interface.", "Correct the order."),
    312012: final(CLOUD, "The upgrade order has a wrong parameter.", "Check version, address, size and MD5."),
    312014: again(DOCK, "An upgrade is running already.", "Wait for its end."),
    312015: again(DOCK, "The dock is busy, so its firmware cannot be changed.", "Wait until the dock is idle."),
    312016: again(NETWORK, "Dock and aircraft do not hear each other, so the upgrade failed.", RESTART_BOTH),
    312017: again(DOCK, "The version could not be checked.", "Start it again."),
    312022: final(
        AIRCRAFT,
        "The aircraft did not power on or is not connected.",
        "Check that it is in the dock, has its battery in, and is linked.",
    ),
    312023: final(
        DOCK,
        "The driving rods did not close, so the aircraft cannot be upgraded.",
        "Release the emergency stop and free the rods.",
    ),
    312025: again(
        DOCK, "The old firmware package could not be deleted.", "Start it again; if it stays, restart the dock."
    ),
    312026: final(DOCK, "The firmware package could not be unpacked.", "Upload the package again and check its MD5."),
    312027: final(OPERATOR, "There is no aircraft in the dock to upgrade.", "Put the aircraft into the dock."),
    312028: again(DOCK, "The device restarted during the upgrade.", "Start it again."),
    312029: again(DOCK, "The device is restarting.", "Wait until it is back."),
    312030: final(
        OPERATOR, "Enhanced transmission is on, which an upgrade does not allow.", "Switch it off and start again."
    ),
    312704: again(AIRCRAFT, "The battery is too low for an upgrade.", "Let it charge above 20 %."),
}
