"""The steps of a wayline task, whose numbers differ between dock models. Source: `flighttask_progress`."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dji.differences import dock_of


class Phase(StrEnum):
    """Which part of a flight a step belongs to."""

    PREPARING = "preparing"
    CHECKING = "checking"
    TAKING_OFF = "taking_off"
    EXECUTING = "executing"
    RETURNING = "returning"
    LANDING = "landing"
    RECOVERING = "recovering"
    WRAPPING_UP = "wrapping_up"
    IDLE = "idle"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number on the wire, its name for people, and the phase it belongs to."""

    code: int
    name: str
    phase: Phase


# In order. Dock 1 has neither the pairing of the link nor the check of the landing dock; the others have no step for
# setting up the retrieval of logs.
_NOT_ON_DOCK_1 = {"pairing the picture link", "checking that the landing dock is ready"}
_ONLY_ON_DOCK_1 = {"setting up the retrieval of logs"}
_SEQUENCE: tuple[tuple[Phase, tuple[str, ...]], ...] = (
    (Phase.IDLE, ("not begun",)),
    (
        Phase.CHECKING,
        (
            "checking that the aircraft flies no wayline",
            "checking that the dock is at rest",
            "checking that no wayline runs",
            "checking that the aircraft is not on its way home",
        ),
    ),
    (
        Phase.PREPARING,
        (
            "waiting for the task",
            "waking the dock",
            "starting up and getting the cover ready",
            "pairing the picture link",
            "waiting for the flight system",
            "waiting for the RTK source",
            "checking that RTK comes from the dock",
            "waiting to be told who is in control",
            "taking control of the aircraft",
        ),
    ),
    (Phase.CHECKING, ("comparing custom flight areas", "comparing offline maps")),
    (
        Phase.PREPARING,
        (
            "asking for the wayline file",
            "fetching the wayline file",
            "sending the wayline file to the aircraft",
            "setting the lights",
            "setting take-off and alternate landing point",
            "setting the flight to the first point",
            "checking that the landing dock is ready",
            "setting the home point",
        ),
    ),
    (Phase.TAKING_OFF, ("starting the wayline",)),
    (Phase.EXECUTING, ("flying the wayline",)),
    (Phase.RETURNING, ("getting ready to return home",)),
    (Phase.LANDING, ("landing in the dock", "closing the cover after landing")),
    (Phase.WRAPPING_UP, ("putting the dock to rest",)),
    (Phase.RECOVERING, ("recovering from a fault",)),
    (
        Phase.WRAPPING_UP,
        ("uploading logs of the flight system", "checking that the camera does not record", "counting media files"),
    ),
    (Phase.RECOVERING, ("recovering the cover after a failed take-off",)),
    (
        Phase.WRAPPING_UP,
        (
            "reporting the result",
            "setting up the retrieval of logs",
            "listing logs of the aircraft",
            "listing logs of the dock",
            "uploading the list of logs",
            "fetching logs of the aircraft",
            "fetching logs of the dock",
            "packing logs of the aircraft",
            "packing logs of the dock",
            "uploading logs of the aircraft",
            "uploading logs of the dock",
            "reporting the logs",
            "getting ready to update custom flight areas",
            "updating custom flight areas",
            "getting ready to update offline maps",
            "updating offline maps",
        ),
    ),
)

_ENDS = (
    Step(65533, "done, waiting for an answer of the cloud", Phase.WRAPPING_UP),
    Step(65534, "in no step", Phase.IDLE),
    Step(65535, "unknown", Phase.UNKNOWN),
)


@cache
def flighttask_steps(dock: int) -> dict[int, Step]:
    """All steps of a dock model (1, 2 or 3) by their number."""
    skipped = _NOT_ON_DOCK_1 if dock == 1 else _ONLY_ON_DOCK_1
    names = [(phase, name) for phase, group in _SEQUENCE for name in group if name not in skipped]
    steps = [Step(code, name, phase) for code, (phase, name) in enumerate(names)]
    return {step.code: step for step in (*steps, *_ENDS)}


def flighttask_step(product: str | None, code: int | None) -> Step:
    """The step that `current_step` means on a product ("3-1-0" or "dock1").

    An unknown product is taken for a Dock 3, whose numbers are those of Dock 2. A number that is not in the table
    gives a step of the phase unknown.
    """
    known = flighttask_steps(dock_of(product) or 3)
    if code is None:
        return _ENDS[-1]
    return known.get(code) or Step(code, f"step {code}", Phase.UNKNOWN)
