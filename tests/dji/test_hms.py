"""Alarms in words."""

import orjson
import pytest

import dji
from dji.hms import Hms, HmsAlarm, HmsArgs

TEXTS = {
    "dock_tip_0x12020001": "Cover %dock_cover_index stuck (%alarmid)",
    "fpv_tip_0x16100083": "Check motor %component_index, sensor %index",
    "fpv_tip_0x16100083_in_the_sky": "Land: motor %component_index",
}


def test_the_text_of_a_docks_alarm_is_looked_up_and_filled() -> None:
    alarm = HmsAlarm(code="0x12020001", device_type="3-2-0", in_the_sky=0, args=HmsArgs(sensor_index=1))
    assert alarm.text_keys == ("dock_tip_0x12020001",)
    assert alarm.words(TEXTS) == "Cover right stuck (0x12020001)"


@pytest.mark.parametrize(("in_the_sky", "words"), [(0, "Check motor 3, sensor 5"), (1, "Land: motor 3")])
def test_an_aircrafts_alarm_has_another_text_in_flight(in_the_sky: int, words: str) -> None:
    args = HmsArgs(component_index=2, sensor_index=4)
    alarm = HmsAlarm(code="0x16100083", device_type="0-91-0", in_the_sky=in_the_sky, args=args)
    assert alarm.words(TEXTS) == words


def test_an_alarm_without_a_text_is_still_worded() -> None:
    data = {"list": [{"level": 2, "code": "0x1", "device_type": "0-67-0", "in_the_sky": 1}, {}]}
    message = dji.decode("thing/product/SN/events", orjson.dumps({"method": "hms", "data": data}))
    assert isinstance(message.data, Hms)
    assert message.data.list is not None
    assert message.data.list[0].words() == "warning 0x1 of 0-67-0, in flight"
    assert message.data.list[1].words(TEXTS)
