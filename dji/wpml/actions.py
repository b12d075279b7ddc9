"""Action groups: what is done, at which waypoints, and what sets it off."""

# The calls in the classes below make dataclass fields, each its own.
# ruff: noqa: RUF009

from dataclasses import dataclass

from dji.wpml.element import REQUIRED, Element, chosen, integer, many, number, one, text
from dji.wpml.enums import ActionGroupMode, TriggerType
from dji.wpml.params import Params, params_of


@dataclass(frozen=True, kw_only=True)
class ActionTrigger(Element):
    action_trigger_type: str | None = text("what sets the group off", REQUIRED, values=TriggerType)
    action_trigger_param: float | None = number("seconds for multipleTiming, metres for multipleDistance", above=0)


@dataclass(frozen=True, kw_only=True)
class Action(Element):
    # 65535 is inside the documented range, but aircraft refuse it (break reason 1598).
    action_id: int | None = integer("id, its own within the group", REQUIRED, low=0, high=65534)
    action_actuator_func: str | None = text("what to do", REQUIRED)
    action_actuator_func_param: Params | None = chosen(params_of, "the action's parameters", REQUIRED)


@dataclass(frozen=True, kw_only=True)
class ActionGroup(Element):
    """Runs from `action_group_start_index` to `action_group_end_index`, both included."""

    action_group_id: int | None = integer("id, its own within the file", REQUIRED, low=0, high=65535)
    action_group_start_index: int | None = integer("first waypoint", REQUIRED, low=0, high=65535)
    action_group_end_index: int | None = integer("last waypoint", REQUIRED, low=0, high=65535)
    action_group_mode: str | None = text("order of the actions", REQUIRED, values=ActionGroupMode)
    action_trigger: ActionTrigger | None = one(ActionTrigger, "what sets the group off", REQUIRED)
    actions: tuple[Action, ...] = many(Action, "the actions", REQUIRED, tag="action")


@dataclass(frozen=True, kw_only=True)
class StartActionGroup(Element):
    """Done before a wayline, and again when it is resumed. Has no waypoints and no trigger of its own."""

    action_group_id: int | None = integer("id", low=0, high=65535)
    action_group_start_index: int | None = integer("first waypoint", low=0, high=65535)
    action_group_end_index: int | None = integer("last waypoint", low=0, high=65535)
    action_group_mode: str | None = text("order of the actions", values=ActionGroupMode)
    action_trigger: ActionTrigger | None = one(ActionTrigger, "what sets the group off")
    actions: tuple[Action, ...] = many(Action, "the actions", REQUIRED, tag="action")
