"""The organisation: its name and limits, its DJI application, its broker. Secrets go in, and never come out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter
from google.cloud.firestore import AsyncTransaction
from pydantic import Field, SecretStr, StringConstraints, model_validator

from api.body import Body, View
from api.deps import Admin, Parts, PartsDep
from api.problems import Refused, not_found
from api.security import Principal
from store.audit import AuditEntry
from store.orgs import GateLimits, Org, OrgBroker

router = APIRouter(prefix="/v1/org", tags=["organisation"])

Text = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class DjiView(View):
    """`own` False: docks are told the application of this system's settings."""

    own: bool
    app_id: str | None = Field(None, examples=["142357"])


class BrokerView(View):
    """`own` False: the shared broker. `address` is what a QR code tells a dock."""

    own: bool
    address: str = Field(examples=["ssl://mqtt.alpine-rescue.example:8883"])
    kind: str | None = None


class OrgView(View):
    id: str = Field(examples=["alpine-rescue"])
    name: str = Field(examples=["Alpine Rescue"])
    seats: int = Field(description="Docks that may be paired at once")
    seats_used: int
    gate: GateLimits
    streams_most: int
    dji: DjiView
    broker: BrokerView
    created_at: datetime


class GateChange(Body):
    """Limits of the gate before take-off; one that is left out stays."""

    battery_least: int | None = Field(None, ge=0, le=100, description="per cent")
    wind_most: float | None = Field(None, ge=0, le=20, description="m/s")
    rain_most: int | None = Field(None, ge=0, le=3, description="0 none, 1 light, 2 moderate, 3 heavy")
    storage_least_mb: int | None = Field(None, ge=0)


class OrgChange(Body):
    name: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)] | None = None
    gate: GateChange | None = None
    streams_most: int | None = Field(None, ge=0, le=1000, description="Videos of docks at once")


class DjiApplication(Body):
    """Of DJI's developer pages. A dock compares the licence with the one that it was first registered with."""

    app_id: Text = Field(examples=["142357"])
    app_key: Secret
    app_license: Secret
    replace: bool = Field(False, description="Also while docks are paired: they then have to be reset and paired anew")


