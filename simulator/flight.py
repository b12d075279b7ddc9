"""What every flight has in common, whoever asked for it: opening up, taking off, going home, landing, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.motion import Leg, bearing, ground_distance, offset
from simulator.state import AircraftMode, Cover, DockMode, Position

if TYPE_CHECKING:
    from simulator.dock import SimDock

CLIMB, DESCENT = 5.0, 4.0  # m/s
HOME_SPEED = 12.0  # m/s
RESERVE = 8.0  # % of the battery beyond what the way home takes
TICK = 0.2  # s of simulated time between looks at where the aircraft is
LEAST_TICK = 0.03  # real s
COVER_SECONDS = 3.0
ROUND_SIDE, ROUND_HEIGHT = 200.0, 60.0  # m


async def tick(dock: SimDock) -> float:
    """Let a moment pass and the aircraft move; how long it was, in simulated seconds."""
    before = dock.clock.now()
    await dock.clock.sleep(max(TICK, LEAST_TICK * dock.clock.speed))
    dock.device.move()
    return dock.clock.now() - before


async def open_up(dock: SimDock) -> None:
    """Cover, rods, charging and power, as before a take-off."""
    state = dock.state
    state.charging = False
    state.cover = Cover.HALF
    await dock.clock.sleep(COVER_SECONDS)
    state.cover = Cover.OPEN
    if dock.model.name == "dock1":
        state.putter = Cover.OPEN
    await dock.device.wake()


async def close_up(dock: SimDock) -> None:
    """Cover and rods, as after a landing; the battery is charged."""
    state = dock.state
    state.cover = Cover.HALF
    await dock.clock.sleep(COVER_SECONDS)
    state.cover = Cover.CLOSED
    state.putter = Cover.CLOSED
    state.charging = state.aircraft_inside
    dock.touch()


def enter_work(dock: SimDock) -> None:
    """The dock is at work from now on."""
    dock.state.mode, dock.state.step_code = DockMode.WORKING, 0
    dock.state.job_number += 1
    dock.touch()


def leave_work(dock: SimDock) -> None:
    """The dock is idle again."""
    dock.state.mode, dock.state.step_code = DockMode.IDLE, 5
    dock.aircraft.track_id = ""
    dock.touch()


def take_off(dock: SimDock, height: float) -> None:
    """Straight up to `height` metres above the dock."""
    dock.state.aircraft_inside = False
    dock.state.step_code = 1
    dock.aircraft.mode = AircraftMode.TAKING_OFF
    dock.aircraft.control_source = "A"
    dock.aircraft.total_flight_sorties += 1
    home = dock.home
    dock.motion.fly(Leg(Position(home.latitude, home.longitude, home.height + height), CLIMB))
    dock.touch()


def way_home(dock: SimDock, altitude: float, home: Position) -> list[Position]:
    """Up to the return altitude (m above the dock) unless home is near, across, and down."""
    here = dock.aircraft.position
    height = max(here.height, home.height + altitude) if ground_distance(here, home) > 5 else here.height
    return [
        Position(here.latitude, here.longitude, height),
        Position(home.latitude, home.longitude, height),
        Position(home.latitude, home.longitude, home.height),
    ]


def go_home(dock: SimDock, altitude: float, flight_id: str, there: SimDock | None = None) -> None:
    """Turn for home, or for the dock `there` of a task of two, and say by which way."""
    home = there if there is not None else dock
    path = way_home(dock, altitude, home.home)
    craft = dock.aircraft
    craft.mode = AircraftMode.RETURNING
    dock.motion.paused = False
    nose = bearing(craft.position, home.home) if ground_distance(craft.position, home.home) > 1 else craft.heading
    dock.motion.fly(Leg(path[0], CLIMB, nose), Leg(path[1], HOME_SPEED), Leg(path[2], DESCENT, craft.heading))
    points = [{"latitude": p.latitude, "longitude": p.longitude, "height": round(p.height, 3)} for p in path]
    data = {"planned_path_points": points, "last_point_type": 0, "flight_id": flight_id}
    if dock.model.name != "dock1":
        battery = dock.motion.remaining / HOME_SPEED / dock.model.endurance * 100
        data |= {
            "home_dock_sn": home.sn,
            "multi_dock_home_info": [
                {
                    "sn": one.sn,
                    "plan_status": 3,
                    "estimated_battery_consumption": round(battery),
                    "home_distance": round(ground_distance(craft.position, one.home), 2),
                }
                for one in ((dock,) if there is None else (dock, there))
            ],
        }
    dock.link.event("return_home_info", data)
    dock.touch()


async def land(dock: SimDock) -> None:
    """Follow the legs home until the aircraft stands in the dock."""
    while not dock.motion.arrived:
        if len(dock.motion.legs) == 1:
            dock.aircraft.mode = AircraftMode.LANDING
        await tick(dock)
    landed(dock)


def charge_home(dock: SimDock) -> float:
    """Per cent of the battery that the way home takes, and what is kept in reserve."""
    return dock.aircraft.home_distance / HOME_SPEED / dock.model.endurance * 100 + RESERVE


def landed(dock: SimDock, *, inside: bool = True) -> None:
    """The aircraft stands in the dock, or somewhere else."""
    craft = dock.aircraft
    if inside:
        craft.position, craft.home_distance = dock.home, 0.0
    craft.elevation = craft.horizontal_speed = craft.vertical_speed = 0.0
    craft.mode = AircraftMode.STANDBY
    dock.state.aircraft_inside = inside
    dock.state.step_code = 2
    dock.touch()


def fly_rounds(dock: SimDock) -> None:
    """Once more around the block: what an aircraft of a load test does, for ever and on a battery that lasts."""
    craft, home = dock.aircraft, dock.home
    if not craft.flying:
        dock.state.aircraft_inside, dock.state.mode, dock.state.step_code = False, DockMode.WORKING, 1
        dock.state.cover = Cover.OPEN
        craft.position = offset(home, 0, 0, ROUND_HEIGHT)
        craft.elevation, craft.mode = ROUND_HEIGHT, AircraftMode.WAYLINE
    craft.battery = max(craft.battery, 60.0)
    corners = ((ROUND_SIDE, 0.0), (ROUND_SIDE, ROUND_SIDE), (0.0, ROUND_SIDE), (0.0, 0.0))
    dock.motion.fly(*(Leg(offset(home, north, east, ROUND_HEIGHT), HOME_SPEED) for north, east in corners))
