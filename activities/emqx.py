"""Accounts at EMQX, by its HTTP API: the built-in database of users, and of rules by user.

Pages of EMQX 5: "Authentication" and "Authorization", `/authentication/{id}/users`,
`/authorization/sources/built_in_database/rules/users`, `/clients`.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import httpx

from activities.broker import PAIRING_RULES, Accounts, BrokerError, Rule, dock_rules, drc_rules
from settings import Settings

AUTHENTICATOR: Final = "password_based%3Abuilt_in_database"
RULES: Final = "/authorization/sources/built_in_database/rules/users"
ANSWER_WITHIN: Final = 5.0  # s
REST_DENIED: Final = {"topic": "#", "permission": "deny", "action": "all"}

Json = dict[str, Any]


def rules_of(rules: tuple[Rule, ...]) -> list[Json]:
    """Rules as EMQX writes them, first match wins. `eq` means this very filter, as with a denied wildcard."""
    lines: list[Json] = [
        {
            "topic": f"eq {rule.topic}" if rule.literal else rule.topic,
            "permission": "allow" if rule.allow else "deny",
            "action": rule.action,
        }
        for rule in rules
    ]
    return [*lines, REST_DENIED]


class EmqxAccounts(Accounts):
    """EMQX asks its rules again on the next message, so that a change of rights does not disconnect anybody."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        missing = [
            name for name in ("emqx_api_url", "emqx_api_key", "emqx_api_secret") if getattr(settings, name) is None
        ]
        if missing:
            raise ValueError(f"ARGUS_{missing[0].upper()} is needed with ARGUS_BROKER_KIND=emqx")
        assert settings.emqx_api_url
        assert settings.emqx_api_key
        assert settings.emqx_api_secret
        self._base = settings.emqx_api_url.rstrip("/") + "/api/v5"
        self._auth = (settings.emqx_api_key, settings.emqx_api_secret.get_secret_value())
        self._transport = transport

    async def create_pairing(self, account: str, password: str) -> None:
        await self._create(account, password, PAIRING_RULES)

    async def create_drc(self, account: str, password: str, sn: str) -> None:
        await self._create(account, password, drc_rules(sn))

    async def delete_drc(self, account: str) -> None:
        await self.delete(account, None)

    async def grant_dock(self, account: str, sn: str, aircraft_sn: str | None) -> None:
        async with self._client() as client:
            await self._rules(client, account, dock_rules(sn, aircraft_sn))

    async def delete(self, account: str, sn: str | None) -> None:
        name = quote(account)
        async with self._client() as client:
            await self._call(client, "DELETE", f"/authentication/{AUTHENTICATOR}/users/{name}", also=(404,))
            await self._call(client, "DELETE", f"{RULES}/{name}", also=(404,))
            for client_id in await self._clients(client, account):
                await self._call(client, "DELETE", f"/clients/{quote(client_id, safe='')}", also=(404,))

    async def _create(self, account: str, password: str, rules: tuple[Rule, ...]) -> None:
        users = f"/authentication/{AUTHENTICATOR}/users"
        async with self._client() as client:
            made = await self._call(client, "POST", users, {"user_id": account, "password": password}, also=(409,))
            if made == 409:
                await self._call(client, "PUT", f"{users}/{quote(account)}", {"password": password})
            await self._rules(client, account, rules)

    async def _rules(self, client: httpx.AsyncClient, account: str, rules: tuple[Rule, ...]) -> None:
        body = {"username": account, "rules": rules_of(rules)}
        if await self._call(client, "PUT", f"{RULES}/{quote(account)}", body, also=(404,)) == 404:
            await self._call(client, "POST", RULES, [body])

    async def _clients(self, client: httpx.AsyncClient, account: str) -> list[str]:
        response = await self._send(client, "GET", "/clients", params={"username": account})
        if response.status_code != 200:
            raise BrokerError(f"GET /clients: {response.status_code} {response.text[:200]}")
        return [found["clientid"] for found in response.json().get("data", [])]

    async def _call(
        self, client: httpx.AsyncClient, method: str, path: str, body: Any = None, also: tuple[int, ...] = ()
    ) -> int:
        response = await self._send(client, method, path, json=body)
        if response.is_success or response.status_code in also:
            return response.status_code
        raise BrokerError(f"{method} {path}: {response.status_code} {response.text[:200]}")

    async def _send(self, client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return await client.request(method, self._base + path, **more)
        except httpx.HTTPError as error:
            raise BrokerError(f"{method} {path}: {error or type(error).__name__}") from error

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(auth=self._auth, timeout=ANSWER_WITHIN, transport=self._transport)
