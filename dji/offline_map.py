"""Offline maps: not among the documented methods of docks, but docks ask for them before each take-off.

Left unanswered, the question costs about 40 s. Source: DJI's FAQ and SDK, `offline_map_get`.
"""

from dji.fields import field
from dji.model import Command, Event, Model, Reply, Request, RequestReply


class OfflineMapFile(Model):
    """A file of the offline map."""

    name: str | None = field("Name of the file.")
    url: str | None = field("Where it is fetched from.")
    checksum: str | None = field("SHA-256 of the file, in hex.")
    size: int | None = field("Size of the file.", unit="B")


class OfflineMapOutput(Model):
    """The offline map."""

    offline_map_enable: bool | None = field("Whether the map is to be used.")
    files: list[OfflineMapFile] | None = field("The files.")


class OfflineMapGet(Request, method="offline_map_get", documented=False):
    """The dock asks for the offline map."""


class OfflineMapGetReply(RequestReply, method="offline_map_get", documented=False):
    """The cloud's answer to `offline_map_get`; result 0 alone says that there is none."""

    output: OfflineMapOutput | None = field("The map.")


class OfflineMapUpdate(Command, method="offline_map_update", documented=False):
    """Tell the dock to ask for the offline map."""


class OfflineMapUpdateReply(Reply, method="offline_map_update", documented=False):
    """The dock's answer to `offline_map_update`."""


class OfflineMapSyncProgress(Event, method="offline_map_sync_progress", documented=False):
    """How far the dock is with fetching the map."""

    status: str | None = field(
        "State of the map on the aircraft.",
        values={
            "wait_sync": "waiting",
            "synchronizing": "being fetched",
            "synchronized": "in use",
            "fail": "failed",
            "switch_fail": "could not be switched on or off",
        },
    )
    reason: int | None = field("Why it failed; 0 is none.")
    file: OfflineMapFile | None = field("The file.")
