"""What a simulated dock is given: its QR code, and how it is to be."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dji.products import DockModel
from simulator.scenario import Scenario


class QrCode(BaseModel):
    """The content of the QR code that a pairing shows: all that a dock is told of the system."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    v: Literal[1]
    mqtt: str = Field(min_length=1, description="tcp://host:port or ssl://host:port")
    account: str
    password: str
    organization_id: str
    device_binding_code: str

    @classmethod
    def read(cls, text: str) -> QrCode:
        """From the code's text. Raises ValueError that names the field."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "QR code"
            raise ValueError(f"{where}: {first['msg']}") from None


class DockConfig(BaseModel):
    """One dock. What is left out is made from `seed`, so that the same configuration is the same dock."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: DockModel = "dock3"
    seed: int = 1
    sn: str = ""
    aircraft_sn: str = ""
    aircraft: str | None = Field(None, description="Model key of the aircraft; the thermal one of the dock's family")
    qr: str | None = Field(None, description="Text of the QR code; a dock without one has nobody to talk to")
    callsign: str | None = None
    bound: bool = Field(False, description="Has been bound before, with this QR code's account")
    empty: bool = Field(False, description="No aircraft is inside; one that took off elsewhere may land here")
    awake: bool = Field(False, description="The aircraft is powered on from the start")
    flying: bool = Field(False, description="The aircraft is in the air from the start, on a round: for loads")
    video: bool = Field(True, description="Off: pushes are accepted and shown, but nothing is encoded")
    sei_marker: Literal["whip", "agora"] = Field("whip", description="Marker of what its AI sees: 0xF5 or 0x65")
    walks_always: bool | None = Field(None, description="All registration steps at each connection; None: as the model")
    reconnects_after_config: bool = Field(False, description="The licence check cuts and renews the connection")
    last_will: bool = False
    qos: Literal[0, 1] = Field(1, description="Of all but osd, which goes at 0")
    latitude: float = 22.9078
    longitude: float = 113.7035
    height: float = 34.2
    battery: float = Field(96.0, ge=0, le=100)
    speed: float = Field(1.0, gt=0, description="Simulated seconds in a real one")
    osd_speed: float = Field(1.0, gt=0)
    boot_seconds: float = Field(5.0, ge=0, description="Real seconds from power to the first connection of a reboot")
    state_dir: Path | None = Field(None, description="Where the dock keeps what survives a restart of the simulator")
    scenario: Scenario | str | None = Field(None, description="A scenario, its file, or the name of one we ship")

    def model_post_init(self, context: Any) -> None:
        letters = hashlib.sha256(f"{self.model}/{self.seed}".encode()).hexdigest().upper()
        if not self.sn:
            object.__setattr__(self, "sn", f"SIM{self.model[-1]}DK{letters[:8]}")
        if not self.aircraft_sn:
            object.__setattr__(self, "aircraft_sn", f"SIM{self.model[-1]}AC{letters[8:18]}")
