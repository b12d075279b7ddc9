"""What an error code of a dock, or of our own answers to one, means: in words, by whose fault, and if a retry helps.

A code has six digits, ABCDEF: A is the source (3 and 5 a device, 4 and 6 DJI Pilot 2, 2 a cloud), BC the module, DEF
the case. Source: the error code page; `result` in every reply, `err_code` in the reply to `airport_organization_bind`.
"""

from dataclasses import dataclass
from typing import Final

from dji.error_table import ENTRIES, Fault
from dji.error_table.cloud import (
    PAIRING_EXPIRED,
    PAIRING_NO_SEAT,
    PAIRING_NO_SUCH_ORGANISATION,
    PAIRING_OTHER_ORGANISATION,
    PAIRING_USED,
    PAIRING_WRONG_CODE,
    PAIRING_WRONG_DATA,
    PAIRING_WRONG_DEVICE,
)

MODULES: Final[dict[int, str]] = {
    0: "result",
    210: "cloud: devices and pairing",
    211: "cloud: MQTT",
    212: "cloud: WebSocket",
    220: "cloud: data",
    299: "cloud",
    312: "firmware upgrade",
    314: "flight task: handing out and preparing",
    315: "flight task: dock to aircraft and dock to dock",
    316: "aircraft: settings, take-off and landing",
    317: "media and storage",
    319: "dock state and live flight control",
    321: "wayline being flown",
    322: "wayline broken off",
    324: "remote logs and media upload",
    325: "commands of the cloud",
    326: "cellular and enhanced transmission",
    327: "camera, gimbal and payloads",
    328: "registration in China",
    336: "flight to a point",
    337: "take-off and flight to a point: checks",
    338: "flights between docks",
    341: "dock position",
    386: "flight task",
    513: "live stream",
    514: "dock hardware, surroundings and debugging",
    613: "live stream",
}

# A device and Pilot 2 number the same cases alike: 4xx is Pilot's 3xx, 6xx its 5xx.
_PILOT_SOURCE: Final = {4: 3, 6: 5}


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One code. `known` is false for a code that no table has; its words then come from its module.

    `code` is -1 where the value was no number at all. `retry_helps` says that the same command, after a pause, can
    succeed without anyone changing anything else first; it is False for what we do not know.
    """

    code: int
    module: str
    meaning: str
    cure: str
    fault: Fault
    retry_helps: bool
    known: bool = True

    @property
    def text(self) -> str:
        """Meaning and cure as one line for people."""
        return f"{self.meaning} {self.cure}".rstrip()

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


def lookup(code: int | str) -> ErrorCode:
    """The meaning of a code, given as a number or as text. Never raises; 0 is "Accepted."."""
    try:
        number = int(code)
    except (TypeError, ValueError, OverflowError):  # a dock may send anything as its result
        return ErrorCode(-1, "unknown", f"{code!r} is not an error code.", "", Fault.UNKNOWN, False, known=False)
    module = _module(number)
    entry = ENTRIES.get(number)
    if entry is not None:
        return ErrorCode(number, module, entry.meaning, entry.cure, entry.fault, entry.retry_helps)
    twin = ENTRIES.get(_device_twin(number))
    if twin is not None:
        return ErrorCode(number, module, twin.meaning, twin.cure, twin.fault, twin.retry_helps, known=False)
    return ErrorCode(number, module, _unknown(number, module), "", Fault.UNKNOWN, False, known=False)


def codes() -> tuple[ErrorCode, ...]:
    """Every code of the tables, in order."""
    return tuple(lookup(number) for number in sorted(ENTRIES))


def _device_twin(number: int) -> int:
    source, rest = divmod(number, 100_000)
    return _PILOT_SOURCE.get(source, source) * 100_000 + rest


def _module(number: int) -> str:
    prefix = number // 1000
    return MODULES.get(prefix) or MODULES.get(_device_twin(number) // 1000) or "unknown"


def _unknown(number: int, module: str) -> str:
    if module == "unknown":
        return f"Code {number} is not documented."
    return f"Code {number} is not documented; its number belongs to: {module}."


__all__ = [
    "MODULES",
    "PAIRING_EXPIRED",
    "PAIRING_NO_SEAT",
    "PAIRING_NO_SUCH_ORGANISATION",
    "PAIRING_OTHER_ORGANISATION",
    "PAIRING_USED",
    "PAIRING_WRONG_CODE",
    "PAIRING_WRONG_DATA",
    "PAIRING_WRONG_DEVICE",
    "ErrorCode",
    "Fault",
    "codes",
    "lookup",
]
