"""What the docks do not have in common, what commands expect, and what steps mean."""

import pytest

import dji
from dji import Kind, commands, steps
from dji.differences import FIELDS, dock_of, log_time_ms
from dji.model import REGISTRY
from dji.properties import differences as properties
from dji.steps import Phase
from tests.dji import reference


@pytest.mark.parametrize(
    ("product", "dock"),
    [
        ("3-1-0", 1),
        ("3-2-0", 2),
        ("3-3-0", 3),
        ("dock1", 1),
        ("Dock 3", 3),
        ("0-91-1", None),
        ("x", None),
        (None, None),
    ],
)
def test_a_product_is_told_by_its_key_or_name(product: str | None, dock: int | None) -> None:
    assert dock_of(product) == dock


def test_dock_1_lacks_what_came_later() -> None:
    assert not dji.supports("3-1-0", "stick_control")
    assert dji.supports("3-1-0", "drone_control")
    assert not dji.supports("3-1-0", "flighttask_stop")
    assert dji.supports("3-1-0", "flight_setup_abort")
    assert not dji.supports("3-2-0", "flight_setup_abort")


def test_a_kind_of_topic_may_be_lacking_where_the_method_is_not() -> None:
    assert dji.supports("dock3", "cover_open", Kind.EVENTS)
    assert not dji.supports("dock3", "cover_open", Kind.EVENTS_REPLY)
    assert not dji.supports("dock2", "drone_open", Kind.EVENTS)


def test_a_product_that_is_not_known_has_everything() -> None:
    assert dji.methods("3-9-0") == dji.methods()
    assert dji.supports(None, "putter_open")
    assert dji.supports("3-9-0", "putter_open")
    assert not dji.supports("2-119-0", "putter_open"), "a remote controller is no dock"
    assert not dji.supports(None, "no_such_method")


def test_drone_control_is_current_on_dock_1_only() -> None:
    assert not dji.deprecated("3-1-0", "drone_control")
    assert dji.deprecated("3-2-0", "drone_control")
    assert dji.deprecated("3-1-0", "flighttask_create")


def test_log_times_are_seconds_or_milliseconds() -> None:
    assert log_time_ms(1763000000) == 1763000000000
    assert log_time_ms(1763000000000) == 1763000000000


@reference.present
def test_fields_that_only_some_docks_have_are_those_of_the_catalogue() -> None:
    docks_of: dict[tuple[Kind, str], dict[str, set[int]]] = {}
    for schema in reference.schemas():
        paths = docks_of.setdefault((schema.kind, schema.method), {})
        for field in schema.fields:
            paths.setdefault(field["path"], set()).update(int(dock[-1]) for dock in schema.docks)
    for key, paths in docks_of.items():
        ours = {path: docks for path, docks in FIELDS.get(key, {}).items() if docks}
        partial = {path: docks for path, docks in paths.items() if docks != set(REGISTRY[key].docks)}
        for path, docks in ours.items():
            assert partial[path] == set(docks), (key, path)
        for path in partial:
            # Named themselves, or by what they are a part of; Dock 3 documents a slip of the pen, and one height less.
            covered = any(
                path == ours_path or path.startswith((f"{ours_path}.", f"{ours_path}[")) for ours_path in ours
            )
            assert covered or path.endswith((".prgress", ".progress.progress")), (key, path)


def test_every_command_has_a_spec() -> None:
    specs = commands.all_specs()
    assert set(specs) == {method for kind, method in REGISTRY if kind in (Kind.SERVICES, Kind.DRC_DOWN)}
    for spec in specs.values():
        assert spec.job == (spec.progress_event is not None) == bool(spec.terminal_statuses)
        if spec.progress_event is not None:
            events = {(Kind.EVENTS, spec.progress_event), (Kind.DRC_UP, spec.progress_event)}
            assert events & REGISTRY.keys(), spec.method


