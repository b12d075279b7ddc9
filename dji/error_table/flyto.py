"""336 and 337: take-off to a point, flights to a point and circling it (`takeoff_to_point`, `fly_to_point`)."""

from typing import Final

from dji.error_table.entry import AIRCRAFT, CLOUD, ENVIRONMENT, LATER, NETWORK, OPERATOR, Entry, again, final

_ZONE_TARGET: Final = final(ENVIRONMENT, "The point lies in a restricted zone.", "Choose another point, or unlock it.")
_ZONE_REACHED: Final = final(ENVIRONMENT, "The aircraft came to a restricted zone.", "Fly back, or unlock the zone.")

CODES: Final[dict[int, Entry]] = {
    336000: again(NETWORK, "The order to fly to the point did not reach the aircraft.", "Try again."),
    336001: again(AIRCRAFT, "The aircraft's data is in disorder, so it refused.", LATER),
    336002: again(ENVIRONMENT, "The satellite signal is weak.", "Wait for more satellites."),
    336003: again(AIRCRAFT, "The aircraft does not know where it is, so it refused.", LATER),
    336004: final(ENVIRONMENT, "No way to the point was found.", "Choose another point or height."),
    336005: again(AIRCRAFT, "The home point is not up to date.", LATER),
    336006: again(
        NETWORK, "The aircraft's signal was lost, which ended the flight to the point.", "Wait for the signal."
    ),
    336017: final(AIRCRAFT, "The battery does not reach to the point.", "Choose a nearer point, or let it charge."),
    336018: final(OPERATOR, "The mode of flights to a point was changed on the way.", "Send the point again."),
    336019: final(ENVIRONMENT, "The height was outside the limits and was moved inside.", "Check the height."),
    336513: _ZONE_TARGET,
    336514: final(ENVIRONMENT, "The point is beyond the distance limit.", "Choose a nearer point."),
    336515: _ZONE_TARGET,
    336516: final(ENVIRONMENT, "The point is above the height limit.", "Choose a lower point."),
    336517: final(ENVIRONMENT, "The point is below the lowest height.", "Choose a higher point."),
    337025: final(AIRCRAFT, "The aircraft cannot take off.", "Look at its state and its warnings."),
    337026: final(CLOUD, "The point is not valid.", "Check latitude, longitude and height."),
    337027: final(CLOUD, "The speed is not valid.", "Use 1 to 15 m/s."),
    337028: final(AIRCRAFT, "The aircraft's firmware does not fit this command.", "Upgrade the aircraft."),
    337029: again(AIRCRAFT, "The aircraft cannot take the command now.", LATER),
    337030: final(CLOUD, "The safe take-off height is too low.", "Raise security_takeoff_height."),
    337537: _ZONE_REACHED,
    337538: final(ENVIRONMENT, "The aircraft came to its distance limit.", "Fly back."),
    337539: _ZONE_REACHED,
    337540: final(ENVIRONMENT, "The aircraft came to its height limit or that of an altitude zone.", "Fly lower."),
    337541: final(ENVIRONMENT, "The aircraft came to its lowest height.", "Fly higher."),
    337542: again(AIRCRAFT, "The take-off failed.", "Try again."),
    337543: final(ENVIRONMENT, "The point may lie in an obstacle.", "Look around and choose another point."),
    337544: final(ENVIRONMENT, "An obstacle is in the way.", "Look around and choose another way."),
    337545: again(AIRCRAFT, "Planning the way to the point failed.", "Try again."),
    337546: final(
        ENVIRONMENT, "The aircraft came to the edge of a custom flight area.", "Fly back, or change the area."
    ),
}
