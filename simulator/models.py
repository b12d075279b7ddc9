"""What differs between Dock 1, 2 and 3, as data. Everything else of the simulator is the same for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from dji.products import DockModel

Step = Literal[
    "initial", "check_idle", "check_left_work", "check_executing", "check_returning", "waiting", "enter_work",
    "power_on", "link_pairing", "flight_system", "rtk_listen", "rtk_source", "wait_control", "seize_control",
    "area_check", "map_check", "kmz_url", "kmz_download", "kmz_upload", "colouring", "takeoff_parameters",
    "flyto_parameters", "landing_dock", "home_point", "trigger", "executing", "return_check", "landing", "cover_close",
    "leave_work", "recovery", "flight_logs", "recording_check", "media_count", "cover_recovery", "notify",
]  # fmt: skip

# `current_step` of flighttask_progress, in the order of the Dock 2 and 3 tables (numbers are positions)
_STEPS: Final[tuple[Step, ...]] = Step.__args__  # type: ignore[attr-defined]
_NOT_ON_DOCK_1: Final = frozenset({"link_pairing", "landing_dock"})

# The way of a wayline task, and how many simulated seconds each step takes
PREPARATION: Final[tuple[tuple[Step, float], ...]] = (
    ("initial", 0.2), ("check_idle", 0.2), ("check_left_work", 0.2), ("check_executing", 0.2), ("check_returning", 0.2),
    ("waiting", 0.5), ("enter_work", 1), ("power_on", 4), ("link_pairing", 1), ("flight_system", 2), ("rtk_listen", 1),
    ("rtk_source", 1), ("wait_control", 0.5), ("seize_control", 0.5), ("area_check", 1), ("map_check", 1),
    ("kmz_url", 1), ("kmz_download", 1), ("kmz_upload", 1), ("colouring", 0.5), ("takeoff_parameters", 0.5),
    ("flyto_parameters", 0.5), ("home_point", 1), ("trigger", 1),
)  # fmt: skip
AFTERMATH: Final[tuple[tuple[Step, float], ...]] = (
    ("cover_close", 4), ("leave_work", 1), ("flight_logs", 1), ("recording_check", 0.5), ("media_count", 1),
    ("notify", 0.5),
)  # fmt: skip


@dataclass(frozen=True)
class Model:
    """One dock model: its product, its aircraft and its habits."""

    name: DockModel
    type: int
    aircraft: str  # model key of the aircraft that it houses unless told otherwise
    dock_firmware: str
    aircraft_firmware: str
    url_types: frozenset[int]
    progress_need_reply: int | None  # None: the key is absent
    walks_always: bool  # goes through all four registration steps although it is bound
    log_time_unit: int  # ms in one unit of a log's start_time
    drc_seq_in_data: bool
    flight_horizontal_speed: float  # m/s, between dock and first waypoint where the file says nothing
    endurance: float  # s of flight from 100 to 0 %
    osd: tuple[tuple[str, ...], ...]  # the keys of each osd message of the dock; the last takes the rest

    @property
    def key(self) -> str:
        return f"3-{self.type}-0"

    def step(self, step: Step) -> int | None:
        """The number of a step; None where this model has no such step."""
        steps = [s for s in _STEPS if s not in _NOT_ON_DOCK_1] if self.name == "dock1" else _STEPS
        return steps.index(step) if step in steps else None


_MAINTENANCE = (
    "job_number", "acc_time", "activation_time", "maintain_status", "electric_supply_voltage", "working_voltage",
    "working_current", "backup_battery", "drone_battery_maintenance_info",
)  # fmt: skip
_TASK = ("flighttask_prepare_capacity", "flighttask_step_code", "media_file_detail", "wireless_link", "drc_state")

MODELS: Final[dict[DockModel, Model]] = {
    "dock1": Model(
        name="dock1",
        type=1,
        aircraft="0-67-1",
        dock_firmware="07.01.10.03",
        aircraft_firmware="07.01.10.05",
        url_types=frozenset({0, 1, 3, 4}),
        progress_need_reply=None,
        walks_always=False,
        log_time_unit=1000,
        drc_seq_in_data=True,
        flight_horizontal_speed=12,
        endurance=2400,
        osd=(_MAINTENANCE, _TASK, ("drone_authority_info",), ()),
    ),
    "dock2": Model(
        name="dock2",
        type=2,
        aircraft="0-91-1",
        dock_firmware="10.01.17.05",
        aircraft_firmware="10.01.17.09",
        url_types=frozenset({0, 1, 3, 4}),
        progress_need_reply=1,
        walks_always=False,
        log_time_unit=1000,
        drc_seq_in_data=False,
        flight_horizontal_speed=15,
        endurance=3000,
        osd=(_MAINTENANCE, _TASK, ()),
    ),
    "dock3": Model(
        name="dock3",
        type=3,
        aircraft="0-100-1",
        dock_firmware="17.01.05.06",
        aircraft_firmware="17.01.05.11",
        url_types=frozenset({1, 3, 4}),
        progress_need_reply=1,
        walks_always=True,
        log_time_unit=1,
        drc_seq_in_data=False,
        flight_horizontal_speed=15,
        endurance=3240,
        osd=(_MAINTENANCE, (*_TASK, "self_converge_coordinate"), ()),
    ),
}
