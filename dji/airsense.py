"""Other traffic near the aircraft, as it hears it over ADS-B."""

from typing import Any

from dji.fields import Number, field
from dji.model import Event, Model


class Traffic(Model):
    """One aircraft near ours."""

    icao: str | None = field("ICAO address of the aircraft.")
    warning_level: int | None = field(
        "Danger; from 3 on, give way.", values={0: "none", 1: "level 1", 2: "level 2", 3: "level 3", 4: "level 4"}
    )
    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180)
    altitude: Number | None = field("Height above what `altitude_type` says.", unit="m")
    altitude_type: int | None = field("What the height is above.", values={0: "the ellipsoid", 1: "the sea"})
    heading: float | None = field("Where it flies; 0 is north.", unit="°")
    relative_altitude: Number | None = field("Its height above our aircraft.", unit="m")
    vert_trend: int | None = field("How that changes.", values={0: "stays", 1: "rises", 2: "falls"})
    distance: Number | None = field("Distance over ground.", unit="m")


class AirsenseWarning(Traffic, Event, method="airsense_warning"):
    """Aircraft near ours. Docks send an array of them, the page prints the members of one; `traffic` has all."""

    aircraft: list[Traffic] | None = field("The aircraft, where the dock sent an array.")

    @property
    def traffic(self) -> list[Traffic]:
        """All aircraft of the warning."""
        if self.aircraft is not None:
            return self.aircraft
        return [self] if self.model_fields_set else []

    @classmethod
    def from_wire(cls, data: Any) -> Any:
        return {"aircraft": data} if isinstance(data, list) else data

    def to_wire(self) -> Any:
        said = self.present()
        return said["aircraft"] if said.keys() == {"aircraft"} else super().to_wire()
