"""Properties of a dock and its aircraft: what they say, what of it can be set, and setting it, one at a time."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.state.property import IN_FLIGHT
from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.jobs import Reason
from api.problems import Refused
from api.security import Principal
from dji.encoding import EncodeError, encode, property_set
from dji.properties.settable import Setting, settings_of
from store.docks import Aircraft, Dock
from store.properties import shown
from workflows import names
from workflows.answers import PropertyAnswer
from workflows.inputs import PropertyInput

router = APIRouter(prefix="/v1/docks/{sn}/properties", tags=["properties"])


class PropertyView(View):
    """One property that can be set. `value` is what dock or aircraft say of it; null: nothing yet."""

    path: str
    of: str = Field(description="dock or aircraft")
    meaning: str
    value: Any = None
    type: str = Field(description="integer, number, boolean or text")
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: dict[str, str] = Field(description="What each value means, where they are counted")
    in_flight: bool = Field(description="Whether it may be set while the aircraft flies")


class PropertiesView(View):
    sn: str
    properties: list[PropertyView]
    saga: SagaLinks


class SetProperty(Body):
    value: StrictBool | StrictInt | StrictFloat | StrictStr
    reason: Reason = ""


class PropertySetView(View):
    """`confirmed`: dock or aircraft show it. A dock says yes also to what it does not do: then it is false."""

    sn: str
    confirmed: bool
    property: PropertyView
    saga: SagaLinks


@router.get("")
async def properties(parts: PartsDep, caller: Viewer, sn: str) -> PropertiesView:
    """List what can be set on this dock and its aircraft, with the bounds, and what they say of it now."""
    dock = await parts.dock_of(caller, sn)
    aircraft = await _aircraft(parts, dock)
    found = [_view(setting, dock, aircraft) for setting in settings_of(dock.product or "").values()]
    return PropertiesView(sn=sn, properties=found, saga=parts.links(names.property_id(sn)))


@router.put("/{property_path}")
async def set_property(
    parts: PartsDep, caller: Operator, sn: str, property_path: str, body: SetProperty
) -> PropertySetView:
    """Set one property. Answers when the dock has answered, and what it shows was looked at."""
    dock = await parts.dock_of(caller, sn)
    setting = _check(dock, property_path, body)
    answer = await _set(parts, caller, dock, setting, body)
    dock = await parts.dock_of(caller, sn)
    view = _view(setting, dock, await _aircraft(parts, dock))
    return PropertySetView(sn=sn, confirmed=answer.confirmed, property=view, saga=parts.links(names.property_id(sn)))


async def _set(parts: Parts, caller: Principal, dock: Dock, setting: Setting, body: SetProperty) -> PropertyAnswer:
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.PROPERTY,
        PropertyInput(
            sn=dock.sn, org_id=caller.org, path=setting.path, value=body.value, actor=actor(caller, body.reason),
            timings=parts.timings,
        ),
        id=names.property_id(dock.sn),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        static_summary=f"Set {setting.path} of dock {dock.sn}",
    )  # fmt: skip
    try:
        answer: PropertyAnswer = await parts.temporal.execute_update_with_start_workflow(
            names.Update.ACCEPTED, start_workflow_operation=begin, result_type=PropertyAnswer
        )
    except WorkflowAlreadyStartedError:
        raise Refused(
            409, "property-busy", f"Another property of dock {dock.sn} is being set.", field="sn",
            cure="Try again in a moment.",
        ) from None  # fmt: skip
    run = (await begin.workflow_handle()).first_execution_run_id
    await parts.note(
        caller, f"property-{run}", "property.set", dock.sn, path=setting.path, value=body.value, reason=body.reason,
        confirmed=answer.confirmed,
    )  # fmt: skip
    return answer


def _check(dock: Dock, path: str, body: SetProperty) -> Setting:
    """Raises Refused 422 for what this model cannot be set, or not to this value: nothing is sent then."""
    able = settings_of(dock.product or "")
    setting = able.get(path)
    if setting is None:
        raise Refused(
            422, "property-unknown", f"{path} cannot be set on dock {dock.sn}.", field="propertyPath",
            cure=f"Give one of {', '.join(able)}.",
        )  # fmt: skip
    try:
        given = {path: body.value}
        encode(property_set(dock.sn, given, tid="-", bid="-", timestamp=0, product=dock.product))
    except EncodeError as error:
        raise Refused(
            422, "property-value", f"{error}.", field="value", cure=f"See GET /v1/docks/{dock.sn}/properties."
        ) from None
    return setting


async def _aircraft(parts: Parts, dock: Dock) -> Aircraft | None:
    return await parts.aircraft.get(dock.aircraft_sn) if dock.aircraft_sn else None


def _view(setting: Setting, dock: Dock, aircraft: Aircraft | None) -> PropertyView:
    spec = setting.leaf.spec
    return PropertyView(
        path=setting.path,
        of="aircraft" if setting.of_aircraft else "dock",
        meaning=spec.doc,
        value=shown(dock, aircraft, setting.path),
        type=setting.leaf.type,
        unit=spec.unit or "",
        low=spec.low,
        high=spec.high,
        values={str(value): meaning for value, meaning in spec.values.items()},
        in_flight=setting.path.split(".")[0] in IN_FLIGHT,
    )
