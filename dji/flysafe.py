"""Licences that lift the limits of FlySafe."""

from dji.fields import Number, field
from dji.model import Command, Model, Reply
from dji.shared import FileRef, Point

LICENSE_TYPE = {
    0: "zones of the FlySafe map",
    1: "a circle",
    2: "a country",
    3: "a greater height",
    4: "a polygon",
    5: "more radio power",
    6: "Remote ID switched off",
}


class UnlockLicenseList(Command, method="unlock_license_list"):
    """Ask for the licences of the aircraft, or of the dock."""

    device_model_domain: int | None = field("Where the licence is.", values={0: "aircraft", 3: "dock"}, required=True)


class CommonFields(Model):
    """What all licences have."""

    license_id: int | None = field("Id of the licence.")
    name: str | None = field("Name of the licence.")
    type: int | None = field("Kind of licence.", values=LICENSE_TYPE)
    group_id: int | None = field("Id of the group of licences.")
    user_id: str | None = field("Account it was given to.")
    device_sn: str | None = field("Device it was given for.")
    begin_time: int | None = field("From when on it holds, since 1970.", unit="s")
    end_time: int | None = field("Until when it holds, since 1970.", unit="s")
    user_only: bool | None = field("Whether it holds for the account alone.")
    enabled: bool | None = field("Whether it is switched on.")


class AreaUnlock(Model):
    """Zones of the FlySafe map."""

    area_ids: list[int] | None = field("Ids of the zones.")


class CircleUnlock(Model):
    """A circle."""

    radius: Number | None = field("Radius.", unit="m")
    latitude: float | None = field("Latitude of the centre, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude of the centre, WGS 84.", unit="°", low=-180, high=180)
    height: Number | None = field("Limit of height.", unit="m", low=0, high=65535)


class CountryUnlock(Model):
    """A country."""

    country_number: int | None = field("Number of the country, ISO 3166-1.")
    height: Number | None = field("Limit of height.", unit="m", low=0, high=65535)


class HeightUnlock(Model):
    """A greater height."""

    height: Number | None = field("Limit of height.", unit="m", low=0, high=65535)


class PolygonUnlock(Model):
    """A polygon."""

    points: list[Point] | None = field("Corners of the polygon.")


class PowerUnlock(Model):
    """More radio power."""


class RidUnlock(Model):
    """Remote ID switched off."""

    level: int | None = field("Whose Remote ID.", values={1: "that of the EU", 2: "that of China"})


class License(Model):
    """One licence; beside `common_fields` it has the part of its kind."""

    common_fields: CommonFields | None = field("What all licences have.")
    area_unlock: AreaUnlock | None = field("Zones of the FlySafe map.")
    circle_unlock: CircleUnlock | None = field("A circle.")
    country_unlock: CountryUnlock | None = field("A country.")
    height_unlock: HeightUnlock | None = field("A greater height.")
    polygon_unlock: PolygonUnlock | None = field("A polygon.")
    power_unlock: PowerUnlock | None = field("More radio power; has no members.")
    rid_unlock: RidUnlock | None = field("Remote ID switched off.")


class UnlockLicenseListReply(Reply, method="unlock_license_list"):
    """The licences."""

    device_model_domain: int | None = field("Where the licence is.", values={0: "aircraft", 3: "dock"})
    consistence: bool | None = field("Whether dock and aircraft hold the same licences.")
    licenses: list[License] | None = field("The licences.")


class UnlockLicenseSwitch(Command, method="unlock_license_switch"):
    """Switch a licence on or off."""

    license_id: int | None = field("Id of the licence.", required=True)
    enable: bool | None = field("Whether to switch it on.", required=True)


class UnlockLicenseSwitchReply(Reply, method="unlock_license_switch"):
    """The dock's answer to `unlock_license_switch`."""

    license_id: int | None = field("Id of the licence.")


class UnlockLicenseUpdate(Command, method="unlock_license_update"):
    """Bring licences to the aircraft."""

    file: FileRef | None = field("The licence file; without one the dock asks the FlySafe server.")


class UnlockLicenseUpdateReply(Reply, method="unlock_license_update"):
    """The dock's answer to `unlock_license_update`."""
