"""Jobs of remote debugging: covers, rods, power, charging, formatting, rebooting.

`debug_mode_open` comes first. Each command is answered with the state of its job, which then reports under the
command's own name until its status is terminal.
"""

from dji.jobs import JobEvent, JobReply
from dji.model import Command, EventReply


class CoverOpen(Command, method="cover_open"):
    """Open the cover."""


class CoverOpenReply(JobReply, method="cover_open"):
    """The dock's answer to `cover_open`."""


class CoverOpenProgress(JobEvent, method="cover_open"):
    """How `cover_open` goes on."""


class CoverOpenProgressReply(EventReply, method="cover_open", docks=(1, 2)):
    """The cloud's receipt of the progress of `cover_open`."""


class CoverClose(Command, method="cover_close"):
    """Close the cover, with the aircraft's propellers turned out of the way."""


class CoverCloseReply(JobReply, method="cover_close"):
    """The dock's answer to `cover_close`."""


class CoverCloseProgress(JobEvent, method="cover_close"):
    """How `cover_close` goes on."""


class CoverCloseProgressReply(EventReply, method="cover_close", docks=(1, 2)):
    """The cloud's receipt of the progress of `cover_close`."""


class CoverForceClose(Command, method="cover_force_close"):
    """Close the cover without looking at the aircraft."""


class CoverForceCloseReply(JobReply, method="cover_force_close"):
    """The dock's answer to `cover_force_close`."""


class CoverForceCloseProgress(JobEvent, method="cover_force_close"):
    """How `cover_force_close` goes on."""


class PutterOpen(Command, method="putter_open", docks=(1,)):
    """Push the driving rods apart; Dock 1."""


class PutterOpenReply(JobReply, method="putter_open", docks=(1,)):
    """The dock's answer to `putter_open`."""


class PutterOpenProgress(JobEvent, method="putter_open", docks=(1,)):
    """How `putter_open` goes on."""


class PutterOpenProgressReply(EventReply, method="putter_open", docks=(1,)):
    """The cloud's receipt of the progress of `putter_open`."""


class PutterClose(Command, method="putter_close", docks=(1,)):
    """Close the driving rods on the aircraft; Dock 1."""


class PutterCloseReply(JobReply, method="putter_close", docks=(1,)):
    """The dock's answer to `putter_close`."""


class PutterCloseProgress(JobEvent, method="putter_close", docks=(1,)):
    """How `putter_close` goes on."""


class PutterCloseProgressReply(EventReply, method="putter_close", docks=(1,)):
    """The cloud's receipt of the progress of `putter_close`."""


class ChargeOpen(Command, method="charge_open"):
    """Charge the aircraft."""


class ChargeOpenReply(JobReply, method="charge_open"):
    """The dock's answer to `charge_open`."""


class ChargeOpenProgress(JobEvent, method="charge_open"):
    """How `charge_open` goes on."""


class ChargeOpenProgressReply(EventReply, method="charge_open", docks=(1, 2)):
    """The cloud's receipt of the progress of `charge_open`."""


class ChargeClose(Command, method="charge_close"):
    """Stop charging the aircraft."""


class ChargeCloseReply(JobReply, method="charge_close"):
    """The dock's answer to `charge_close`."""


class ChargeCloseProgress(JobEvent, method="charge_close"):
    """How `charge_close` goes on."""


class ChargeCloseProgressReply(EventReply, method="charge_close", docks=(1, 2)):
    """The cloud's receipt of the progress of `charge_close`."""


class DroneOpen(Command, method="drone_open"):
    """Switch the aircraft on."""


class DroneOpenReply(JobReply, method="drone_open"):
    """The dock's answer to `drone_open`."""


class DroneOpenProgress(JobEvent, method="drone_open", docks=(1, 3)):
    """How `drone_open` goes on."""


class DroneOpenProgressReply(EventReply, method="drone_open", docks=(1,)):
    """The cloud's receipt of the progress of `drone_open`."""


class DroneClose(Command, method="drone_close"):
    """Switch the aircraft off."""


class DroneCloseReply(JobReply, method="drone_close"):
    """The dock's answer to `drone_close`."""


class DroneCloseProgress(JobEvent, method="drone_close"):
    """How `drone_close` goes on."""


class DroneCloseProgressReply(EventReply, method="drone_close", docks=(1, 2)):
    """The cloud's receipt of the progress of `drone_close`."""


class DeviceReboot(Command, method="device_reboot"):
    """Start the dock anew."""


class DeviceRebootReply(JobReply, method="device_reboot"):
    """The dock's answer to `device_reboot`."""


class DeviceRebootProgress(JobEvent, method="device_reboot"):
    """How `device_reboot` goes on."""


class DeviceRebootProgressReply(EventReply, method="device_reboot", docks=(1, 2)):
    """The cloud's receipt of the progress of `device_reboot`."""


class DeviceFormat(Command, method="device_format"):
    """Empty the dock's storage."""


class DeviceFormatReply(JobReply, method="device_format"):
    """The dock's answer to `device_format`."""


class DeviceFormatProgress(JobEvent, method="device_format"):
    """How `device_format` goes on."""


class DeviceFormatProgressReply(EventReply, method="device_format", docks=(1, 2)):
    """The cloud's receipt of the progress of `device_format`."""


class DroneFormat(Command, method="drone_format"):
    """Empty the aircraft's storage."""


class DroneFormatReply(JobReply, method="drone_format"):
    """The dock's answer to `drone_format`."""


class DroneFormatProgress(JobEvent, method="drone_format"):
    """How `drone_format` goes on."""


class DroneFormatProgressReply(EventReply, method="drone_format", docks=(1, 2)):
    """The cloud's receipt of the progress of `drone_format`."""
