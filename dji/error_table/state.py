"""319 and 325: what the dock is busy with, who has control, and whether a command of the cloud can be taken at all."""

from typing import Final

from dji.error_table.entry import (
    AIRCRAFT,
    CLOUD,
    DOCK,
    LATER,
    LATER_OR_RESTART,
    NETWORK,
    OPERATOR,
    RESTART_DOCK,
    UNKNOWN,
    Entry,
    again,
    final,
)

_WAIT: Final = "Wait until it has finished."


def _busy(what: str, cure: str = _WAIT) -> Entry:
    return again(DOCK, f"The dock is {what}.", cure)


CODES: Final[dict[int, Entry]] = {
    319001: _busy("flying a task or uploading logs"),
    319002: final(DOCK, "The dock failed inside.", RESTART_DOCK),
    319003: again(DOCK, "The dock failed inside.", "Send the task again."),
    319004: final(DOCK, "The task took too long and was stopped.", "Look at the last step that it reached."),
    319005: again(
        NETWORK, "Cloud and dock do not hear each other well enough for a task.", "Check the dock's network."
    ),
    319006: final(DOCK, "The task is being flown, so it cannot be cancelled.", "Stop it or call the aircraft home."),
    319007: final(DOCK, "The task is being flown, so it cannot be changed."),
    319008: final(CLOUD, "The clocks of dock and cloud differ.", "Check that the dock reaches its NTP server."),
    319009: again(DOCK, "The dock could not take the task.", LATER_OR_RESTART),
    319010: final(OPERATOR, "The dock's firmware is too old for this task.", "Upgrade the dock."),
    319015: _busy("starting up"),
    319016: _busy("flying another task"),
    319017: _busy("working on the media files of the last task"),
    319018: _busy("uploading logs"),
    319019: _busy("reading logs"),
    319020: again(AIRCRAFT, "The task could not be paused.", LATER),
    319021: again(DOCK, "Live flight control could not be ended.", LATER),
    319022: again(AIRCRAFT, "The flight to the point failed.", LATER),
    319023: again(AIRCRAFT, "The flight to the point could not be stopped.", LATER),
    319024: again(AIRCRAFT, "The take-off failed.", LATER),
    319025: _busy("preparing a task"),
    319026: again(AIRCRAFT, "The battery is below what the task asks for.", "Let it charge."),
    319027: again(DOCK, "Dock or aircraft has less storage free than the task asks for.", "Wait for the media upload."),
    319028: _busy("updating custom flight areas"),
    319029: _busy("updating offline maps"),
    319030: final(OPERATOR, "The cloud does not have control of the aircraft.", "Take flight authority first."),
    319031: final(OPERATOR, "Control of the aircraft is in disorder.", "Leave live flight control and enter it again."),
    319032: again(AIRCRAFT, "The flight to the point failed.", LATER),
    319033: again(CLOUD, "A stick command was older than the last one.", "Send with a rising seq."),
    319034: again(NETWORK, "A stick command came too late.", "Check the delay of the link."),
    319035: again(AIRCRAFT, "The aircraft could not be paused.", LATER),
    319036: final(OPERATOR, "The dock is in remote debug mode.", "Leave debug mode first."),
    319037: final(OPERATOR, "The dock is being debugged on site.", "Wait for the people there."),
    319038: _busy("being upgraded"),
    319042: again(AIRCRAFT, "The flight could not be resumed.", LATER),
    319043: again(AIRCRAFT, "Coming home could not be cancelled.", LATER),
    319044: final(DOCK, "The task has ended, so there is nothing to resume."),
    319045: again(AIRCRAFT, "The aircraft was paused by the emergency stop.", "Send sticks again to fly on."),
    319046: final(DOCK, "The task has ended or is paused already, so there is nothing to pause."),
    319999: final(DOCK, "The dock failed inside.", RESTART_DOCK),
    325001: final(CLOUD, "The command has a parameter that the device does not take.", "Correct the command."),
    325003: again(UNKNOWN, "The command failed.", "Try again."),
    325004: again(
        AIRCRAFT,
        "The device did not carry the command out in time.",
        "If the aircraft is off, power it on (drone_open); then try again.",
    ),
    325005: _busy("in a state that does not allow this command", LATER),
    325006: _busy("preparing a task"),
    325007: _busy("flying a task"),
    325008: _busy("finishing a task"),
    325009: _busy("uploading logs"),
    325010: _busy("updating custom flight areas"),
    325011: _busy("updating offline maps"),
    325012: again(AIRCRAFT, "The aircraft is not connected.", "Power it on, wait for it, and try again."),
}
