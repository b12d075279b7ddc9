"""The settings of a process that speaks to an organisation's own broker."""

from __future__ import annotations

from pydantic import SecretStr

from settings import Settings
from store.orgs import OrgBroker
from store.seal import Seal


def settings_at(settings: Settings, broker: OrgBroker) -> Settings:
    """The settings, with an organisation's own broker in place of the shared one.

    Raises ValueError where its passwords were sealed with another key.
    """
    seal = Seal.of(settings)

    def opened(sealed: str | None) -> SecretStr | None:
        return SecretStr(seal.open(sealed)) if sealed is not None else None

    return settings.model_copy(
        update={
            "broker_kind": broker.kind,
            "mqtt_host": broker.host,
            "mqtt_port": broker.port,
            "mqtt_tls": broker.tls,
            "mqtt_username": broker.username,
            "mqtt_password": opened(broker.password_sealed),
            "mqtt_admin_username": broker.admin_username,
            "mqtt_admin_password": opened(broker.admin_password_sealed),
            "emqx_api_url": broker.api_url,
            "emqx_api_key": broker.api_key,
            "emqx_api_secret": opened(broker.api_secret_sealed),
        }
    )
