"""DJI's route files: a KMZ with `wpmz/template.kml` and `wpmz/waylines.wpml`, in WPML 1.0.2 to 1.0.6.

kmz = read_kmz(data)                                   # KmzError for what is hostile or no route
problems = check(kmz, aircraft="0-100-1")              # all that a dock would refuse, with cures
kmz = build_kmz([Waypoint(lat, lon, height, actions=[take_photo()]), ...], aircraft_key="0-100-1", name="fence")
write_kmz(kmz), kmz.md5, kmz.waypoints(), kmz.length_m()
"""

from dji.wpml.build import Waypoint, build_kmz
from dji.wpml.check import check, require
from dji.wpml.flight import FlightPoint
from dji.wpml.kmz import RESOURCES, TEMPLATE, WAYLINES, Kmz, read_kmz, write_kmz
from dji.wpml.params import Params
from dji.wpml.problems import Code, KmzError, Problem, Severity
from dji.wpml.shorthand import gimbal_pitch, hover, rotate_yaw, start_record, stop_record, take_photo

__all__ = [
    "RESOURCES",
    "TEMPLATE",
    "WAYLINES",
    "Code",
    "FlightPoint",
    "Kmz",
    "KmzError",
    "Params",
    "Problem",
    "Severity",
    "Waypoint",
    "build_kmz",
    "check",
    "gimbal_pitch",
    "hover",
    "read_kmz",
    "require",
    "rotate_yaw",
    "start_record",
    "stop_record",
    "take_photo",
    "write_kmz",
]
