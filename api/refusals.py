"""Which problems each route can give, for the API's description.

What follows from the route itself (a wrong token, too small a role, a wrong field, an id of nobody, Temporal away) is
found there; the rest is listed by operation. A failure of a saga has its status, title and cure from
`activities.failures`; what one of them says is here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from activities.failures import Failure, failure
from api.access import closed
from api.examples import ANN, CLEO, DOCK, EXPORT, FLIGHT, MISSION, ORG, PAIRING
from api.problems import Problem, Refused, bad_request, failed, not_found, problem_of, unreadable
from api.security import Role, role_too_small, unauthorised
from store.deletions import OrgDeletion
from store.document import now

# What a failure says, and the field it names
SAYS: Final[dict[Failure, tuple[str, str | None]]] = {
    Failure.ORG_UNKNOWN: ("there is no organisation alpine-rescue", None),
    Failure.NO_SEATS: ("all 10 seats of Alpine Rescue are taken", None),
    Failure.BROKER_REFUSED: ("the broker did not make an account for the dock", None),
    Failure.DOCK_BUSY: (f"dock {DOCK} is held by flight/{FLIGHT}: North ridge", "dock_sn"),
    Failure.DOCK_ASSIGNED: (f"dock {DOCK} is in mission {MISSION}", "sn"),
    Failure.DOCK_NOT_IN_MISSION: (f"dock {DOCK} is not in this mission", "sn"),
    Failure.DOCK_IN_USE: (f"dock {DOCK} is in mission {MISSION}", "sn"),
    Failure.DOCK_OFFLINE: (f"dock {DOCK} is offline", "dock_sn"),
    Failure.MISSION_ENDED: ("mission Missing hiker, north ridge is ending, or has ended", None),
    Failure.WAYLINE_WRONG_AIRCRAFT: ("the wayline is for a Matrice 30T, the dock has a Matrice 4TD", "wayline_id"),
    Failure.GATE_FAILED: ("wind is 13.2 m/s, at most 12 m/s is allowed", "overrides.wind"),
    Failure.FLIGHT_MISSED: ("that hour has passed", "execute_at"),
    Failure.FLIGHT_NOT_STARTED: ("flight North ridge is preparing", None),
    Failure.FLIGHT_OVER: ("flight North ridge is canceled", None),
    Failure.COMMAND_INVALID: ("a flight to a point has no wayline to go on with", None),
    Failure.NO_REPLY: (f"dock {DOCK} did not answer flighttask_pause", None),
    Failure.AIRCRAFT_FLIES: (f"rth_altitude is not changed while the aircraft of {DOCK} works", "sn"),
    Failure.AIRCRAFT_OFF: ("rth_altitude is the aircraft's, which is off", "path"),
    Failure.JOB_RUNS: (f"dock {DOCK} does something else already", None),
    Failure.DEBUG_CLOSED: (f"remote debugging of dock {DOCK} is being closed", None),
    Failure.LOGS_OVER: ("this upload is ok", "id"),
    Failure.NO_CREDENTIALS: ("the bucket gave no credentials: connect timeout on endpoint URL", None),
    Failure.NOT_IN_ROLLOUT: (f"dock {DOCK} is not in this rollout", "sn"),
    Failure.NOTHING_TO_RETRY: ("no dock of this rollout has failed", None),
    Failure.AREAS_BREACHED: ("the way to waypoint 3 enters no-fly area Hut", "route"),
    Failure.ROUTE_INVALID: ("waypoint 2 lies 40 km from the one before", "route"),
    Failure.ROUTE_OUT_OF_REACH: ("metres 3120 to 4050 are out of the reach of every dock", "docks"),
    Failure.RELAY_OVER: ("relay North ridge to the lake is completed", None),
    Failure.EXPORT_OVER: (f"export {EXPORT} is ready", None),
    Failure.ORG_IN_USE: (f"it cannot be deleted now: flight North ridge ({FLIGHT}) is executing", None),
    Failure.DELETION_BEGUN: ("the deletion of alpine-rescue is closing", None),
    Failure.RELAY_NOT_ASKING: ("relay North ridge to the lake waits for no decision", "decision"),
}

NO_MISSION: Final = Refused(
    409, "dock-not-in-mission", f"Dock {DOCK} is in no mission.", field="dockSn", cure="Assign it to a mission first."
)
DOCK_SAID_NO: Final = Refused(
    502, "dock-refused", "flighttask_pause: the aircraft is not on a wayline", cure="Wait, then try again.", code=319016
)
ENDED: Final = Refused(409, "saga-ended", "The saga behind this has ended.", cure="Look at its status.")
KEY_REUSED: Final = Refused(
    422, "idempotency-key-reused", "This Idempotency-Key was used for another request.", field="Idempotency-Key",
    cure="Use a new key for a new request.",
)  # fmt: skip
CURSOR: Final = Refused(
    422, "bad-cursor", "nowhere is no place in this list.", field="after", cure="Use `next` of a page."
)
AWAY: Final = Refused(503, "sagas-unavailable", "Temporal does not answer: deadline exceeded", cure="Try again soon.")

TOLD: Final = (ENDED, Failure.FLIGHT_NOT_STARTED, Failure.FLIGHT_OVER, Failure.NO_REPLY, DOCK_SAID_NO)
FLOWN: Final = (
    not_found("dock", DOCK, "dockSn"), not_found("wayline", "ridge", "waylineId"), NO_MISSION,
)  # fmt: skip
ROOMS_AWAY: Final = Refused(
    503, "rooms-unavailable", "The room server does not answer: list_participants: connection refused",
    cure="Try again soon.",
)  # fmt: skip
YOURSELF: Final = Refused(
    409, "yourself", "You cannot send yourself out.", field="user", cure="Leave the room, or have another do it."
)
DRC_SAYS: Final = (
    Refused(409, "not-supported", "DJI Dock 2 has no drc_ai_identify_set.", field="on",
            cure="Use a dock whose model has it."),
    Refused(409, "dock-offline", f"Dock {DOCK} is offline.", field="sn", cure="Wait until it is online."),
    Refused(409, "aircraft-off", f"The aircraft of dock {DOCK} is off.", field="sn",
            cure="Take off first, or switch it on: POST /v1/docks/{sn}/jobs."),
    Refused(502, "dock-refused", "drc_ai_identify_set: the dock cannot do that now", field="on",
            cure="Look at the state, then try again.", code=327022),
    Refused(503, "drc-unavailable", "The process of manual flight does not answer: connection refused",
            cure="Try again soon."),
    Refused(504, "no-reply", "Dock did not answer drc_ai_identify_set.", field="on",
            cure="See to its network, then try again."),
)  # fmt: skip
LICENCES_BUSY: Final = Refused(
    409, "licences-busy", f"Dock {DOCK} is asked about its licences already.", field="sn",
    cure="Try again in a moment.",
)  # fmt: skip
BREACHED: Final = Refused(
    422, "areas-breached", "The way to waypoint 3 enters no-fly area Hut.", field="waylineId",
    cure="Plan the flight inside of the mission's flight areas, or change these.",
)  # fmt: skip
LEASED: Final = (Failure.DOCK_OFFLINE, Failure.DOCK_BUSY, Failure.GATE_FAILED, Failure.WAYLINE_WRONG_AIRCRAFT,
                 Failure.MISSION_ENDED)  # fmt: skip
RELAYED: Final = (
    *FLOWN, Failure.DOCK_OFFLINE, Failure.MISSION_ENDED, Failure.ROUTE_INVALID, Failure.ROUTE_OUT_OF_REACH,
    Failure.AREAS_BREACHED,
    Refused(422, "route-too-long", "The wayline has 1204 waypoints, a relay takes 1000.", field="waylineId",
            cure="Thin it out, or fly it as several relays."),
    Refused(422, "route-heights", "Its heights are not all above the take-off point, or all above the ellipsoid.",
            field="waylineId", cure="Export it with relative or WGS84 heights."),
    Refused(422, "route-unfit", "A waypoint of it is no waypoint of a relay: height: at least 2 m.", field="waylineId",
            cure="Change that waypoint."),
)  # fmt: skip
OVER: Final = Refused(
    409, "rollout-over", "Rollout WM265E_17.01.20.01.zip is completed.", field="id",
    cure="Retry its docks, or start a new one.",
)  # fmt: skip
WEBHOOK_URL: Final = Refused(
    422, "webhook-url", "The URL cannot be an endpoint: it leads to 10.0.0.7, which is not on the public network "
    "(ARGUS_WEBHOOK_TARGETS).", field="url", cure="Give an https URL that is reached from the public network.",
)  # fmt: skip
WEBHOOK_EVENTS: Final = Refused(
    422, "webhook-events", "There is no event flights.ok.", field="events.0", cure="Did you mean flight.ok?"
)
WEBHOOK_DISABLED: Final = Refused(
    409, "webhook-disabled", "The webhook is disabled: it answered 410 Gone.", field="enabled",
    cure="Enable it first.",
)  # fmt: skip
WAITS: Final = Refused(409, "pairing-not-waiting", "This pairing is paired.", field="id", cure="Start a new pairing.")

AUTHORITY_HELD: Final = Refused(
    409, "authority-held", f"cleo@alpine-rescue.example has the flight of dock {DOCK} since 08:00:01 UTC.",
    field="kind", cure="Ask them to give it back; a commander may take it by force.",
)  # fmt: skip

NO_SIMULATOR: Final = Refused(
    409, "no-simulator", "There is no simulator beside this system.", field="enabled",
    cure="Use `argus up`; or run `python -m simulator` and set ARGUS_SIMULATOR_URL.",
)  # fmt: skip
SIMULATOR_AWAY: Final = Refused(
    503, "simulator-unavailable", "The simulator cannot be used: it answers 500.", cure="Try again in a moment."
)
DOCKS_PAIRED: Final = Refused(
    409, "docks-are-paired", "2 docks are paired, and know the broker that is set now.", field="host",
    cure="Unpair them first.",
)  # fmt: skip
CODE_OUT: Final = Refused(
    409, "pairing-waits", f"Pairing {PAIRING} waits, and its code names the broker that is set now.", field="host",
    cure="Cancel it first.",
)  # fmt: skip

NO_DELETION: Final = not_found("deletion", ORG, "org")
CLOSED: Final = closed(
    OrgDeletion(org_id=ORG, org_name="Alpine Rescue", status="closing", requested_by=ANN, due_at=now())
)
EXPORT_RUNS: Final = Refused(
    409, "export-runs", f"Export {EXPORT} is packing already.", field="id", cure="Wait for its end, or cancel it."
)
LAST_ADMIN: Final = Refused(
    409, "last-admin", f"{ANN} is the only admin.", field="id",
    cure="Make another member an admin first.",
)  # fmt: skip

GIVES: Final[dict[str, tuple[Failure | Refused, ...]]] = {
    "pairings_start": (Failure.ORG_UNKNOWN, Failure.NO_SEATS, WAITS, Failure.BROKER_REFUSED),
    "pairings_qr": (WAITS,),
    "pairings_cancel": (ENDED,),
    "docks_stream": (NO_MISSION, ENDED),
    "docks_release": (
        Refused(409, "held-by-saga", f"Dock {DOCK} is held by flight/{FLIGHT}: North ridge.", field="sn",
                cure="End what holds it, or take the dock."),
        Refused(403, "lease-of-another", f"cleo@alpine-rescue.example has taken dock {DOCK}: Person in the water.",
                field="sn", cure="Ask them, or an admin; or take it yourself."),
    ),
    "docks_take_authority": (
        AUTHORITY_HELD, Failure.DOCK_OFFLINE,
        Refused(409, "not-supported", "Smart dock X1 has no live flight controls.", field="sn",
                cure="Use a dock of DJI's."),
    ),
    "docks_release_authority": (AUTHORITY_HELD,),
    "docks_open_debug": (Failure.DOCK_OFFLINE, Failure.DOCK_BUSY, Failure.NO_REPLY, DOCK_SAID_NO),
    "docks_change_ai": (
        AUTHORITY_HELD, *DRC_SAYS,
        Refused(422, "ai-model-unknown", "The aircraft has no model 7.", field="model",
                cure="Give 0 (Built-in), 1 (Fire and smoke)."),
    ),
    "docks_follow": (AUTHORITY_HELD, *DRC_SAYS),
    "docks_confirm_follow": (AUTHORITY_HELD, *DRC_SAYS),
    "docks_stop_follow": (AUTHORITY_HELD, *DRC_SAYS),
    "docks_refresh_licences": (Failure.DOCK_OFFLINE, Failure.NO_REPLY, DOCK_SAID_NO, LICENCES_BUSY),
    "docks_send_custom_data": (
        Refused(409, "not-supported", "RC Plus takes nothing for the PSDK.", field="to",
                cure="Use a dock whose model has it."),
        Failure.DOCK_OFFLINE, Failure.NO_REPLY, DOCK_SAID_NO,
    ),
    "docks_switch_licence": (Failure.DOCK_OFFLINE, Failure.NO_REPLY, DOCK_SAID_NO, LICENCES_BUSY),
    "docks_update_licences": (
        Failure.DOCK_OFFLINE, Failure.NO_REPLY, DOCK_SAID_NO, LICENCES_BUSY,
        Refused(422, "licence-file", "The file is empty, or over 5 MiB.", field="file",
                cure="Give the file of licences as DJI's FlySafe page gives it."),
    ),
    "docks_refresh_logs": (Failure.DOCK_OFFLINE, Failure.NO_REPLY, DOCK_SAID_NO),
    "docks_upload_logs": (
        Refused(422, "no-such-log", "The dock has no log 17, by the list of 2026-05-04 08:05.", field="files.0.boots.1",
                cure="Choose one of the list; refresh it where it is old."),
        Refused(422, "device-twice", "The dock is named twice: a dock makes one file for each device.",
                field="files.1.device", cure="Put all of its logs into one."),
        Refused(409, "logs-not-listed", "Which logs the aircraft has is not known: nobody asked.",
                field="files.0.device", cure="Refresh the dock's list of logs first."),
        Failure.DOCK_OFFLINE, Failure.DOCK_BUSY, Failure.NO_CREDENTIALS, Failure.NO_REPLY, DOCK_SAID_NO,
    ),
    "logs_cancel": (Failure.LOGS_OVER, ENDED, Failure.NO_REPLY, DOCK_SAID_NO),
    "logs_link": (
        Refused(409, "logs-not-there", "The logs of the aircraft are not in the bucket: they were not asked for.",
                field="device", cure="Wait for the end of the upload; where it has failed, start another."),
    ),
    "docks_close_debug": (ENDED,),
    "docks_set_property": (
        Failure.DOCK_OFFLINE, Failure.AIRCRAFT_FLIES, Failure.AIRCRAFT_OFF, Failure.NO_REPLY, DOCK_SAID_NO,
        Refused(409, "property-busy", f"Another property of dock {DOCK} is being set.", field="sn",
                cure="Try again in a moment."),
        Refused(422, "property-unknown", f"rc_lost_action cannot be set on dock {DOCK}.", field="propertyPath",
                cure="Give one of silent_mode, height_limit, rth_altitude."),
        Refused(422, "property-value", "data.height_limit: 5 was given, the protocol has 20 to 1500 m.",
                field="value", cure=f"See GET /v1/docks/{DOCK}/properties."),
    ),
    "docks_order": (
        Refused(422, "job-unknown", f"flighttask_execute is nothing that dock {DOCK} can be told here.", field="method",
                cure="Give one of cover_open, cover_close, drone_open."),
        Refused(422, "job-data", "air_conditioner_mode_switch: data.action: 9 is none of 0, 1, 2, 3.",
                field="data.action", cure="See `argus dji methods air_conditioner_mode_switch`."),
        Failure.DOCK_OFFLINE, Failure.DOCK_BUSY, Failure.JOB_RUNS, Failure.DEBUG_CLOSED, Failure.NO_REPLY, DOCK_SAID_NO,
    ),
    "docks_unpair": (Failure.DOCK_IN_USE,),
    "demo_dock_get": (NO_SIMULATOR, SIMULATOR_AWAY),
    "demo_dock_switch": (
        NO_SIMULATOR, SIMULATOR_AWAY, Failure.NO_SEATS,
        Refused(409, "dock-of-other-org", "DEMO-DOCK-001 is switched on for another organisation.", field="enabled",
                cure="It must be switched off there first."),
    ),
    "org_dji_set": (
        Refused(409, "docks-are-paired", "2 docks are paired, and know the licence that they were registered with.",
                field="appLicense", cure="Unpair and reset them first, or send `replace`."),
    ),
    "org_exports_start_export": (EXPORT_RUNS,),
    "org_exports_cancel_export": (Failure.EXPORT_OVER, ENDED),
    "org_exports_link": (
        Refused(409, "export-not-ready", f"Export {EXPORT} is packing.", field="id",
                cure="Wait until it is ready, or start a new one."),
    ),
    "org_deletion_start": (
        Failure.ORG_IN_USE,
        Refused(422, "name-differs", "That is not the name of your organisation.", field="name",
                cure="Repeat it as it is written: Alpine Rescue"),
    ),
    "org_deletion_get": (NO_DELETION,),
    "org_deletion_call_off": (NO_DELETION, Failure.DELETION_BEGUN, ENDED),
    "org_members_add": (
        Refused(409, "member-exists", f"{CLEO} is a member already.", field="user",
                cure="Change the role by PATCH, or make a token for them."),
    ),
    "org_members_change": (
        LAST_ADMIN,
        Refused(409, "member-removed", f"{CLEO} is no longer a member.", field="id", cure="Add them again."),
    ),
    "org_members_remove": (LAST_ADMIN,),
    "org_tokens_make": (
        Refused(409, "not-a-member", f"{CLEO} is no member of your organisation.", field="user",
                cure="Add them first."),
        Refused(409, "too-many-tokens", f"{CLEO} has 50 tokens already.", field="user",
                cure="Revoke what is not used."),
        Refused(422, "role-too-great", f"The token would be admin, and {CLEO} may be operator at most by you.",
                field="role", cure="Ask for operator or less."),
    ),
    "org_broker_set": (DOCKS_PAIRED, CODE_OUT),
    "org_broker_unset": (DOCKS_PAIRED, CODE_OUT),
    "missions_assign": (not_found("dock", DOCK, "sn"), Failure.DOCK_ASSIGNED, Failure.MISSION_ENDED, ENDED),
    "missions_unassign": (Failure.DOCK_NOT_IN_MISSION, Failure.DOCK_IN_USE, Failure.MISSION_ENDED, ENDED),
    "missions_end": (ENDED,),
    "missions_draw": (
        Refused(422, "areas-invalid", "Area number 1: the polygon is not simple: self-intersection.",
                field="features.0.geometry.coordinates.0", cure="Draw its edge so that it nowhere crosses itself."),
        Failure.MISSION_ENDED,
    ),
    "missions_room_token": (
        Refused(403, "removed-from-room", "cleo@alpine-rescue.example sent you out of this room: Device lost",
                cure="Ask them; you may come back at 08:20 UTC."),
    ),
    "missions_room": (ROOMS_AWAY,),
    "missions_remove": (ROOMS_AWAY, YOURSELF),
    "rooms_people_remove_member": (ROOMS_AWAY, YOURSELF),
    "missions_send": (Failure.MISSION_ENDED,),
    "waylines_upload": (
        Refused(422, "kmz-not-a-zip", "The file is not a zip archive.", field="file",
                cure="Export the route as KMZ."),
        Refused(422, "kmz-no-waylines", "wpmz/waylines.wpml: The archive has no such member.", field="file",
                cure="Export the route as KMZ, not as KML."),
        Refused(422, "kmz-invalid", "wpmz/waylines.wpml/Document/missionConfig/droneInfo: The route is for a Matrice "
                "30T (0-67-1), the aircraft is a Matrice 4TD (0-100-1).", field="file",
                cure="Plan the route for the aircraft that is to fly it."),
        Refused(413, "kmz-too-large", "The file is over 20 MiB.", field="file",
                cure="Leave out reference photos, or split the route."),
    ),
    "waylines_drawn": (
        not_found("dock", DOCK, "dockSn"),
        Refused(409, "aircraft-unknown", f"Dock {DOCK} has not said which aircraft it has.", field="dockSn",
                cure="Wait until the dock is online, then try again."),
        Refused(422, "route-invalid", "Waypoints 0 and 1 are at the same place.", field="points[1]",
                cure="Leave one of them out."),
    ),
    "flights_dispatch": (*FLOWN, BREACHED, *LEASED, Failure.FLIGHT_MISSED, Failure.NO_REPLY),
    "flights_go_on": (
        *FLOWN, *LEASED,
        Refused(409, "flight-under-way", "The flight is executing.", field="id",
                cure="Resume it, or wait for its end."),
        Refused(409, "no-break-point", "The dock named no place where this flight broke off.", field="id",
                cure="Fly the wayline from its beginning."),
    ),
    "flights_upload_first": (
        Refused(409, "media-none", "The dock has spoken of no files of this flight.", field="flightId",
                cure="Wait until the flight has ended; one that took no photos has none."),
        Refused(409, "media-complete", "All files of this flight are there.", field="flightId",
                cure="Fetch them: nothing is left to upload."),
        Failure.DOCK_OFFLINE, Failure.NO_REPLY, DOCK_SAID_NO,
    ),
    "flights_pause": TOLD,
    "flights_resume": TOLD,
    "flights_stop": TOLD,
    "flights_home": TOLD,
    "flights_cancel_home": TOLD,
    "flights_fly_wayline": (*TOLD, Failure.COMMAND_INVALID, BREACHED, not_found("wayline", "ridge", "waylineId")),
    "flights_cancel_wayline": (*TOLD, Failure.COMMAND_INVALID),
    "flights_fly_to": (*TOLD, Failure.COMMAND_INVALID, BREACHED),
    "schedules_create": (
        *FLOWN,
        Refused(422, "bad-cron", "Invalid schedule spec: unparsable cron", field="cron",
                cure="Give five fields, like 0 6 * * MON-FRI."),
    ),
    "firmware_packages_announce": (
        Refused(422, "firmware-name", "update.zip is no name of a firmware file.", field="fileName",
                cure="Give the file the name that DJI released it under."),
        Refused(422, "firmware-product", "0-89-0 is neither a dock nor the aircraft of one.", field="product",
                cure="Give one of 3-1-0, 0-67-0, 0-67-1, 3-2-0, 0-91-0, 0-91-1, 3-3-0, 0-100-0, 0-100-1."),
    ),
    "firmware_packages_complete": (
        Refused(409, "firmware-not-uploaded", "WM265E_17.01.20.01.zip is not in the bucket.", field="id",
                cure="Upload it with the link first; announce it again where the link has expired."),
        Refused(422, "firmware-size", "The file in the bucket has size 17, announced was 734003200.", field="size",
                cure="Upload the file again, or announce what it really has."),
    ),
    "firmware_rollouts_start": (
        not_found("firmware package", "nothing", "packages"),
        not_found("dock", DOCK, "docks"),
        Refused(409, "firmware-not-ready", "WM265E_17.01.20.01.zip is not uploaded yet.", field="packages",
                cure="Upload and complete it first."),
        Refused(422, "firmware-twice", "Both packages are for the dock.", field="packages",
                cure="Give one for the dock, one for the aircraft, or one of each."),
        Refused(422, "firmware-wrong-product", f"WM265E_17.01.20.01.zip does not fit dock {DOCK}, a DJI Dock 2.",
                field="docks", cure="Leave the dock out, or choose the package of its model."),
        Refused(422, "rollout-docks", "Give either docks or filter.", field="docks",
                cure="Name serials in docks, or give a filter; an empty one takes all docks of the product."),
        Refused(422, "rollout-empty", "No dock of your organisation matches the filter and the packages.",
                field="filter", cure="Widen the filter, or see GET /v1/docks."),
        Refused(422, "rollout-plan", "steps: each must be more than the one before.", field="steps",
                cure="Correct the field."),
    ),
    "firmware_rollouts_pause": (OVER, ENDED),
    "firmware_rollouts_resume": (OVER, ENDED),
    "firmware_rollouts_cancel": (OVER, ENDED),
    "firmware_rollouts_retry": (Failure.NOT_IN_ROLLOUT, Failure.NOTHING_TO_RETRY),
    "relays_plan": RELAYED,
    "relays_start": (*RELAYED, Failure.DOCK_BUSY),
    "relays_pause": (Failure.RELAY_OVER, ENDED),
    "relays_resume": (Failure.RELAY_OVER, ENDED),
    "relays_abort": (Failure.RELAY_OVER, ENDED),
    "relays_decide": (Failure.RELAY_NOT_ASKING, Failure.RELAY_OVER, ENDED),
    "webhooks_create": (
        WEBHOOK_URL, WEBHOOK_EVENTS,
        Refused(409, "too-many-webhooks", "Your organisation has 20 webhooks already.", field="url",
                cure="Remove one that nobody needs."),
    ),
    "webhooks_change": (WEBHOOK_URL, WEBHOOK_EVENTS),
    "webhooks_test": (WEBHOOK_DISABLED,),
    "webhooks_retry": (WEBHOOK_DISABLED,),
    "sagas_list": (
        Refused(422, "bad-filter", "\"it's\" can be no value of a filter.", cure="Leave quotes and backslashes out."),
    ),
}  # fmt: skip

# What a path parameter names, in the words of `not_found`
NAMED: Final = {
    "sn": "dock",
    "pairing_id": "pairing",
    "mission_id": "mission",
    "wayline_id": "wayline",
    "flight_id": "flight",
    "relay_id": "relay",
    "firmware_id": "firmware package",
    "rollout_id": "firmware rollout",
    "schedule": "recurring flight",
    "media_id": "file",
    "webhook_id": "webhook",
    "delivery_id": "delivery",
    "workflow_id": "saga",
    "job_id": "job",
    "alert_id": "alert",
    "member_id": "member",
    "export_id": "export",
    "token_id": "token",
    "property_path": "property",
    "logs_id": "upload of logs",
    "licence_id": "licence",
}
PLAIN: Final = frozenset({"type", "title", "examples"})  # of a parameter's schema: any text will do
FROM_TEMPORAL: Final = ("sagas_", "schedules_")  # reads that ask it; the others ask the store


def of(method: str, operation: dict[str, Any], role: Role | None) -> Iterator[Problem]:
    """The problems of an operation of the description."""
    parameters, name = operation.get("parameters", []), operation["operationId"]
    told = {parameter["name"] for parameter in parameters}
    asked = any(parameter["in"] == "query" or parameter["schema"].keys() - PLAIN for parameter in parameters)
    if role is not None:
        yield problem_of(unauthorised("token-missing", "No token was sent.", "Send Authorization: Bearer TOKEN."))
        yield problem_of(unauthorised("token-expired", "The token has expired.", "Get a new token."))
        yield problem_of(CLOSED)
        if role > Role.viewer:
            yield problem_of(role_too_small(role, Role(role - 1)))
    for parameter in parameters:
        if parameter["in"] == "path":
            if parameter["name"] not in NAMED:  # any text will do
                continue
            field = "sn" if parameter["name"] == "sn" else "id"
            yield problem_of(not_found(NAMED[parameter["name"]], "nothing", field))
    for given in GIVES.get(name, ()):
        yield problem_of(_said(given) if isinstance(given, Failure) else given)
    if "requestBody" in operation:
        yield problem_of(unreadable("There was an error parsing the body"))
    if "requestBody" in operation or asked:
        where = "limit" if "limit" in told else "name"
        yield bad_request([{"field": where, "detail": "Input should be a valid integer, unable to parse string"}])
    for parameter, refused in (("after", CURSOR), ("Idempotency-Key", KEY_REUSED)):
        if parameter in told:
            yield problem_of(refused)
    if role is not None and (method != "GET" or name.startswith(FROM_TEMPORAL)):
        yield problem_of(AWAY)


def _said(kind: Failure) -> Refused:
    detail, field = SAYS[kind]
    return failed(failure(kind, detail, field=field))
