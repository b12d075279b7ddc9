"""Distances on the ellipsoid, good to a part in ten thousand up to the 15 km that a leg can have."""

import math

_A = 6_378_137.0
_E2 = 6.694_379_990_14e-3


def distance_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Metres along the ground between two places in degrees WGS84, by the radii of curvature at their middle."""
    middle = math.radians((lat_a + lat_b) / 2)
    denominator = 1 - _E2 * math.sin(middle) ** 2
    north = _A * (1 - _E2) / denominator**1.5 * math.radians(lat_b - lat_a)
    across = (lon_b - lon_a + 180) % 360 - 180
    east = _A / math.sqrt(denominator) * math.cos(middle) * math.radians(across)
    return math.hypot(north, east)
