"""Alarms of dock and aircraft."""

from dji.fields import ListOf, field
from dji.model import Event, Model


class HmsArgs(Model):
    """What to fill into the text of an alarm."""

    component_index: int | None = field("Number of the component, from 0.")
    sensor_index: int | None = field("Number of the sensor, from 0.")


class HmsAlarm(Model):
    """One alarm."""

    level: int | None = field("How bad it is.", values={0: "notice", 1: "caution", 2: "warning"})
    module: int | None = field("What it is about.", values={0: "tasks", 1: "devices", 2: "media", 3: "health"})
    in_the_sky: int | None = field("Whether it arose in flight.", values={0: "on the ground", 1: "in flight"})
    code: str | None = field("Code of the alarm, in hex.")
    device_type: str | None = field('Model key of the device, as "0-67-0".')
    imminent: int | None = field("Whether it passes by itself: shown once, then forgotten.", values={0: "no", 1: "yes"})
    args: HmsArgs | None = field("What to fill into the text.")


class Hms(Event, method="hms"):
    """All alarms that stand."""

    list: ListOf[HmsAlarm] | None = field("All alarms that stand; one that is missing is over.", size=20)
