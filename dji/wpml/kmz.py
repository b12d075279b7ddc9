"""A route file as a value: read from bytes, written to bytes, and asked what it flies."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from dji.wpml import archive, markup
from dji.wpml.element import Element, Kind
from dji.wpml.enums import ExitOnRCLost
from dji.wpml.flight import FlightPoint, flight_points, length_m
from dji.wpml.mission import MissionConfig
from dji.wpml.problems import Code, KmzError
from dji.wpml.template import TemplateDocument, TemplateFile
from dji.wpml.waylines import Wayline, WaylinesDocument, WaylinesFile

TEMPLATE: Final = "wpmz/template.kml"
WAYLINES: Final = "wpmz/waylines.wpml"
RESOURCES: Final = "wpmz/res/"


@dataclass(frozen=True)
class Kmz:
    """A route file. Frozen, like all that it holds; change it with `dataclasses.replace`.

    `resources` are the other members of the archive by name (`wpmz/res/...`). `name` is the route's name, which the
    archive does not hold: it is the name of the file.
    """

    waylines_file: WaylinesFile
    template_file: TemplateFile | None = None
    resources: Mapping[str, bytes] = field(default_factory=dict)
    name: str = field(default="", compare=False)
    # The bytes that it was read from. A copy made by `replace` has none, since it may differ.
    source: bytes | None = field(default=None, init=False, compare=False, repr=False)

    @property
    def mission(self) -> MissionConfig:
        """The mission that is flown. Raises KmzError (missing_element) when it is not there."""
        document = self.waylines_file.document
        if document is None or document.mission_config is None:
            raise _missing(f"{WAYLINES}/Document/missionConfig")
        return document.mission_config

    @property
    def waylines(self) -> tuple[Wayline, ...]:
        """The waylines, in the order they are flown."""
        document = self.waylines_file.document
        return document.folders if document else ()

    @property
    def template(self) -> TemplateDocument | None:
        return self.template_file.document if self.template_file else None

    @property
    def aircraft_key(self) -> str:
        """Model key of the aircraft that the route is for, `0-100-1`. Raises KmzError (missing_element)."""
        drone = self.mission.drone_info
        if drone is None or drone.key is None:
            raise _missing(f"{WAYLINES}/Document/missionConfig/droneInfo/droneEnumValue")
        return drone.key

    @property
    def exit_wayline_when_rc_lost(self) -> int:
        """`exitOnRCLost` in the words of `flighttask_prepare`: 0 flies on without a signal, 1 does the lost action.

        Only a file that says `goContinue` flies on; one that says nothing, or what we do not know, does not.
        Raises KmzError (missing_element).
        """
        return 0 if self.mission.exit_on_rc_lost == ExitOnRCLost.GO_CONTINUE else 1

    @cached_property
    def content(self) -> bytes:
        """The bytes of the archive: those it was read from, else written anew, the same for the same route."""
        if self.source is not None:
            return self.source
        members = {}
        if self.template_file is not None:
            members[TEMPLATE] = markup.serialise(self.template_file, self.template_file.version)
        members[WAYLINES] = markup.serialise(self.waylines_file, self.waylines_file.version)
        members.update(sorted(self.resources.items()))
        return archive.pack(members)

    @cached_property
    def md5(self) -> str:
        """MD5 of `content` in hex: the `fingerprint` of `flighttask_prepare`."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()

    def waypoints(self) -> list[FlightPoint]:
        """All waypoints of all waylines in the order they are flown, with what is done at each.

        Raises KmzError: missing_element where one lacks its place or height; too_large.
        """
        return flight_points(self.waylines, self.mission, WAYLINES)

    def length_m(self) -> float:
        """Metres from the first waypoint to the last, ways between waylines included; take-off and return are not."""
        return length_m(self.waypoints())

    def unknown_elements(self) -> list[str]:
        """Paths of the elements that are not documented. They are kept, but nothing is known of what they do."""
        found = _unknown(self.waylines_file, WAYLINES)
        return found if self.template_file is None else _unknown(self.template_file, TEMPLATE) + found


def read_kmz(
    data: bytes,
    *,
    name: str = "",
    max_bytes: int = archive.MAX_BYTES,
    max_unpacked: int = archive.MAX_UNPACKED,
) -> Kmz:
    """Read a route file. It may have come from anyone; see `archive` and `markup` for what is refused.

    What is documented is read into types; that it makes sense for an aircraft is the business of `check`.
    Raises KmzError.
    """
    members = archive.unpack(data, max_bytes=max_bytes, max_unpacked=max_unpacked)
    flown = members.pop(WAYLINES, None)
    if flown is None:
        elsewhere = next((member for member in members if member.rsplit("/", 1)[-1] == "waylines.wpml"), None)
        cure = f"It lies at {elsewhere}; move it." if elsewhere else "Export the route as KMZ, not as KML."
        raise KmzError(Code.NO_WAYLINES, WAYLINES, "The archive has no such member.", cure)
    waylines, version = markup.parse(flown, WaylinesFile, WAYLINES)
    if not version:
        cure = f"Use {markup.wpml_namespace(markup.VERSIONS[0])} for the elements of the route."
        raise KmzError(Code.BAD_NAMESPACE, WAYLINES, "The file uses no WPML namespace.", cure)
    planned = members.pop(TEMPLATE, None)
    template = None
    if planned is not None:
        template, template_version = markup.parse(planned, TemplateFile, TEMPLATE)
        template = replace(template, version=template_version or version)
    kmz = Kmz(replace(waylines, version=version), template, MappingProxyType(members), name)
    _check_skeleton(kmz)
    object.__setattr__(kmz, "source", data)
    return kmz


def write_kmz(kmz: Kmz) -> bytes:
    """The bytes of the archive; `kmz.md5` is their MD5. One that was read gives the bytes it was read from.

    Raises KmzError: bad_value for a text or number that XML cannot hold, bad_path for the name of a resource.
    """
    return kmz.content


def _check_skeleton(kmz: Kmz) -> None:
    """Without these there is no route to speak of."""
    document = kmz.waylines_file.document or WaylinesDocument()
    if document.mission_config is None:
        raise _missing(f"{WAYLINES}/Document/missionConfig")
    if not document.folders:
        raise _missing(f"{WAYLINES}/Document/Folder")
    for number, folder in enumerate(document.folders):
        if not folder.placemarks:
            raise _missing(f"{WAYLINES}/Document/Folder[{number}]/Placemark")


def _missing(path: str) -> KmzError:
    return KmzError(Code.MISSING_ELEMENT, path, "The element is missing.", "Export the route again.")


def _unknown(element: Element, path: str) -> list[str]:
    found = [f"{path}/{raw.tag.removeprefix('wpml:').removeprefix('kml:')}" for raw in element.unknown]
    for spec in element.specs().values():
        value = getattr(element, spec.name)
        if spec.kind is Kind.CHILD and value is not None:
            found += _unknown(value, f"{path}/{spec.label}")
        elif spec.kind is Kind.CHILDREN:
            for number, child in enumerate(value):
                found += _unknown(child, f"{path}/{spec.label}[{number}]")
    return found