class OwnBroker(Body):
    """Where the docks connect, our own account there, and the interface by which the docks' accounts are made."""

    kind: Literal["mosquitto", "emqx"] = "mosquitto"
    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:\[\]-]{1,253}$")] = Field(
        examples=["mqtt.alpine-rescue.example"]
    )
    port: int = Field(8883, ge=1, le=65535)
    tls: bool = True
    username: Text = Field("argus", description="Our own processes' account: it may use every topic")
    password: Secret
    admin_username: Text | None = Field(None, description="Mosquitto: account of its dynamic-security plugin")
    admin_password: Secret | None = None
    api_url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=512)] | None = Field(
        None, description="EMQX: address of its HTTP API"
    )
    api_key: Text | None = None
    api_secret: Secret | None = None

    @model_validator(mode="after")
    def _complete(self) -> OwnBroker:
        names = (
            ("admin_username", "admin_password") if self.kind == "mosquitto" else ("api_url", "api_key", "api_secret")
        )
        missing = [name for name in names if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{', '.join(missing)}: needed for a broker of kind {self.kind}")
        return self


def _view(parts: Parts, org: Org) -> OrgView:
    broker = org.broker
    return OrgView(
        **org.model_dump(exclude={"broker"}),
        dji=DjiView(own=org.dji_app_id is not None, app_id=org.dji_app_id),
        broker=BrokerView(
            own=broker is not None,
            address=broker.address if broker is not None else parts.settings.mqtt_public_address,
            kind=broker.kind if broker is not None else None,
        ),
    )


async def _change(
    parts: Parts, caller: Principal, action: str, change: Callable[[Org], dict[str, Any]], **details: Any
) -> OrgView:
    """Change the organisation and note who did, in one transaction. `change` may raise Refused."""

    async def step(transaction: AsyncTransaction) -> None:
        org = await parts.orgs.get(caller.org, transaction)
        if org is None:
            raise not_found("organisation", caller.org, "org")
        transaction.update(parts.orgs.ref(org.id), change(org))
        entry = AuditEntry(
            id=uuid4().hex, org_id=org.id, user=caller.user, role=caller.role.name, action=action, target=org.id,
            outcome="done", details=details,
        )  # fmt: skip
        transaction.set(parts.audit.ref(entry.id), entry.to_fields())

    await parts.orgs.transact(step)
    return await _org(parts, caller)


async def _org(parts: Parts, caller: Principal) -> OrgView:
    org = await parts.orgs.get(caller.org)
    if org is None:
        raise not_found("organisation", caller.org, "org")
    return _view(parts, org)


def _refuse_with_docks(org: Org, kind: str, what: str, field: str, cure: str) -> None:
    if org.seats_used:
        raise Refused(409, kind, f"{org.seats_used} docks are paired, and know {what}.", field=field, cure=cure)


@router.get("")
async def org(parts: PartsDep, caller: Admin) -> OrgView:
    """Name, seats, limits of the gate, and what is set of DJI's application and the broker, without secrets."""
    return await _org(parts, caller)


@router.patch("")
async def change(parts: PartsDep, caller: Admin, body: OrgChange) -> OrgView:
    """Change the name, or limits: they hold for the next take-off, and for the next stream."""
    gate = body.gate.model_dump(exclude_none=True, by_alias=True) if body.gate is not None else {}
    fields: dict[str, Any] = {f"gate.{name}": value for name, value in gate.items()}
    if body.name is not None:
        fields["name"] = body.name
    if body.streams_most is not None:
        fields["streamsMost"] = body.streams_most
    if not fields:
        return await _org(parts, caller)
    return await _change(parts, caller, "org.change", lambda _: fields, **fields)


@router.put("/dji")
async def set_dji(parts: PartsDep, caller: Admin, body: DjiApplication) -> OrgView:
    """Set the DJI application that the organisation's docks are told. Sealed at rest, never shown again."""

    def change(org: Org) -> dict[str, Any]:
        if not body.replace:
            _refuse_with_docks(
                org, "docks-are-paired", "the licence that they were registered with", "appLicense",
                "Unpair and reset them first, or send `replace`.",
            )  # fmt: skip
        return {
            "djiAppId": body.app_id,
            "djiAppKeySealed": parts.seal.close(body.app_key.get_secret_value()),
            "djiAppLicenseSealed": parts.seal.close(body.app_license.get_secret_value()),
        }

    return await _change(parts, caller, "org.dji", change, appId=body.app_id, replace=body.replace)


@router.put("/broker")
async def set_broker(parts: PartsDep, caller: Admin, body: OwnBroker) -> OrgView:
    """Give the organisation a broker of its own: the next QR codes name it. docs/pairing.md says what listens there."""
    broker = OrgBroker(
        **body.model_dump(exclude={"password", "admin_password", "api_secret"}),
        password_sealed=parts.seal.close(body.password.get_secret_value()),
        admin_password_sealed=_sealed(parts, body.admin_password),
        api_secret_sealed=_sealed(parts, body.api_secret),
    )
    return await _set_broker(parts, caller, broker)


@router.delete("/broker")
async def unset_broker(parts: PartsDep, caller: Admin) -> OrgView:
    """Back to the shared broker."""
    return await _set_broker(parts, caller, None)


async def _set_broker(parts: Parts, caller: Principal, broker: OrgBroker | None) -> OrgView:
    waiting = await parts.pairings.find(orgId=caller.org, status="waiting", limit=1)

    def change(org: Org) -> dict[str, Any]:
        _refuse_with_docks(org, "docks-are-paired", "the broker that is set now", "host", "Unpair them first.")
        if waiting:
            raise Refused(
                409, "pairing-waits", f"Pairing {waiting[0].id} waits, and its code names the broker that is set now.",
                field="host", cure="Cancel it first.",
            )  # fmt: skip
        return {"broker": broker.model_dump(by_alias=True) if broker is not None else None}

    address = broker.address if broker is not None else "shared"
    return await _change(parts, caller, "org.broker", change, address=address)


def _sealed(parts: Parts, secret: SecretStr | None) -> str | None:
    return parts.seal.close(secret.get_secret_value()) if secret is not None else None
