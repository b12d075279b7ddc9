"""Data for and from programs that run on a payload or beside the dock."""

from typing import Final

from dji.fields import field
from dji.model import Command, Event, Reply

MOST_BYTES: Final = 255
"""Of one message: DJI's pages say that its length is less than 256."""


class CustomDataTransmissionFromEsdk(Event, method="custom_data_transmission_from_esdk"):
    """Data from a program beside the dock."""

    value: str | None = field("What was sent.")


class CustomDataTransmissionToEsdk(Command, method="custom_data_transmission_to_esdk"):
    """Data for a program beside the dock."""

    value: str | None = field("What to send.", required=True)


class CustomDataTransmissionToEsdkReply(Reply, method="custom_data_transmission_to_esdk"):
    """The dock's answer to `custom_data_transmission_to_esdk`."""


class CustomDataTransmissionFromPsdk(Event, method="custom_data_transmission_from_psdk"):
    """Data from a payload."""

    value: str | None = field("What was sent.")


class CustomDataTransmissionToPsdk(Command, method="custom_data_transmission_to_psdk"):
    """Data for a payload."""

    value: str | None = field("What to send.", required=True)


class CustomDataTransmissionToPsdkReply(Reply, method="custom_data_transmission_to_psdk"):
    """The dock's answer to `custom_data_transmission_to_psdk`."""
