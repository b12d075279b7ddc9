"""Which aircraft a gateway has."""

from dji.fields import field
from dji.model import Model, Status, StatusReply


class SubDevice(Model):
    """The aircraft."""

    sn: str | None = field("Serial number of the aircraft.")
    domain: str | None = field("Domain of the aircraft, 0.")
    type: int | None = field("Type of the aircraft.")
    sub_type: int | None = field("Sub-type of the aircraft.")
    index: str | None = field("Channel of the controller: A or B.")
    device_secret: str | None = field("Secret of the device.")
    nonce: str | None = field("Random text.")
    thing_version: str | None = field("Version of the device's model, as opaque text.")
    version: str | None = field("The same, in old messages.")


class UpdateTopo(Status, method="update_topo"):
    """Which aircraft a gateway has; without one, the aircraft is offline."""

    domain: str | None = field("Domain of the gateway: 2 controller, 3 dock.")
    type: int | None = field("Type of the gateway.")
    sub_type: int | None = field("Sub-type of the gateway.")
    device_secret: str | None = field("Secret of the device.")
    nonce: str | None = field("Random text.")
    thing_version: str | None = field("Version of the device's model, as opaque text.")
    sub_devices: list[SubDevice] | None = field("The aircraft; empty when it goes offline.", size=1)
    version: str | None = field("The same, in old messages.")


class UpdateTopoReply(StatusReply, method="update_topo"):
    """The cloud's receipt of `update_topo`."""
