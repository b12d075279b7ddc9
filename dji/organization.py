"""Binding docks and aircraft to an organization."""

from dji.fields import field
from dji.model import Model, Request, RequestReply


class BindStatusDevice(Model):
    """A device that is asked about."""

    sn: str | None = field("Serial number of the device.")


class AirportBindStatus(Request, method="airport_bind_status"):
    """A dock asks whether it and its aircraft are bound."""

    devices: list[BindStatusDevice] | None = field("The dock and its aircraft.", size=2)


class BindStatus(Model):
    """Whether a device is bound."""

    sn: str | None = field("Serial number of the device.")
    is_device_bind_organization: bool | None = field("Whether it is bound.")
    organization_id: str | None = field("Id of the organization.")
    organization_name: str | None = field("Name of the organization.")
    device_callsign: str | None = field("Name of the device in the organization.")


class BindStatusOutput(Model):
    """The state of each device."""

    bind_status: list[BindStatus] | None = field("The state of each.", size=2)


class AirportBindStatusReply(RequestReply, method="airport_bind_status"):
    """The cloud's answer to `airport_bind_status`."""

    output: BindStatusOutput | None = field("The state of each.")


class BindDevice(Model):
    """A device to bind."""

    device_binding_code: str | None = field("Code that was entered at the dock.")
    organization_id: str | None = field("Id of the organization.")
    device_callsign: str | None = field("Name of the device in the organization.")
    sn: str | None = field("Serial number of the device.")
    device_model_key: str | None = field('Model key of the device, as "3-3-0".')


class AirportOrganizationBind(Request, method="airport_organization_bind"):
    """A dock asks to be bound, with its aircraft."""

    bind_devices: list[BindDevice] | None = field("What to bind: the dock and its aircraft.", size=2)


class ErrInfo(Model):
    """What became of one device."""

    sn: str | None = field("Serial number of the device.")
    err_code: int | None = field("0 if it was bound, else an error code.")


class BindOutput(Model):
    """What became of each device."""

    err_infos: list[ErrInfo] | None = field("What became of each.", size=2)


class AirportOrganizationBindReply(RequestReply, method="airport_organization_bind"):
    """The cloud's answer to `airport_organization_bind`."""

    output: BindOutput | None = field("What became of each.")


class AirportOrganizationGet(Request, method="airport_organization_get"):
    """A dock asks for the organization of a binding code."""

    device_binding_code: str | None = field("Code that was entered at the dock.")
    organization_id: str | None = field("Id of the organization.")


class OrganizationOutput(Model):
    """The organization."""

    organization_name: str | None = field("Name of the organization.")


class AirportOrganizationGetReply(RequestReply, method="airport_organization_get"):
    """The cloud's answer to `airport_organization_get`."""

    output: OrganizationOutput | None = field("The organization.")
