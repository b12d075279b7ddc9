"""Mosquitto with its dynamic-security plugin, in place of an EMQX cluster: accounts are managed while it runs."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pwd
import secrets
from pathlib import Path
from typing import Any

from embedded import probes
from embedded.part import Part, StackError
from embedded.tools import Tool

PLUGIN = "mosquitto_dynamic_security.so"
# The plugin's own default is 101; accounts are random, so a slow hash would only slow down connecting.
HASH_ITERATIONS = 101
CONTROL_TOPIC = "$CONTROL/dynamic-security/#"

CONFIG = """\
user {user}
listener {port} {host}
allow_anonymous false
plugin {plugin}
plugin_opt_config_file {accounts}
persistence true
persistence_location {directory}/
# Nothing but this interval saves what a kill would lose.
autosave_interval 5
# A bridge that was away for a minute finds everything that its docks said, in order.
max_inflight_messages 0
max_queued_messages 100000
max_keepalive 600
set_tcp_nodelay true
log_dest stdout
log_type error
log_type warning
log_type notice
"""


def _client(username: str, password: str, role: str) -> dict[str, Any]:
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ITERATIONS)
    return {
        "username": username,
        "password": base64.b64encode(digest).decode(),
        "salt": base64.b64encode(salt).decode(),
        "iterations": HASH_ITERATIONS,
        "roles": [{"rolename": role}],
    }


def _role(name: str, topics: list[str]) -> dict[str, Any]:
    kinds = ("publishClientSend", "publishClientReceive", "subscribePattern", "unsubscribePattern")
    acls = [{"acltype": kind, "topic": topic, "allow": True} for topic in topics for kind in kinds]
    return {"rolename": name, "acls": acls}


def first_accounts(username: str, password: str, admin_username: str, admin_password: str) -> dict[str, Any]:
    """The plugin's first configuration: our own processes' account and the one that may manage accounts.

    Everything is denied that no role allows, receiving too: a client keeps no subscription that its role has lost.
    """
    everything = ["#", "$share/#"]  # `#` does not cover shared subscriptions
    return {
        "defaultACLAccess": {
            "publishClientSend": False,
            "publishClientReceive": False,
            "subscribe": False,
            "unsubscribe": True,
        },
        "clients": [_client(username, password, "system"), _client(admin_username, admin_password, "admin")],
        "groups": [],
        "roles": [_role("system", everything), _role("admin", [CONTROL_TOPIC, "$SYS/#", *everything])],
    }


def part(
    tool: Tool,
    directory: Path,
    *,
    host: str,
    port: int,
    username: str,
    password: str,
    admin_username: str,
    admin_password: str,
) -> Part:
    """The broker, with accounts and sessions kept in `directory`. Raises StackError without the plugin."""
    directory.mkdir(parents=True, exist_ok=True)
    accounts = directory / "dynamic-security.json"
    if not accounts.exists():
        accounts.write_text(json.dumps(first_accounts(username, password, admin_username, admin_password), indent=1))
        accounts.chmod(0o600)
    config = directory / "mosquitto.conf"
    config.write_text(
        CONFIG.format(
            # As root it would become user `mosquitto`, which may not read the data directory.
            user=pwd.getpwuid(os.getuid()).pw_name,
            host=host,
            port=port,
            plugin=plugin(tool),
            accounts=accounts,
            directory=directory,
        )
    )
    root = _root(tool)
    libraries = {} if root == Path("/") else {"LD_LIBRARY_PATH": ":".join(map(str, (root / "usr/lib").glob("*/")))}
    return Part(
        name="mosquitto",
        argv=(str(tool.path), "-c", str(config)),
        env=libraries,
        probe=probes.mqtt("127.0.0.1" if host == "0.0.0.0" else host, port, admin_username, admin_password),
        ports={"mqtt": port},
    )


def _root(tool: Tool) -> Path:
    return tool.path.parents[2]  # ROOT/usr/sbin/mosquitto


def plugin(tool: Tool) -> Path:
    """Where the plugin of this Mosquitto is. Raises StackError when it is not there."""
    for path in (*(_root(tool) / "usr/lib").glob(f"*/{PLUGIN}"), *(_root(tool) / "usr/lib").glob(PLUGIN)):
        return path
    raise StackError(f"{tool.path} is there, but not its {PLUGIN}; Debian's package `mosquitto` brings it")
