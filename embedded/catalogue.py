"""Every part of the stack by name, made from a place, its credentials and a directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded import firestore_server, livekit, minio, mosquitto, ours, simulation, temporal
from embedded.credentials import Credentials
from embedded.environment import BUCKET, Place
from embedded.part import Part
from embedded.tools import required


@dataclass(frozen=True, slots=True)
class Ground:
    """What parts are made from. `env` is the environment of our own processes."""

    place: Place
    credentials: Credentials
    directory: Path
    env: Mapping[str, str]


def _temporal(ground: Ground) -> Part:
    place = ground.place
    return temporal.part(
        required("temporal"),
        ground.directory / "temporal",
        host=place.local,
        port=place.ports["temporal"],
        ui_port=place.ports["temporal_ui"],
    )


def _mosquitto(ground: Ground) -> Part:
    own = ground.credentials
    return mosquitto.part(
        required("mosquitto"),
        ground.directory / "mosquitto",
        host=ground.place.bind,
        port=ground.place.ports["mqtt"],
        username=own.mqtt_username,
        password=own.mqtt_password,
        admin_username=own.mqtt_admin_username,
        admin_password=own.mqtt_admin_password,
    )


def _firestore(ground: Ground) -> Part:
    place = ground.place
    return firestore_server.part(ground.directory / "firestore", host=place.local, port=place.ports["firestore"])


def _minio(ground: Ground) -> Part:
    return minio.part(
        required("minio"),
        ground.directory / "minio",
        host=ground.place.bind,
        port=ground.place.ports["objects"],
        access_key=ground.credentials.objects_access_key,
        secret_key=ground.credentials.objects_secret_key,
        bucket=BUCKET,
    )


def _livekit(ground: Ground) -> Part:
    place = ground.place
    return livekit.part(
        required("livekit-server"),
        ground.directory / "livekit",
        host=place.bind,
        node_ip=place.public,
        port=place.ports["livekit"],
        tcp_port=place.ports["livekit_tcp"],
        udp_port=place.ports["livekit_udp"],
        api_key=ground.credentials.livekit_api_key,
        api_secret=ground.credentials.livekit_api_secret,
    )


OUTSIDE: Mapping[str, Callable[[Ground], Part]] = {
    "temporal": _temporal,
    "mosquitto": _mosquitto,
    "firestore": _firestore,
    "minio": _minio,
    "livekit": _livekit,
}


def _simulator(ground: Ground) -> Part:
    place = ground.place
    return simulation.part(ground.directory / "simulator", host=place.local, port=place.ports["simulator"])


ALL = (*OUTSIDE, *ours.NAMES)
WITH_DEMO_DOCK = (*ALL, simulation.NAME)


def outside(ground: Ground, names: frozenset[str]) -> list[Part]:
    """Those of the outside parts that are named. Raises StackError when a program is missing."""
    return [make(ground) for name, make in OUTSIDE.items() if name in names]


def inside(ground: Ground, names: frozenset[str]) -> list[Part]:
    """Those of our own processes that are named, and the simulator."""
    processes = [ours.part(name, ground.place, ground.env) for name in ours.NAMES if name in names]
    return [*processes, _simulator(ground)] if simulation.NAME in names else processes
