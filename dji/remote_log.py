"""Logs of dock and aircraft."""

from dji.fields import ListOf, field
from dji.model import Command, Event, Model, Reply
from dji.shared import STATUS, Bucket

LOG_OF = {"0": "aircraft", "3": "dock"}


class FileuploadList(Command, method="fileupload_list"):
    """Ask which logs there are."""

    module_list: list[str] | None = field('Whose logs: "0" aircraft, "3" dock.', values=LOG_OF, required=True)


class LogIndex(Model):
    """One log."""

    boot_index: int | None = field("Number of the log: one for each start of the device.")
    start_time: int | None = field("When it begins, since 1970; the unit depends on the dock.", unit="s")
    end_time: int | None = field(
        "When it ends, since 1970; the unit depends on the dock.", unit="s", misspelled="end_ime", wire="end_time"
    )
    size: int | None = field("Size of the log.")


class LogFiles(Model):
    """The logs of one device."""

    device_sn: str | None = field("Serial number of the device.")
    result: int | None = field("0, or the error code of what went wrong.")
    module: str | None = field("Kind of device.", values=LOG_OF)
    list: ListOf[LogIndex] | None = field("The logs.")


class FileuploadListReply(Reply, method="fileupload_list"):
    """The logs there are; they stand beside `result`, not under `output`."""

    files: list[LogFiles] | None = field("The logs of each device.", size=2)


class LogFileProgress(Model):
    """How far one file is."""

    progress: int | None = field("Progress.", misspelled="prgress", wire="progress")
    finish_time: int | None = field("When it was done, since 1970.")
    upload_rate: int | None = field("Speed of the upload.")
    current_step: int | None = field("Step.")
    total_step: int | None = field("Number of steps; for the dock's own logs only.")
    result: int | None = field("0, or the error code of what went wrong.")
    status: str | None = field("State of the file.", values=STATUS)


class LogFileState(Model):
    """One file."""

    module: str | None = field("Kind of device.", values=LOG_OF)
    size: int | None = field("Size of the file.")
    device_sn: str | None = field("Serial number of the device.")
    key: str | None = field("Key of the file in the bucket.")
    fingerprint: str | None = field("MD5 of the file, in hex.")
    progress: LogFileProgress | None = field("Step and percentage.")


class LogExt(Model):
    """How far each file is."""

    files: list[LogFileState] | None = field("The files.")


class LogOutput(Model):
    """How far it is."""

    ext: LogExt | None = field("How far each file is.")
    status: str | None = field("State of the upload.", values=STATUS)


class FileuploadProgress(Event, method="fileupload_progress"):
    """How far the upload of logs is."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: LogOutput | None = field("How far it is.")


class LogBoot(Model):
    """One log."""

    boot_index: int | None = field("Number of the log: one for each start of the device.")


class LogUpload(Model):
    """A file to make of logs."""

    object_key: str | None = field("Key of the file in the bucket.", required=True)
    module: str | None = field("Kind of device.", values=LOG_OF, required=True)
    list: ListOf[LogBoot] | None = field("The logs that go into the file.")


class LogParams(Model):
    """What to upload."""

    files: list[LogUpload] | None = field("The files, one for each device.", required=True)


class FileuploadStart(Command, Bucket, method="fileupload_start"):
    """Upload logs to a bucket."""

    params: LogParams | None = field("What to upload.", required=True)


class FileuploadStartReply(Reply, method="fileupload_start"):
    """The dock's answer to `fileupload_start`."""


class FileuploadUpdate(Command, method="fileupload_update"):
    """Call an upload off; nothing comes after it."""

    status: str | None = field("What to do.", values={"cancel": "call it off"}, required=True)
    module_list: list[str] | None = field('Whose logs: "0" aircraft, "3" dock.', values=LOG_OF)


class FileuploadUpdateReply(Reply, method="fileupload_update"):
    """The dock's answer to `fileupload_update`."""
