"""The meaning of the numbers that an aircraft reports its state in."""

AIRCRAFT_MODE = {
    0: "standing by",
    1: "preparing to take off",
    2: "ready to take off",
    3: "flown by hand",
    4: "taking off",
    5: "flying a wayline",
    6: "taking a panorama",
    7: "tracking",
    8: "giving way to other traffic",
    9: "returning home",
    10: "landing",
    11: "landing by force",
    12: "landing on three propellers",
    13: "upgrading",
    14: "not connected",
    15: "flown by hand with obstacle avoidance",
    16: "flown by virtual sticks",
    17: "flown by the live flight controls",
    18: "fixing RTK in the air",
    19: "choosing a dock site",
    20: "circling a point of interest",
    21: "entering or leaving a wayline",
}

# Source: `mode_code_reason`. In brackets: the modes that it explains.
MODE_REASON = {
    0: "none",
    1: "battery low (return, landing)",
    2: "battery voltage low (return, landing)",
    3: "battery voltage dangerously low (return, landing)",
    4: "a button of the controller (take-off, return, landing)",
    5: "the app (take-off, return, landing)",
    6: "controller lost (return, landing, hover)",
    7: "an outside program (take-off, return, landing)",
    8: "in the no-fly area of an airport (landing)",
    9: "return asked for, but home was too close (landing)",
    10: "return asked for, but home was too far (landing)",
    11: "start of a wayline (take-off)",
    12: "arrived above home (landing)",
    13: "low enough to go on down (landing)",
    14: "a program overrode the protection near the ground (landing)",
    15: "other traffic near by (return, landing)",
    16: "height could not be held (return, landing)",
    17: "return on low battery came to its end (landing)",
    18: "the autopilot chose the mode (flight by hand)",
    19: "a fault of the hardware (return, landing)",
    20: "end of the protection against collisions (landing)",
    21: "return called off (hover)",
    22: "obstacle on the way home (landing)",
    23: "strong wind at the dock (return)",
}

GEAR = {0: "A", 1: "P", 2: "NAV", 3: "FPV", 4: "FARM", 5: "S", 6: "F", 7: "M", 8: "G", 9: "T"}
WIND_DIRECTION = dict(enumerate(["N", "NE", "E", "SE", "S", "SW", "W", "NW"], start=1))
