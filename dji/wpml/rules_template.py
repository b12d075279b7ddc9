"""What a template must hold by its kind, and that it belongs to the waylines beside it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from dji.wpml import rules_route
from dji.wpml.element import Element
from dji.wpml.enums import GimbalPitchMode, MappingHeadingMode, TemplateType, TurnMode
from dji.wpml.kmz import TEMPLATE, WAYLINES, Kmz
from dji.wpml.problems import Code, Problem, error, warning
from dji.wpml.template import TemplateFolder, TemplatePlacemark

_DOCUMENT: Final = f"{TEMPLATE}/Document"
_CURVED: Final = (TurnMode.STOP_CURVED, TurnMode.FLY_CURVED)
_MAPPING: Final = (TemplateType.MAPPING_2D, TemplateType.MAPPING_3D, TemplateType.MAPPING_STRIP)

_COMMON: Final = ("shoot_type", "direction", "margin", "ellipsoid_height", "height", "overlap")
_STRIP: Final = (
    "cali_flight_enable",
    "single_line_enable",
    "cutting_distance",
    "boundary_optim_enable",
    "left_extend",
    "right_extend",
    "include_center_enable",
    "strip_use_template_altitude",
    "line_string",
)
# What the one Placemark of a mapping template needs.
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    TemplateType.MAPPING_2D: (*_COMMON, "elevation_optimize_enable", "polygon"),
    TemplateType.MAPPING_3D: (*_COMMON, "inclined_gimbal_pitch", "inclined_flight_speed", "polygon"),
    TemplateType.MAPPING_STRIP: (*_COMMON, *_STRIP),
}
_FOLDER_NEEDS: Final = ("global_waypoint_turn_mode", "gimbal_pitch_mode", "global_height")
_SYSTEM_NEEDS: Final = ("global_shoot_height", "surface_follow_mode_enable")
_POINT_NEEDS: Final = (
    "point",
    "index",
    "use_global_height",
    "use_global_speed",
    "use_global_heading_param",
    "use_global_turn_param",
)
# field that says "not the global one" -> fields that are then needed
_LOCAL: Final[dict[str, tuple[str, ...]]] = {
    "use_global_height": ("ellipsoid_height", "height"),
    "use_global_speed": ("waypoint_speed",),
    "use_global_heading_param": ("waypoint_heading_param",),
    "use_global_turn_param": ("waypoint_turn_param",),
}


def check(kmz: Kmz) -> Iterator[Problem]:
    if kmz.template_file is None or kmz.template is None:
        message = "The archive has no template, so the route cannot be edited."
        yield warning(Code.MISSING_FILE, TEMPLATE, message, "Export the route with its template.")
        return
    template = kmz.template
    if template.mission_config is not None:
        yield from rules_route.mission(template.mission_config, f"{_DOCUMENT}/missionConfig")
        drone, flown = template.mission_config.drone_info, kmz.mission.drone_info
        if drone is not None and flown is not None and drone.key != flown.key:
            message = f"The template is for {drone.key}, the waylines are for {flown.key}."
            cure = "Export the route again: the aircraft flies the waylines."
            yield warning(Code.INCONSISTENT, f"{_DOCUMENT}/missionConfig/droneInfo", message, cure)
    ids = Counter(folder.template_id for folder in template.folders)
    for number, wayline in enumerate(kmz.waylines):
        if ids and wayline.template_id is not None and wayline.template_id not in ids:
            where = f"{WAYLINES}/Document/Folder[{number}]/templateId"
            message = f"There is no template {wayline.template_id} in {TEMPLATE}."
            yield warning(Code.INCONSISTENT, where, message, "Export the route again.")
    for number, folder in enumerate(template.folders):
        where = f"{_DOCUMENT}/Folder[{number}]"
        if folder.template_id is not None and ids[folder.template_id] > 1:
            message = f"Several templates have the id {folder.template_id}."
            yield error(Code.INCONSISTENT, f"{where}/templateId", message, "Number the templates from 0.")
        if folder.template_type == TemplateType.WAYPOINT:
            yield from _waypoint_folder(folder, where)
        elif folder.template_type in _MAPPING:
            yield from _mapping_folder(folder, where)


def _waypoint_folder(folder: TemplateFolder, where: str) -> Iterator[Problem]:
    yield from _needed(folder, _FOLDER_NEEDS, where)
    if folder.global_waypoint_turn_mode in _CURVED:
        yield from _needed(folder, ("global_use_straight_line",), where)
    yield from rules_route.heading(folder.global_waypoint_heading_param, f"{where}/globalWaypointHeadingParam")
    yield from rules_route.indexes([mark.index for mark in folder.placemarks], where)
    for number, mark in enumerate(folder.placemarks):
        yield from _point(mark, folder, f"{where}/Placemark[{number}]")


def _point(mark: TemplatePlacemark, folder: TemplateFolder, where: str) -> Iterator[Problem]:
    yield from _needed(mark, _POINT_NEEDS, where)
    for switch, fields in _LOCAL.items():
        if getattr(mark, switch) is False:
            yield from _needed(mark, fields, where)
    if folder.gimbal_pitch_mode == GimbalPitchMode.USE_POINT_SETTING:
        yield from _needed(mark, ("gimbal_pitch_angle",), where)
    yield from rules_route.heading(mark.waypoint_heading_param, f"{where}/waypointHeadingParam")


def _mapping_folder(folder: TemplateFolder, where: str) -> Iterator[Problem]:
    system = folder.wayline_coordinate_sys_param
    if system is not None:
        path = f"{where}/waylineCoordinateSysParam"
        yield from _needed(system, _SYSTEM_NEEDS, path)
        if system.surface_follow_mode_enable:
            yield from _needed(system, ("surface_relative_height",), path)
    if not folder.placemarks:
        yield error(Code.MISSING_ELEMENT, f"{where}/Placemark", "The element is missing.", "Add the area or the line.")
    for number, mark in enumerate(folder.placemarks):
        path = f"{where}/Placemark[{number}]"
        yield from _needed(mark, _NEEDS[folder.template_type or ""], path)
        if mark.quick_ortho_mapping_enable:
            yield from _needed(mark, ("quick_ortho_mapping_pitch",), path)
        if mark.gimbal_pitch_mode == GimbalPitchMode.FIXED:
            yield from _needed(mark, ("gimbal_pitch_angle",), path)
            if mark.gimbal_pitch_angle is not None and not -90 <= mark.gimbal_pitch_angle <= -30:
                message = f"{mark.gimbal_pitch_angle:g} degrees is not from -90 to -30."
                yield error(Code.BAD_VALUE, f"{path}/gimbalPitchAngle", message, "Look down more.")
        param = mark.mapping_heading_param
        if param is not None and param.mapping_heading_mode == MappingHeadingMode.FIXED:
            yield from _needed(param, ("mapping_heading_angle",), f"{path}/mappingHeadingParam")


def _needed(element: Element, names: tuple[str, ...], where: str) -> Iterator[Problem]:
    labels = {spec.name: spec for spec in element.specs().values()}
    for name in names:
        value: Any = getattr(element, name)
        if value is None:
            spec = labels[name]
            message = "The element is missing."
            yield error(Code.MISSING_ELEMENT, f"{where}/{spec.label}", message, f"Add it: {spec.doc}.")
