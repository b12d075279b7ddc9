"""`orgs/{id}`: an organisation, its licence seats, its DJI application and the limits of its take-off gate."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from store.document import Document, Part, Repository, now


class GateLimits(Part):
    """Limits of the gate before take-off. Rain as DJI's `rainfall`: 0 none, 1 light, 2 moderate, 3 heavy."""

    battery_least: int = Field(40, ge=0, le=100)
    wind_most: float = Field(12, ge=0, description="m/s; the docks' own limit for take-off")
    rain_most: int = Field(1, ge=0, le=3)
    storage_least_mb: int = Field(500, ge=0)


class OrgBroker(Part):
    """A broker of the organisation's own: where its docks connect, our account there, and how accounts are made.

    A bridge of its own listens there (`ARGUS_BRIDGE_ORG`), and workers send there: see docs/pairing.md.
    """

    kind: Literal["mosquitto", "emqx"] = "mosquitto"
    host: str
    port: int
    tls: bool = False
    username: str = Field("argus", description="Account of our own processes: may read and write every topic")
    password_sealed: str
    admin_username: str | None = Field(None, description="Mosquitto: account of the dynamic-security plugin")
    admin_password_sealed: str | None = None
    api_url: str | None = Field(None, description="EMQX: address of its HTTP API")
    api_key: str | None = None
    api_secret_sealed: str | None = None

    @property
    def address(self) -> str:
        """As a QR code tells it."""
        return f"{'ssl' if self.tls else 'tcp'}://{self.host}:{self.port}"


class RetentionDays(Part):
    """How many days the organisation keeps what it has; None: as long as the timings say. Bounds: `store.retention`."""

    media: int | None = None
    logs: int | None = None
    alerts: int | None = None
    custom_data: int | None = None
    audit: int | None = None

    def of(self, kind: str) -> int | None:
        days: int | None = getattr(self, kind)
        return days


class Org(Document):
    collection: ClassVar[str] = "orgs"

    id: str
    name: str
    seats: int = Field(3, ge=0, description="Docks that may be paired at once")
    seats_used: int = Field(0, ge=0)
    dji_app_id: str | None = None
    dji_app_key_sealed: str | None = None
    dji_app_license_sealed: str | None = None
    broker: OrgBroker | None = Field(None, description="None: the shared one")
    gate: GateLimits = Field(default_factory=GateLimits)
    retention: RetentionDays = Field(default_factory=RetentionDays)
    streams_most: int = Field(20, ge=0, description="Videos of docks at once: each costs uplink, and a place in media")
    created_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id


class Orgs(Repository[Org]):
    model = Org
