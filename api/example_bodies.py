"""Examples of the bodies that the API takes, by operation: what each is for, and the body."""

from __future__ import annotations

from typing import Any, Final

from api.examples import AIRCRAFT_PACKAGE, CAMERA, DOCK, MD5, NEXT_DOCK, PACKAGE, POINT, WAYLINE

_ROUTE: Final = [
    {"lat": 47.0507, "lon": 8.3098, "height": 60, "photo": True},
    {"lat": 47.0592, "lon": 8.3186, "height": 60},
    {"lat": 47.0677, "lon": 8.3275, "height": 80, "speed": 8, "photo": True, "hover": 5},
]
_OVERRIDES: Final = {"wind": "Person in the water, pilot in command accepts 14 m/s"}

BODIES: Final[dict[str, dict[str, Any]]] = {
    "pairings_start": {
        "any dock": {"displayName": "North shore"},
        "this dock only": {"displayName": "North shore", "expectedModel": "dock3", "expectedSn": DOCK},
    },
    "demo_dock_switch": {"on": {"enabled": True}, "off": {"enabled": False}},
    "org_change": {"stricter in wind": {"gate": {"windMost": 8}}, "another name": {"name": "Alpine Rescue"}},
    "org_dji_set": {
        "of DJI's developer pages": {"appId": "142357", "appKey": "0f1e2d3c4b5a", "appLicense": "kT0w...=="}
    },
    "org_broker_set": {
        "Mosquitto": {
            "host": "mqtt.alpine-rescue.example",
            "password": "s3cret of argus",
            "adminUsername": "admin",
            "adminPassword": "s3cret of admin",
        },
        "EMQX": {
            "kind": "emqx",
            "host": "mqtt.alpine-rescue.example",
            "password": "s3cret of argus",
            "apiUrl": "https://mqtt.alpine-rescue.example:18084",
            "apiKey": "argus",
            "apiSecret": "s3cret of the API",
        },
    },
    "org_retention_change": {
        "media for a month, the audit log for five years": {"media": 30, "audit": 1825},
        "the system's time again": {"media": None},
    },
    "org_exports_start_export": {"for the audit log": {"reason": "We move to another region"}, "without a word": {}},
    "org_exports_cancel_export": {"with the reason": {"reason": "Not tonight, the uplink is needed"}},
    "org_deletion_start": {
        "with its name": {"name": "Alpine Rescue", "reason": "Merged with Valley Rescue"},
    },
    "org_members_add": {
        "a pilot, with a first token": {"user": "cleo@alpine-rescue.example", "role": "operator", "name": "Cleo"},
        "who signs in at an issuer": {"user": "8c1f6a52", "role": "viewer", "invitationDays": 0},
    },
    "org_members_change": {"another role": {"role": "commander"}},
    "org_tokens_make": {
        "for a program": {"name": "Dispatch desk", "role": "operator", "days": 90},
        "for another": {"name": "Tablet", "user": "cleo@alpine-rescue.example"},
    },
    "docks_stream": {
        "stop": {"stopped": True},
        "pin a camera, in HD": {"videoId": CAMERA, "quality": 3},
        "the dock's camera beside it": {"also": [f"{DOCK}/165-0-7/normal-0"]},
        "by RTMP": {"protocol": "rtmp"},
    },
    "docks_take": {"for half an hour": {"reason": "Person in the water, 400 m east", "seconds": 1800}},
    "docks_take_authority": {
        "the sticks": {"kind": "flight"},
        "the camera, from whoever has it": {"kind": "payload", "force": True, "reason": "Person in the water"},
    },
    "docks_send_custom_data": {
        "to a payload": {"to": "psdk", "value": "open the valve", "reason": "Drop the line"},
        "to a program beside the dock": {"to": "esdk", "value": '{"lamp": 1}'},
    },
    "docks_upload_logs": {
        "two logs of the dock": {"files": [{"device": "dock", "boots": [1003, 1004]}], "reason": "It landed hard"},
        "of both, in its turn": {
            "files": [{"device": "dock", "boots": [1004]}, {"device": "aircraft", "boots": [1004]}],
            "queue": True,
        },
    },
    "docks_open_debug": {"a reason": {"reason": "Ice on the cover"}},
    "docks_change_ai": {
        "look for people": {"on": True, "model": 0, "filters": [2], "scoreMode": "search"},
        "let a target be followed": {"spotlight": True},
        "off": {"on": False},
    },
    "docks_follow": {
        "a box of the detections": {"target": 7},
        "what is in a frame": {"frame": {"x": 0.5, "y": 0.4, "width": 0.1, "height": 0.2}},
    },
    "docks_switch_licence": {"on": {"enabled": True}, "off": {"enabled": False}},
    "docks_update_licences": {"a file": {"file": "(content of licences.json)"}},
    "docks_order": {
        "open the cover": {"method": "cover_open", "reason": "Ice"},
        "cool the inside": {"method": "air_conditioner_mode_switch", "data": {"action": 1}},
    },
    "docks_set_property": {"a height": {"value": 120, "reason": "Trees on the way home"}, "a switch": {"value": True}},
    "alerts_acknowledge": {
        "with a note": {"note": "We wait for the front to pass"},
        "seen": {},
    },
    "missions_create": {"a search": {"name": "Missing hiker, north ridge"}},
    "missions_assign": {"a dock": {"sn": DOCK}},
    "missions_end": {"done": {"outcome": "completed"}, "given up": {"outcome": "aborted"}},
    "missions_draw": {
        "keep in, and out of the hut's yard": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[8.30, 47.04], [8.34, 47.04], [8.34, 47.08], [8.30, 47.08], [8.30, 47.04]]],
                    },
                    "properties": {"kind": "keep-in", "name": "North ridge"},
                },
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [8.3211, 47.0605]},
                    "properties": {"kind": "keep-out", "name": "Hut", "radius": 80},
                },
            ],
        }
    },
    "waylines_upload": {
        "a file for the Matrice 4TD": {"file": "(content of ridge.kmz)", "name": "North ridge", "aircraft": "0-100-1"}
    },
    "waylines_drawn": {
        "two points, a photo at each": {
            "dockSn": DOCK,
            "name": "North ridge",
            "points": [
                {"latitude": 47.0507, "longitude": 8.3098, "photo": True},
                {"latitude": 47.0592, "longitude": 8.3186, "height": 80, "gimbalPitch": -45, "photo": True},
            ],
            "height": 60,
            "speed": 8,
        },
        "filmed, and flown on without a link": {
            "dockSn": DOCK,
            "name": "Shore",
            "points": [{"latitude": 47.0507, "longitude": 8.3098}, {"latitude": 47.0592, "longitude": 8.3186}],
            "film": True,
            "turns": "curve",
            "lostLink": "fly-on",
        },
    },
    "flights_dispatch": {
        "a wayline, at once": {"dockSn": DOCK, "waylineId": WAYLINE, "rthAltitude": 120},
        "a wayline, at a time": {"dockSn": DOCK, "waylineId": WAYLINE, "executeAt": "2026-05-04T18:00:00+02:00"},
        "when the dock is ready": {
            "dockSn": DOCK,
            "waylineId": WAYLINE,
            "ready": {
                "begin": "2026-05-04T18:00:00+02:00",
                "end": "2026-05-04T20:00:00+02:00",
                "batteryLeast": 80,
            },
        },
        "to a point, in strong wind": {"dockSn": DOCK, "to": {**POINT, "maxSpeed": 12}, "overrides": _OVERRIDES},
    },
    "flights_go_on": {"as before": {}, "wait for the dock": {"name": "North ridge, second part", "queue": True}},
    "flights_home": {"to its own dock": {}, "to another dock of the task": {"dockSn": NEXT_DOCK}},
    "flights_fly_wayline": {"a wayline": {"waylineId": WAYLINE}},
    "flights_fly_to": {"a point": {**POINT, "maxSpeed": 12}},
    "flights_upload_first": {"a reason": {"reason": "The search team waits for these"}},
    "schedules_create": {
        "twice on each working day": {
            "flight": {"dockSn": DOCK, "waylineId": WAYLINE, "name": "Fence"},
            "cron": "0 6,18 * * MON-FRI",
            "timeZone": "Europe/Zurich",
            "endAt": "2026-12-31T00:00:00+01:00",
        }
    },
    "firmware_packages_announce": {
        "for Dock 3": {
            "fileName": "WM265E_17.01.20.01.zip",
            "product": "3-3-0",
            "size": 734003200,
            "md5": MD5,
            "releaseNotes": "Better landing in gusts.",
        }
    },
    "firmware_rollouts_start": {
        "these docks": {"packages": [PACKAGE], "docks": [DOCK, NEXT_DOCK]},
        "all that are older, in waves, by night": {
            "packages": [PACKAGE, AIRCRAFT_PACKAGE],
            "filter": {"online": True, "versionBelow": "17.01.20.01"},
            "canary": 2,
            "steps": [25, 50],
            "atOnce": 20,
            "soak": 3600,
            "window": {"start": "22:00", "end": "05:00", "zone": "Europe/Zurich"},
        },
    },
    "firmware_rollouts_pause": {"a reason": {"reason": "The first wave is looked at"}},
    "firmware_rollouts_resume": {"a reason": {"reason": "The first wave is well"}},
    "firmware_rollouts_cancel": {"a reason": {"reason": "A newer version is out"}},
    "firmware_rollouts_retry": {"all that failed": {}, "one dock": {"sn": DOCK, "reason": "Its network is back"}},
    "relays_plan": {
        "points": {"docks": [DOCK, NEXT_DOCK], "route": _ROUTE},
        "a wayline": {"docks": [DOCK, NEXT_DOCK], "waylineId": WAYLINE, "speed": 8},
        "old batteries": {"docks": [DOCK, NEXT_DOCK], "waylineId": WAYLINE, "crafts": {"dock2": {"endurance": 1800}}},
    },
    "relays_start": {
        "the next dock goes when half a leg is flown": {
            "docks": [DOCK, NEXT_DOCK],
            "waylineId": WAYLINE,
            "name": "North ridge to the lake",
            "overlap": 50,
        }
    },
    "webhooks_create": {
        "some events": {
            "url": "https://desk.alpine-rescue.example/argus",
            "events": ["flight.*", "dock.offline", "alert.*"],
            "description": "Dispatcher's desk",
        },
        "all events": {"url": "https://desk.alpine-rescue.example/argus"},
    },
    "webhooks_change": {"other events": {"events": ["*"]}, "enable it again": {"enabled": True}},
    "webhooks_rotate": {"both secrets for an hour": {"overlap": 3600}},
    "relays_decide": {"fly it again": {"decision": "retry", "reason": "The gust is over"}},
}
