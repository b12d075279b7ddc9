"""Alarms of dock and aircraft."""

from collections.abc import Mapping

from dji.fields import ListOf, field
from dji.hms_texts import TEXTS
from dji.model import Event, Model

LEVEL = {0: "notice", 1: "caution", 2: "warning"}
MODULE = {0: "tasks", 1: "devices", 2: "media", 3: "health"}
_SIDE = ("left", "right")
_ROD = ("front", "back", "left", "right")
_RODS = "0x191104"


class HmsArgs(Model):
    """What to fill into the text of an alarm."""

    component_index: int | None = field("Number of the component, from 0.")
    sensor_index: int | None = field("Number of the sensor, from 0.")


def _named(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else str(number + 1)


class HmsAlarm(Model):
    """One alarm."""

    level: int | None = field("How bad it is.", values=LEVEL)
    module: int | None = field("What it is about.", values=MODULE)
    in_the_sky: int | None = field("Whether it arose in flight.", values={0: "on the ground", 1: "in flight"})
    code: str | None = field("Code of the alarm, in hex.")
    device_type: str | None = field('Model key of the device, as "0-67-0".')
    imminent: int | None = field("Whether it passes by itself: shown once, then forgotten.", values={0: "no", 1: "yes"})
    args: HmsArgs | None = field("What to fill into the text.")

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Where the text of the alarm stands in DJI's table, the most fitting key first."""
        key = f"{'dock' if (self.device_type or '').startswith('3-') else 'fpv'}_tip_{self.code}"
        return (f"{key}_in_the_sky", key) if self.in_the_sky else (key,)

    def words(self, texts: Mapping[str, str] | None = None) -> str:
        """The alarm in words: by a table of texts (DJI's hms.json, one language of it), else by ours; else its code."""
        for known in (texts or {}, TEXTS):
            for key in self.text_keys:
                if key in known:
                    return self._fill(known[key])
        where = "in flight" if self.in_the_sky else "on the ground"
        return (
            f"{LEVEL.get(self.level or 0, 'alarm')} {self.code} of {self.device_type or 'an unknown device'}, {where}"
        )

    def _fill(self, text: str) -> str:
        sensor = (self.args.sensor_index if self.args else None) or 0
        component = (self.args.component_index if self.args else None) or 0
        values = {
            "%alarmid": self.code or "",
            "%component_index": str(component + 1),
            "%battery_index": _named(_SIDE, sensor),
            "%dock_cover_index": _named(_SIDE, sensor),
            "%charging_rod_index": _named(_ROD, sensor),
            # Only in the texts of covers and rods, whose codes begin alike
            "%1$s": _named(_ROD if (self.code or "").startswith(_RODS) else _SIDE, sensor),
            "%index": str(sensor + 1),
        }
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        return text


class Hms(Event, method="hms"):
    """All alarms that stand."""

    list: ListOf[HmsAlarm] | None = field("All alarms that stand; one that is missing is over.", size=20)
