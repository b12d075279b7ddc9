"""Firmware of docks and aircraft."""

from dji.fields import field
from dji.jobs import JobReply
from dji.model import Command, Event, Model
from dji.shared import STATUS

UPGRADE_TYPE = {2: "consistency upgrade", 3: "normal upgrade", 4: "upgrade of a PSDK payload"}
UPGRADE_STEP = {"download_firmware": "fetching the firmware", "upgrade_firmware": "installing the firmware"}


class OtaDevice(Model):
    """A device to upgrade."""

    sn: str | None = field("Serial number of the device.", length=10240, required=True)
    product_version: str | None = field("Version to go to.", length=10240)
    file_url: str | None = field("Where the firmware is fetched from.", length=10240)
    md5: str | None = field("MD5 of the file.", length=10240)
    file_size: int | None = field("Size of the file.", unit="B")
    file_name: str | None = field("Name of the file.")
    firmware_upgrade_type: int | None = field("Kind of upgrade; 4 on Dock 3 only.", values=UPGRADE_TYPE)


class OtaCreate(Command, method="ota_create"):
    """Upgrade a dock, its aircraft, or both. A consistency upgrade needs no file."""

    devices: list[OtaDevice] | None = field("What to upgrade, the dock and its aircraft.", size=2, required=True)


class OtaCreateReply(JobReply, method="ota_create"):
    """The dock's answer to `ota_create`."""


class OtaStep(Model):
    """Step and percentage; the step is called `step_key` by old firmware."""

    percent: int | None = field("Progress.", unit="%", low=0, high=100)
    current_step: str | None = field("What the upgrade is doing.", values=UPGRADE_STEP)
    step_key: str | None = field("The same, on old firmware.", values=UPGRADE_STEP)
    step_result: int | None = field("Result of the step, on old firmware; not 0 is an error.")


class OtaOutput(Model):
    """How far an upgrade is."""

    status: str | None = field("State of the upgrade.", values=STATUS)
    progress: OtaStep | None = field("Step and percentage.")


class OtaProgress(Event, method="ota_progress"):
    """How an upgrade goes on."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: OtaOutput | None = field("How far the upgrade is.")

    @property
    def status(self) -> str | None:
        """State of the upgrade."""
        return self.output.status if self.output else None

    @property
    def percent(self) -> int | None:
        """Progress in percent; says nothing once the status is terminal."""
        return self.output.progress.percent if self.output and self.output.progress else None

    @property
    def step(self) -> str | None:
        """What the upgrade is doing: `download_firmware` or `upgrade_firmware`."""
        progress = self.output.progress if self.output else None
        return (progress.current_step or progress.step_key) if progress else None
