"""Accounts at Mosquitto, by its dynamic-security plugin: commands as JSON on `$CONTROL/dynamic-security/v1`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import Any, Final

from aiomqtt import Client, MqttError

from activities.broker import PAIRING_RULES, Accounts, BrokerError, Rule, dock_rules, drc_rules, role_of
from activities.connection import client_of
from settings import Settings

CONTROL: Final = "$CONTROL/dynamic-security/v1"
RESPONSE: Final = "$CONTROL/dynamic-security/v1/response"
ANSWER_WITHIN: Final = 5.0  # s
PAIRING_ROLE: Final = "pairing"

Json = dict[str, Any]

# What the plugin says where a thing is there already, or is not: fine for a call that may be repeated.
_EXISTS: Final = ("already exists", "already in this role")
_ABSENT: Final = ("not found", "does not exist", "not in role")


def acls(rules: tuple[Rule, ...]) -> list[Json]:
    """Rules as the plugin writes them. A filter that may be followed may also be received, each by its own right."""
    lines = []
    for rule in rules:
        if rule.action == "publish":
            kinds = ["publishClientSend"]
        elif rule.literal:
            kinds = ["subscribeLiteral"]
        else:
            kinds = ["subscribePattern", "publishClientReceive"]
        lines += [{"acltype": kind, "topic": rule.topic, "allow": rule.allow, "priority": 0} for kind in kinds]
    return lines


class MosquittoAccounts(Accounts):
    """One connection of the admin account for each call: accounts change seldom."""

    def __init__(self, settings: Settings) -> None:
        if settings.mqtt_admin_password is None:
            raise ValueError("ARGUS_MQTT_ADMIN_PASSWORD is needed with ARGUS_BROKER_KIND=mosquitto")
        self._settings = settings
        self._password = settings.mqtt_admin_password.get_secret_value()

    async def create_pairing(self, account: str, password: str) -> None:
        said = await self._run(
            {"command": "createRole", "rolename": PAIRING_ROLE, "acls": acls(PAIRING_RULES)},
            {"command": "createClient", "username": account, "password": password, "roles": [_member(PAIRING_ROLE)]},
        )
        if said[1] is not None:  # it is there, from an attempt before this one
            roles = [_member(PAIRING_ROLE)]
            await self._run({"command": "modifyClient", "username": account, "password": password, "roles": roles})

    async def grant_dock(self, account: str, sn: str, aircraft_sn: str | None) -> None:
        role = role_of(sn)
        await self._run(
            {"command": "createRole", "rolename": role, "acls": []},
            {"command": "modifyRole", "rolename": role, "acls": acls(dock_rules(sn, aircraft_sn))},
            {"command": "modifyClient", "username": account, "roles": [_member(role)]},
        )

    async def create_drc(self, account: str, password: str, sn: str) -> None:
        # A role of its own: a change of one that others have would disconnect them.
        client = {"username": account, "password": password, "roles": [_member(account)]}
        said = await self._run(
            {"command": "createRole", "rolename": account, "acls": acls(drc_rules(sn))},
            {"command": "createClient", **client},
        )
        if said[1] is not None:  # of an attempt before this one
            await self._run({"command": "modifyClient", **client})

    async def delete_drc(self, account: str) -> None:
        await self._run(
            {"command": "deleteClient", "username": account}, {"command": "deleteRole", "rolename": account}
        )

    async def delete(self, account: str, sn: str | None) -> None:
        commands: list[Json] = [{"command": "deleteClient", "username": account}]
        if sn is not None:
            commands.append({"command": "deleteRole", "rolename": role_of(sn)})
        await self._run(*commands)

    async def _run(self, *commands: Json) -> list[str | None]:
        """Send the commands as one request: what each was answered, None or a complaint that does no harm."""
        correlation = uuid.uuid4().hex
        numbered = [{**command, "correlationData": f"{correlation}-{at}"} for at, command in enumerate(commands)]
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                answers = await self._ask(numbered)
        except (MqttError, TimeoutError) as error:
            raise BrokerError(f"the broker's account interface did not answer: {error or 'no answer'}") from error
        said = [answers[command["correlationData"]] for command in numbered]
        for command, complaint in zip(numbered, said, strict=True):
            if complaint and not _harmless(command["command"], complaint):
                raise BrokerError(f"{command['command']}: {complaint}")
        return said

    async def _ask(self, commands: list[Json]) -> dict[str, str | None]:
        answers: dict[str, str | None] = {}
        wanted = {command["correlationData"] for command in commands}
        async with self._client() as client:
            await client.subscribe(RESPONSE, qos=1)
            await client.publish(CONTROL, json.dumps({"commands": commands}), qos=1)
            async for message in client.messages:
                for response in _responses(message.payload):
                    key = str(response.get("correlationData"))
                    if key in wanted:
                        answers[key] = response.get("error")
                if answers.keys() >= wanted:
                    return answers
        raise MqttError("the connection ended")

    def _client(self) -> Client:
        return client_of(self._settings, self._settings.mqtt_admin_username, self._password, "accounts")


def _member(role: str) -> Json:
    return {"rolename": role, "priority": 0}


def _responses(payload: Any) -> list[Json]:
    with contextlib.suppress(ValueError, TypeError):
        found = json.loads(payload).get("responses", [])
        return [response for response in found if isinstance(response, dict)]
    return []


def _harmless(command: str, error: str) -> bool:
    words = _ABSENT if command.startswith("delete") else _EXISTS
    return any(word in error.lower() for word in words)
