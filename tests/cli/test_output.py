"""What people read: tables, times, and a dock's readings in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cli import tile
from cli.output import ago, ahead, console, size, table


def test_times_are_told_from_now() -> None:
    now = datetime.now(UTC)
    assert ago(None) == "never"
    assert ago((now - timedelta(minutes=3, seconds=5)).isoformat()) == "3 min ago"
    assert ahead(None) == ""
    assert ahead((now + timedelta(minutes=14, seconds=58)).isoformat()) == "15 min"
    assert ahead((now + timedelta(minutes=80, seconds=1)).isoformat()) == "80 min"
    assert ahead((now + timedelta(days=7, seconds=1)).isoformat()) == "7 d"
    assert ahead((now - timedelta(seconds=1)).isoformat()) == "over"


def test_sizes_are_told_in_the_unit_that_fits() -> None:
    told = [size(count) for count in (None, 0, 999, 1000, 123_456, 45_000_000, 12_300_000_000)]
    assert told == ["", "0 B", "999 B", "1.0 kB", "123.5 kB", "45.0 MB", "12.3 GB"]


def test_a_docks_readings_have_words_and_units() -> None:
    shown = dict(
        tile.of_dock(
            {
                "cover_state": 1,
                "drone_in_dock": 0,
                "drone_charge_state": {"state": 1, "capacity_percent": 51},
                "network_state": {"type": 2, "quality": 5},
                "storage": {"total": 2048, "used": 1024},
                "wind_speed": 3.4,
                "rainfall": 9,
                "latitude": 47.3769,
                "longitude": 8.5417,
            }
        )
    )
    assert shown == {
        "cover": "open",
        "aircraft inside": "no",
        "charge": "[green]51 %[/green] charging",
        "network": "5 of 5, Ethernet",
        "storage": "1 MB free of 2",
        "wind": "3.4 m/s",
        "rain": "9",
        "position": "47.376900, 8.541700",
    }


def test_what_is_not_reported_is_left_out() -> None:
    assert tile.of_dock({}) == []
    assert tile.of_aircraft({"battery": None, "position_state": None, "latitude": 0, "longitude": 0}) == []


def test_the_battery_is_green_over_50_amber_from_20_and_red_below() -> None:
    assert [tile.battery(percent).split("]")[0] for percent in (51, 50, 20, 19)] == [
        "[green",
        "[yellow",
        "[yellow",
        "[red",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_ids_stay_in_one_piece_and_names_are_shown_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(console, "_width", width)
    mission, saga = "481f228adde741399d2d6ef2121d7cc1", "auto-stream/SIM3DK068FB5CE"
    row = (saga, "Op [/alpha] [red]", "Running", "SIM3DK068FB5CE", mission, None, 12)
    table("Sagas", ("id", "name", "status", "dock", "mission", "reason", "events"), [row])
    said = capsys.readouterr().out
    for word in (saga, mission, "[/alpha]", "[red]"):
        assert word in said
    assert max(map(len, said.splitlines())) <= width
    assert ("reason" in said) == (width == 120)  # what is empty stands in a table's column only


@pytest.mark.parametrize("width", [60, 64, 70, 90])
def test_a_table_that_is_narrower_than_its_cells_loses_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(console, "_width", width)
    row = ("air_conditioner_mode_switch", "services, services_reply", "Set the dock's air conditioning to one of four")
    table("Methods", ("method", "topics", "what"), [row])
    said = capsys.readouterr().out
    assert [word for cell in row for word in cell.split() if word not in said] == []
    assert max(map(len, said.splitlines())) <= width


def test_a_table_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    table("Flights", ("id",), [])
    assert capsys.readouterr().out == "Flights: none\n"
