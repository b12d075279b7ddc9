"""Every product the Cloud API names: docks, aircraft, remote controllers, payloads, and who goes with whom.

A product is addressed by its model key `{domain}-{type}-{sub_type}` (`3-3-0` is a Dock 3), a payload on an aircraft by
its payload index `{type}-{sub_type}-{gimbal}` (`99-0-0`), a picture by its video id `{sn}/{payload}/{video index}`.
A product that is not in the tables is never an error: it gets a name a person can read and `known` is false.

Source: product support page; `update_topo` (domain, type, sub_type), `live_start_push` (video_id),
`file_upload_callback` (drone_model_key, payload_model_key).
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final, Literal, cast, get_args

DockModel = Literal["dock1", "dock2", "dock3"]
AircraftModel = Literal["m30", "m3d", "m4d"]

DOCK_MODELS: Final[tuple[DockModel, ...]] = get_args(DockModel)
AIRCRAFT_MODELS: Final[tuple[AircraftModel, ...]] = get_args(AircraftModel)


class Domain(IntEnum):
    """The first number of a model key. `UNKNOWN` stands for numbers that DJI has not documented."""

    UNKNOWN = -1
    AIRCRAFT = 0
    PAYLOAD = 1
    REMOTE_CONTROLLER = 2
    DOCK = 3

    @property
    def label(self) -> str:
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Product:
    """A device model. `type` and `sub_type` are -1 where the key could not be read."""

    key: str
    name: str
    domain: Domain
    type: int
    sub_type: int
    known: bool = True


@dataclass(frozen=True, slots=True)
class Payload:
    """A camera, as mounted. `index` is what commands call `payload_index`; `lenses` are its `video_type`s."""

    index: str
    name: str
    type: int
    sub_type: int
    gimbal: int
    lenses: tuple[str, ...]

    @property
    def has_ir(self) -> bool:
        return "ir" in self.lenses

    @property
    def model_key(self) -> str:
        """The key as `file_upload_callback` writes it in `payload_model_key`."""
        return f"{Domain.PAYLOAD:d}-{self.type}-{self.sub_type}"


@dataclass(frozen=True, slots=True)
class VideoId:
    """One picture source of one device, in the parts of `{sn}/{payload_index}/{video_type}-{number}`."""

    sn: str
    payload_index: str
    video_type: str
    number: int

    @property
    def video_index(self) -> str:
        return f"{self.video_type}-{self.number}"

    @property
    def slug(self) -> str:
        """The id without the serial, in characters that are safe in room identities and paths: `99-0-0-normal-0`."""
        return re.sub(r"[^a-z0-9-]+", "-", f"{self.payload_index}-{self.video_index}".lower())

    def __str__(self) -> str:
        return f"{self.sn}/{self.payload_index}/{self.video_index}"


_MAIN_GIMBALS = (0, 1, 2)
_WIDE_ZOOM = ("wide", "zoom")
_WIDE_ZOOM_IR = ("wide", "zoom", "ir")

_DEVICES: Final[dict[str, str]] = {
    "0-60-0": "Matrice 300 RTK",
    "0-67-0": "Matrice 30",
    "0-67-1": "Matrice 30T",
    "0-77-0": "Mavic 3E",
    "0-77-1": "Mavic 3T",
    "0-77-3": "Mavic 3TA",
    "0-89-0": "Matrice 350 RTK",
    "0-91-0": "Matrice 3D",
    "0-91-1": "Matrice 3TD",
    "0-99-0": "Matrice 4E",
    "0-99-1": "Matrice 4T",
    "0-100-0": "Matrice 4D",
    "0-100-1": "Matrice 4TD",
    "0-103-0": "Matrice 400",
    "2-56-0": "Smart Controller Enterprise",
    "2-119-0": "RC Plus",
    "2-144-0": "RC Pro Enterprise",
    "2-174-0": "RC Plus 2",
    "3-1-0": "Dock 1",
    "3-2-0": "Dock 2",
    "3-3-0": "Dock 3",
}

# type -> name, gimbal positions it can sit on, lenses
_PAYLOADS: Final[dict[int, tuple[str, tuple[int, ...], tuple[str, ...]]]] = {
    20: ("Zenmuse Z30", _MAIN_GIMBALS, ("zoom",)),
    26: ("Zenmuse XT2", _MAIN_GIMBALS, ("wide", "ir")),
    39: ("FPV camera", (7,), ("normal",)),
    41: ("Zenmuse XT S", _MAIN_GIMBALS, ("ir",)),
    42: ("Zenmuse H20", _MAIN_GIMBALS, _WIDE_ZOOM),
    43: ("Zenmuse H20T", _MAIN_GIMBALS, _WIDE_ZOOM_IR),
    52: ("Matrice 30 camera", (0,), _WIDE_ZOOM),
    53: ("Matrice 30T camera", (0,), _WIDE_ZOOM_IR),
    61: ("Zenmuse H20N", _MAIN_GIMBALS, _WIDE_ZOOM_IR),
    66: ("Mavic 3E camera", (0,), _WIDE_ZOOM),
    67: ("Mavic 3T camera", (0,), _WIDE_ZOOM_IR),
    80: ("Matrice 3D camera", (0,), _WIDE_ZOOM),
    81: ("Matrice 3TD camera", (0,), _WIDE_ZOOM_IR),
    82: ("Zenmuse H30", _MAIN_GIMBALS, _WIDE_ZOOM),
    83: ("Zenmuse H30T", _MAIN_GIMBALS, _WIDE_ZOOM_IR),
    88: ("Matrice 4E camera", (0,), _WIDE_ZOOM),
    89: ("Matrice 4T camera", (0,), _WIDE_ZOOM_IR),
    98: ("Matrice 4D camera", (0,), _WIDE_ZOOM),
    99: ("Matrice 4TD camera", (0,), _WIDE_ZOOM_IR),
    129: ("Mavic 3TA camera", (0,), _WIDE_ZOOM_IR),
    165: ("Dock camera", (7,), ("normal",)),
    176: ("Vision assist camera", (0,), ("normal",)),
}

_ZENMUSE = tuple(number for number, (_, gimbals, _lenses) in _PAYLOADS.items() if gimbals == _MAIN_GIMBALS)

# aircraft -> (gimbal camera types, first is the built-in one; type of the FPV or vision assist camera)
_CAMERAS: Final[dict[str, tuple[tuple[int, ...], int | None]]] = {
    "0-60-0": (_ZENMUSE, 39),
    "0-67-0": ((52,), 39),
    "0-67-1": ((53,), 39),
    "0-77-0": ((66,), None),
    "0-77-1": ((67,), None),
    "0-77-3": ((129,), None),
    "0-89-0": (_ZENMUSE, 39),
    "0-91-0": ((80,), 176),
    "0-91-1": ((81,), 176),
    "0-99-0": ((88,), None),
    "0-99-1": ((89,), None),
    "0-100-0": ((98,), 176),
    "0-100-1": ((99,), 176),
    "0-103-0": (_ZENMUSE, 39),
}

_AIRCRAFT_OF_DOCK: Final[dict[DockModel, tuple[str, ...]]] = {
    "dock1": ("0-67-0", "0-67-1"),
    "dock2": ("0-91-0", "0-91-1"),
    "dock3": ("0-100-0", "0-100-1"),
}
_DOCK_KEY: Final[dict[DockModel, str]] = {"dock1": "3-1-0", "dock2": "3-2-0", "dock3": "3-3-0"}
_DOCK_TYPE: Final[dict[int, DockModel]] = {1: "dock1", 2: "dock2", 3: "dock3"}
_DOCK_OF_FAMILY: Final[dict[AircraftModel, DockModel]] = {"m30": "dock1", "m3d": "dock2", "m4d": "dock3"}
_AIRCRAFT_TYPE: Final[dict[int, AircraftModel]] = {67: "m30", 91: "m3d", 100: "m4d"}

# camera_position of `live_camera_change`: 0 looks inside, 1 outside. Dock 1 has the outer one only.
_DOCK_CAMERA_POSITIONS: Final[dict[DockModel, tuple[int, ...]]] = {"dock1": (1,), "dock2": (0, 1), "dock3": (0, 1)}

_KEY = re.compile(r"(\d{1,9})-(\d{1,9})-(\d{1,9})", re.ASCII)
_VIDEO_ID = re.compile(r"([^/\s]+)/(\d+-\d+-\d+)/([A-Za-z][A-Za-z_]*)-(\d{1,9})", re.ASCII)


@lru_cache(maxsize=1024)
def product(model_key: str) -> Product:
    """The product of a model key `{domain}-{type}-{sub_type}`, or of one of the names `dock1`, `dock2`, `dock3`.

    Never raises: a key that is not in the tables gives a `Product` with `known` false and a readable name.
    """
    text = str(model_key).strip()
    key = _DOCK_KEY.get(cast(DockModel, text), text)
    match = _KEY.fullmatch(key)
    if match is None:
        return Product(text, f"unreadable product key {text!r}", Domain.UNKNOWN, -1, -1, known=False)
    number, type_, sub_type = (int(part) for part in match.groups())
    domain = Domain(number) if number in Domain.__members__.values() else Domain.UNKNOWN
    name = _DEVICES.get(key)
    if name is None and domain is Domain.PAYLOAD and sub_type == 0 and type_ in _PAYLOADS:
        name = _PAYLOADS[type_][0]
    if name is None:
        what = f"device of domain {number}" if domain is Domain.UNKNOWN else domain.label
        return Product(key, f"unknown {what}, type {type_}-{sub_type}", domain, type_, sub_type, known=False)
    return Product(key, name, domain, type_, sub_type)


def products(domain: Domain | None = None) -> tuple[Product, ...]:
    """All documented products, or those of one domain, ordered by key."""
    keys = [*_DEVICES, *(f"1-{number}-0" for number in _PAYLOADS)]
    every = (product(key) for key in keys)
    return tuple(sorted((p for p in every if domain in (None, p.domain)), key=lambda p: (p.domain, p.type, p.sub_type)))


def model_key(domain: int | str, type_: int | str, sub_type: int | str) -> str:
    """The key of the three values that `update_topo` sends separately."""
    return f"{domain}-{type_}-{sub_type}"


def dock_model(key: str | Product) -> DockModel | None:
    """Which dock this is, from a model key, a product or the name itself; None for anything that is not one."""
    found = key if isinstance(key, Product) else product(key)
    return _DOCK_TYPE.get(found.type) if found.domain is Domain.DOCK else None


def aircraft_model(key: str | Product) -> AircraftModel | None:
    """The dock aircraft family (M30 and M30T are one), from a key, a product or the family name; None for others."""
    if isinstance(key, str) and key in AIRCRAFT_MODELS:
        return key
    found = key if isinstance(key, Product) else product(key)
    return _AIRCRAFT_TYPE.get(found.type) if found.domain is Domain.AIRCRAFT else None


def aircraft_of_dock(key: str | Product) -> tuple[str, ...]:
    """Model keys of the aircraft a dock houses, the one without infrared first; empty for an unknown dock."""
    model = dock_model(key)
    return _AIRCRAFT_OF_DOCK[model] if model else ()


def dock_of_aircraft(key: str | Product) -> str | None:
    """Model key of the dock that houses this aircraft; None when no dock does."""
    family = aircraft_model(key)
    return _DOCK_KEY[_DOCK_OF_FAMILY[family]] if family else None


@lru_cache(maxsize=1024)
def payload(index: str) -> Payload | None:
    """The payload of an index `{type}-{sub_type}-{gimbal}`; None when the index is malformed or not documented."""
    match = _KEY.fullmatch(index)
    if match is None:
        return None
    type_, sub_type, gimbal = (int(part) for part in match.groups())
    if sub_type or type_ not in _PAYLOADS or gimbal not in _PAYLOADS[type_][1]:
        return None
    name, _, lenses = _PAYLOADS[type_]
    return Payload(index, name, type_, sub_type, gimbal, lenses)


def payloads_of(aircraft_key: str) -> tuple[Payload, ...]:
    """Every camera the aircraft can carry on a gimbal, at each position; empty for an unknown aircraft."""
    types, _ = _CAMERAS.get(aircraft_key, ((), None))
    found = (payload(f"{type_}-0-{gimbal}") for type_ in types for gimbal in _PAYLOADS[type_][1])
    return tuple(p for p in found if p is not None)


@lru_cache(maxsize=1024)
def main_payload(aircraft_key: str) -> Payload | None:
    """The built-in gimbal camera; None for an unknown aircraft and for one whose camera is interchangeable."""
    types, _ = _CAMERAS.get(aircraft_key, ((), None))
    return payload(f"{types[0]}-0-0") if len(types) == 1 else None


def assist_camera(aircraft_key: str) -> Payload | None:
    """The pilot's view beside the gimbal: FPV (`39-0-7`) or vision assist (`176-0-0`); None where there is none."""
    _, type_ = _CAMERAS.get(aircraft_key, ((), None))
    return payload(f"{type_}-0-{_PAYLOADS[type_][1][0]}") if type_ is not None else None


def dock_camera(dock_key: str | Product) -> str | None:
    """Payload index of the dock's own camera (`165-0-7` on every model); None for what is not a known dock."""
    return "165-0-7" if dock_model(dock_key) else None


def dock_camera_positions(dock_key: str | Product) -> tuple[int, ...]:
    """What `live_camera_change` can choose: 0 inside, 1 outside. Dock 1 has the outer camera only."""
    model = dock_model(dock_key)
    return _DOCK_CAMERA_POSITIONS[model] if model else ()


def parse_video_id(video_id: str) -> VideoId:
    """Take a `video_id` apart, `SN/99-0-0/normal-0`.

    Raises ValueError when it does not have that form.
    """
    match = _VIDEO_ID.fullmatch(video_id)
    if match is None:
        raise ValueError(f"not a video id: {video_id!r} (expected SN/99-0-0/normal-0)")
    sn, index, video_type, number = match.groups()
    return VideoId(sn, index, video_type, int(number))