@pytest.mark.parametrize(
    ("method", "reply", "event", "retry_safe", "job"),
    [
        ("cover_open", Kind.SERVICES_REPLY, "cover_open", True, True),
        ("debug_mode_open", Kind.SERVICES_REPLY, None, True, False),
        ("device_reboot", Kind.SERVICES_REPLY, "device_reboot", False, True),
        ("flighttask_execute", Kind.SERVICES_REPLY, "flighttask_progress", False, True),
        ("takeoff_to_point", Kind.SERVICES_REPLY, "takeoff_to_point_progress", False, True),
        ("ota_create", Kind.SERVICES_REPLY, "ota_progress", False, True),
        ("live_start_push", Kind.SERVICES_REPLY, None, True, False),
        ("stick_control", None, None, True, False),
        ("drc_camera_mode_switch", Kind.SERVICES_REPLY, None, True, False),
        ("drc_force_landing", Kind.DRC_UP, None, True, False),
    ],
)
def test_a_spec_says_what_to_expect(
    method: str, reply: Kind | None, event: str | None, retry_safe: bool, job: bool
) -> None:
    spec = commands.spec(method)
    assert (spec.reply, spec.progress_event, spec.retry_safe, spec.job) == (reply, event, retry_safe, job)


def test_arrival_is_not_the_end_of_a_take_off_to_a_point() -> None:
    assert "wayline_ok" not in commands.spec("takeoff_to_point").terminal_statuses
    assert "task_finish" in commands.spec("takeoff_to_point").terminal_statuses
    assert {"ok", "partially_done", "rejected", "failed", "canceled", "timeout"} == dji.TERMINAL_STATUSES


def test_there_is_no_spec_for_what_is_no_command() -> None:
    with pytest.raises(KeyError):
        commands.spec("hms")


@pytest.mark.parametrize(
    ("product", "home_point", "flying", "landing"),
    [("dock1", 21, 23, 25), ("3-2-0", 23, 25, 27), ("3-3-0", 23, 25, 27)],
)
def test_steps_are_numbered_by_model(product: str, home_point: int, flying: int, landing: int) -> None:
    assert steps.flighttask_step(product, home_point).name == "setting the home point"
    assert steps.flighttask_step(product, flying).phase is Phase.EXECUTING
    assert steps.flighttask_step(product, landing).phase is Phase.LANDING


def test_an_unknown_step_is_no_error() -> None:
    step = steps.flighttask_step("3-3-0", 777)
    assert (step.code, step.phase) == (777, Phase.UNKNOWN)
    assert steps.flighttask_step(None, 25).phase is Phase.EXECUTING
    assert steps.flighttask_step("dock1", None).phase is Phase.UNKNOWN


@reference.present
@pytest.mark.parametrize("dock", [1, 2, 3])
def test_the_step_tables_are_those_of_the_pages(dock: int) -> None:
    schema = next(
        schema
        for schema in reference.schemas()
        if schema.method == "flighttask_progress" and f"dock{dock}" in schema.docks
    )
    documented = next(field for field in schema.fields if field["path"] == "progress.current_step")["enum"]
    ours = steps.flighttask_steps(dock)
    # The page of Dock 2 leaves out the step of flying itself.
    assert {str(code) for code in ours} - set(documented) <= ({"25"} if dock == 2 else set())
    assert set(documented) <= {str(code) for code in ours}


@reference.present
@pytest.mark.parametrize("device", sorted(reference.properties()))
def test_a_device_reports_the_properties_of_its_page(device: str) -> None:
    product = device.removeprefix("aircraft_")
    documented = {field["path"] for field in reference.properties()[device]}
    documented = {path for path in documented if "gimbalindex" not in path}
    of_its_kind = {
        field["path"]
        for other, fields in reference.properties().items()
        if other[:4] == device[:4]
        for field in fields
        if "gimbalindex" not in field["path"]
    }
    assert {path for path in of_its_kind if properties.reports(product, path)} == documented
    rest = documented & set(properties.settable(product))
    assert rest == {
        field["path"]
        for field in reference.properties()[device]
        # The page of M3D leaves open whether `remaining_power_for_return_home` can be set: it counts as unsettable.
        if field["access"] == "rw" and "." not in field["path"]
    }


def test_a_product_that_is_not_known_reports_everything() -> None:
    assert properties.reports("3-9-0", "putter_state")
    assert properties.reports("0-999-0", "rid_state")
    assert not properties.reports("3-9-0", "no_such_property")
    assert set(properties.settable("3-9-0")) >= {"silent_mode", "rc_lost_action", "air_transfer_enable"}
