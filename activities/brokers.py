"""Which broker an organisation's docks have their accounts at: the shared one, or the organisation's own."""

from __future__ import annotations

from pydantic import SecretStr

from activities.broker import Accounts
from activities.emqx import EmqxAccounts
from activities.mosquitto import MosquittoAccounts
from settings import Settings
from store.orgs import OrgBroker, Orgs
from store.seal import Seal


def accounts_at(settings: Settings) -> Accounts:
    """Accounts at the configured kind of broker. Raises ValueError that names the setting that is missing."""
    return EmqxAccounts(settings) if settings.broker_kind == "emqx" else MosquittoAccounts(settings)


class Brokers:
    """Raises ValueError where the settings of the shared broker are incomplete."""

    def __init__(self, settings: Settings, orgs: Orgs) -> None:
        self._settings = settings
        self._shared = accounts_at(settings)
        self._orgs = orgs
        self._seal = Seal.of(settings)

    async def accounts_of(self, org_id: str | None) -> Accounts:
        """Read anew each time: accounts change seldom, and an administrator may have changed the broker's."""
        org = await self._orgs.get(org_id) if org_id is not None else None
        return accounts_at(self._settings_of(org.broker)) if org is not None and org.broker else self._shared

    def _settings_of(self, broker: OrgBroker) -> Settings:
        return self._settings.model_copy(
            update={
                "broker_kind": broker.kind,
                "mqtt_host": broker.host,
                "mqtt_port": broker.port,
                "mqtt_tls": broker.tls,
                "mqtt_admin_username": broker.admin_username,
                "mqtt_admin_password": self._open(broker.admin_password_sealed),
                "emqx_api_url": broker.api_url,
                "emqx_api_key": broker.api_key,
                "emqx_api_secret": self._open(broker.api_secret_sealed),
            }
        )

    def _open(self, sealed: str | None) -> SecretStr | None:
        return SecretStr(self._seal.open(sealed)) if sealed is not None else None
