"""The examples of the API's description: one mission of a rescue service, told with the same serials throughout.

An answer's example is put together from `FIELDS`: by `Model.field` where a field means something of its own there, else
by the field's name, else from its enumeration or default. Examples of bodies are in `api.example_bodies`.
"""

from __future__ import annotations

from typing import Any, Final

DOCK: Final = "7CTDM3D00A1234"
NEXT_DOCK: Final = "7CTDM3D00A1235"
AIRCRAFT: Final = "1581F6QAD241200A1234"
CAMERA: Final = f"{AIRCRAFT}/99-0-0/normal-0"
ORG: Final = "alpine-rescue"
ANN: Final = "ann@alpine-rescue.example"
PAIRING: Final = "0b7e6f1a9c2d4e5f8a1b3c4d5e6f7a80"
MISSION: Final = "6f1c0e5b7a9d4f0c8b2e3d4a5b6c7d8e"
WAYLINE: Final = "c4a1d2e3f4b5468798a9b0c1d2e3f405"
FLIGHT: Final = "2d9f8e7c6b5a49382716050493827161"
RELAY: Final = "91e2d3c4b5a64f7e8d9c0b1a2f3e4d5c"
PACKAGE: Final = "5a4b3c2d1e0f49a8b7c6d5e4f3a2b1c0"
AIRCRAFT_PACKAGE: Final = "e1d2c3b4a5964877a6b5c4d3e2f10a9b"
ROLLOUT: Final = "b3a2c1d0e9f84756a5b4c3d2e1f00918"
SCHEDULE: Final = "7788aa55bb66cc33dd11ee22ff009944"
MEDIA: Final = "d41d8cd98f00b204e9800998ecf8427e"
INGRESS: Final = "1f2e3d4c5b6a47988796a5b4c3d2e1f0"
WEBHOOK: Final = "3c5e7a9b1d2f4a6c8e0f1a3b5c7d9e1f"
HAPPENED: Final = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
JOB: Final = "0e4c1b7a-8a3f-5d52-9c1e-4b7d9f0a6c21"
ALERT: Final = "4d1c7e9a0b3f4a5e8c6d2f1b7a9e0c3d"
MD5: Final = "9e107d9d372bb6826bd81d3542a419d6"
CLEO: Final = "cleo@alpine-rescue.example"
MEMBER: Final = "a3c5e7f90b1d2c4e6a8f0b2d4c6e8a01"
SIGN_IN: Final = "4f6a8c0e2b4d6f8a0c2e4b6d8f0a2c4e"
ORG_TOKEN: Final = f"argus_{SIGN_IN}_Yk3vT0l5cGxhY2Vob2xkZXItbm90LXJlYWwtdG9rZW4"
UI: Final = "http://127.0.0.1:8233/namespaces/default/workflows"

PROPERTY: Final = {
    "path": "rth_altitude", "of": "aircraft", "meaning": "Height of the way home, above take-off.", "value": 120,
    "type": "integer", "unit": "m", "low": 20.0, "high": 500.0, "values": {}, "inFlight": False,
}  # fmt: skip

# Path parameters by name
IDS: Final = {
    "sn": DOCK,
    "member_id": MEMBER,
    "token_id": SIGN_IN,
    "pairing_id": PAIRING,
    "mission_id": MISSION,
    "wayline_id": WAYLINE,
    "flight_id": FLIGHT,
    "relay_id": RELAY,
    "firmware_id": PACKAGE,
    "rollout_id": ROLLOUT,
    "schedule": SCHEDULE,
    "media_id": MEDIA,
    "webhook_id": WEBHOOK,
    "delivery_id": f"{HAPPENED}.{WEBHOOK}",
    "job_id": JOB,
    "alert_id": ALERT,
    "property_path": "rth_altitude",
    "licence_id": 230001,
    "user": ANN,
    "workflow_id": f"flight/{FLIGHT}",
}

EVENT: Final = (
    f': connected\n\ndata: {{"sn":"{DOCK}","part":"dock","at":1777882530000,"data":{{"wind_speed":3.4}}}}\n\n'
)

POINT: Final = {"latitude": 47.0519, "longitude": 8.3101, "height": 560.0}


def _saga(workflow_id: str) -> dict[str, str]:
    return {"workflowId": workflow_id, "temporal": f"{UI}/{workflow_id.replace('/', '%2F')}"}


FIELDS: Final[dict[str, Any]] = {
    # Licences
    "LicencesView.held": [
        {
            "device": "aircraft",
            "licences": [
                {
                    "id": 230001, "name": "North ridge", "kind": "a circle", "enabled": True,
                    "beginsAt": "2026-05-01T00:00:00Z", "endsAt": "2027-05-01T00:00:00Z",
                    "dji": {"common_fields": {"license_id": 230001, "type": 1, "enabled": True}},
                }
            ],
            "at": "2026-05-04T08:05:00Z",
            "error": None,
        }
    ],
    "LicencesView.consistent": True,
    # The desk
    "MemberView.id": MEMBER,
    "MemberView.user": CLEO,
    "MemberView.name": "Cleo",
    "MemberView.role": "operator",
    "MemberView.status": "active",
    "MemberAdded.id": MEMBER,
    "MemberAdded.user": CLEO,
    "MemberAdded.name": "Cleo",
    "MemberAdded.role": "operator",
    "MemberAdded.status": "invited",
    "MemberAdded.token": ORG_TOKEN,
    "MemberAdded.tokenExpiresAt": "2026-05-11T08:00:00Z",
    "addedBy": ANN,
    "joinedAt": None,
    "removedAt": None,
    "removedBy": None,
    "TokenView.id": SIGN_IN,
    "TokenView.name": "Dispatch desk",
    "TokenView.role": "operator",
    "TokenView.expiresAt": "2026-08-02T08:00:00Z",
    "TokenMade.id": SIGN_IN,
    "TokenMade.name": "Dispatch desk",
    "TokenMade.role": "operator",
    "TokenMade.expiresAt": "2026-08-02T08:00:00Z",
    "TokenMade.token": ORG_TOKEN,
    "usedAt": None,
    "revokedAt": None,
    "revokedBy": None,
    "MeView.org": ORG,
    "MeView.role": "admin",
    "MeView.member": True,
    "AuditView.id": "5e0f1a2b3c4d5e6f708192a3b4c5d6e7",
    "AuditView.source": "action",
    "AuditView.role": "admin",
    "AuditView.kind": "member",
    "AuditView.action": "member.removed",
    "AuditView.target": CLEO,
    "AuditView.reason": "",
    "AuditView.outcome": "done",
    "AuditView.details": {"before": "operator", "role": "operator", "tokens": [SIGN_IN]},
    "AuditView.dockSn": None,
    "AuditView.missionId": None,
    # On-aircraft AI
    "AiView.on": True,
    "AiView.models": [{"index": 0, "name": "Built-in"}, {"index": 1, "name": "Fire and smoke"}],
    "AiView.model": 0,
    "AiView.labels": [{"index": 2, "name": "person"}, {"index": 3, "name": "car"}],
    "AiView.filters": [2],
    "AiView.score": 50,
    "AiView.scoreMode": "search",
    "AiView.spotlight": True,
    "AiView.following": "following",
    "AiView.reason": None,
    "AiView.at": "2026-05-04T08:05:00Z",
    "AiView.dji": {"identify_on": 1, "spotlight_zoom_on": 1, "ai_spotlight_zoom": {"state": 3, "state_reason": 0}},
    # Remote debugging
    "DebugView.phase": "open",
    "DebugView.methods": ["cover_open", "cover_close", "drone_open"],
    "JobView.id": JOB,
    "JobView.method": "cover_open",
    "JobView.data": {},
    "JobView.status": "running",
    "JobView.step": "open_cover",
    "JobView.percent": 60,
    "JobView.reason": "Ice",
    "DockView.status": "idle",
    "DockDetails.status": "idle",
    # Properties
    **{f"PropertyView.{name}": value for name, value in PROPERTY.items()},
    "PropertySetView.property": PROPERTY,
    "PropertySetView.confirmed": True,
    # Alerts
    "AlertView.id": ALERT,
    "AlertView.kind": "hms",
    "AlertView.text": "The wind is too strong to fly (12 m/s or more)",
    "AlertView.module": "health",
    "AlertView.code": "0x19114000",
    "AlertView.device": "3-2-0",
    "AlertView.inFlight": False,
    "AlertView.data": {"code": "0x19114000", "level": 1, "module": 3, "in_the_sky": 0, "device_type": "3-2-0"},
    "AlertView.raisedAt": "2026-05-04T08:05:00Z",
    "AlertView.ended": None,
    "AlertView.acknowledgement": {
        "user": ANN, "role": "operator", "note": "We wait for the front to pass", "at": "2026-05-04T08:07:00Z"
    },
    "AlertView.acknowledged": True,
    "AlertView.open": True,
    "AlertView.level": "caution",
    # Flight areas
    "AreasView.features": [
        {
            "type": "Feature",
            "id": "hut",
            "geometry": {"type": "Point", "coordinates": [8.3211, 47.0605]},
            "properties": {"kind": "keep-out", "name": "Hut", "enabled": True, "radius": 80},
        }
    ],
    "AreasView.docks": [
        {
            "sn": DOCK, "status": "synchronized", "checksum": SHA256, "error": None, "reason": 0, "attempts": 0,
            "updatedAt": "2026-05-04T08:05:00Z",
        }
    ],
    "AreasView.checksum": SHA256,
    "AreasView.revision": 3,
    "AreasView.updatedBy": ANN,
    # Who and what
    "sn": DOCK,
    "dockSn": DOCK,
    "docks": [DOCK, NEXT_DOCK],
    "dockSns": [DOCK, NEXT_DOCK],
    "displayName": "North shore",
    "aircraftSn": AIRCRAFT,
    "missionId": MISSION,
    "flightId": FLIGHT,
    "waylineId": WAYLINE,
    "firmwareId": PACKAGE,
    "ingressId": INGRESS,
    "videoId": CAMERA,
    "room": MISSION,
    "identity": f"dji-dock-{DOCK}-{CAMERA.replace('/', '-')}",
    "requestedBy": ANN,
    "createdBy": ANN,
    "uploadedBy": ANN,
    "user": ANN,
    # When
    "createdAt": "2026-05-04T08:00:00Z",
    "startedAt": "2026-05-04T08:00:12Z",
    "updatedAt": "2026-05-04T08:05:00Z",
    "since": "2026-05-04T08:00:01Z",
    "at": "2026-05-04T08:05:00Z",
    "endedAt": None,
    "closedAt": None,
    "expiresAt": "2026-05-04T08:15:00Z",
    "lastSeenAt": "2026-05-04T08:05:00Z",
    "osdAt": "2026-05-04T08:05:00Z",
    "stateAt": "2026-05-04T07:45:03Z",
    "next": None,
    # What went wrong: nothing, unless a model says otherwise
    "reason": None,
    "error": None,
    "errorCode": None,
    "cure": None,
    "mismatch": None,
    "problems": [],
    # Products and files
    "model": "dock3",
    "product": "3-3-0",
    "productName": "DJI Dock 3",
    "firmwareVersion": "17.01.05.06",
    "online": True,
    "md5": MD5,
    "fileName": "WM265E_17.01.20.01.zip",
    "version": "17.01.20.01",
    "target": "dock",
    "url": f"http://127.0.0.1:9000/argus/firmware/{ORG}/{PACKAGE}/WM265E_17.01.20.01.zip?X-Amz-Signature=5f1b",
    # The organisation
    "OrgView.id": ORG,
    "OrgView.name": "Alpine Rescue",
    "OrgView.seats": 10,
    "OrgView.seatsUsed": 2,
    "streamsMost": 20,
    "DjiView.own": True,
    "appId": "142357",
    "BrokerView.own": False,
    "BrokerView.address": "tcp://192.168.1.20:1883",
    "BrokerView.kind": None,
    "DemoDockView.sn": "DEMO-DOCK-001",
    "enabled": True,
    "paired": True,
    "DemoDockView.pairingId": None,
    # Pairing
    "refusal": None,
    "PairingView.id": PAIRING,
    "PairingView.saga": _saga(f"pairing/{PAIRING}"),
    "PairingView.status": "paired",
    "PairingStarted.id": PAIRING,
    "PairingStarted.saga": _saga(f"pairing/{PAIRING}"),
    "PairingStarted.status": "waiting",
    "PairingStarted.dockSn": None,
    "PairingStarted.aircraftSn": None,
    "expectedModel": "dock3",
    "expectedSn": None,
    "qr": '{"v":1,"mqtt":"tcp://192.168.1.20:1883","account":"dock-0b7e6f1a","password":"Yk3v","organization_id":'
    f'"{ORG}","device_binding_code":"K7QF2M"}}',
    # Docks
    "SagaLinks.workflowId": f"flight/{FLIGHT}",
    "SagaLinks.temporal": f"{UI}/flight%2F{FLIGHT}",
    "DockView.saga": _saga(f"dock/{DOCK}"),
    "DockDetails.saga": _saga(f"dock/{DOCK}"),
    "UnpairedView.saga": _saga(f"dock/{DOCK}"),
    "onlineChangedAt": "2026-05-04T07:45:00Z",
    "boundAt": "2026-05-04T07:44:58Z",
    "pairedAt": "2026-05-04T07:45:02Z",
    "aircraftOnline": True,
    "HeldBy.holder": f"flight/{FLIGHT}",
    "HeldBy.kind": "flight",
    "HeldBy.reason": "North ridge",
    "HeldBy.taken": None,
    "lent": None,
    "HeldBy.expiresAt": None,
    "LeaseView.holder": f"person/{ANN}",
    "LeaseView.kind": "person",
    "LeaseView.reason": "Person in the water, 400 m east",
    "LeaseView.expiresAt": "2026-05-04T08:30:01Z",
    "LeaseView.taken": None,
    "LeaseView.saga": None,
    "HolderView.reason": "",
    "SessionView.session": "7a5c3e1f9b8d4c6a80e2f4a6c8e0b2d4",
    "SessionView.url": f"ws://127.0.0.1:8706/v1/drc/{DOCK}",
    "SessionView.ticket": "eyJhbGciOiJIUzI1NiJ9.eyJzbiI6IjdDVERNM0QwMEExMjM0In0.9c1e",
    "ticketExpiresAt": "2026-05-04T08:01:01Z",
    "TakenBy.reason": "Person in the water, 400 m east",
    "Stream.phase": "live",
    "Stream.protocol": "whip",
    "OtherStream.videoId": f"{DOCK}/165-0-7/normal-0",
    "OtherStream.identity": f"dji-dock-{DOCK}-{DOCK}-165-0-7-normal-0",
    "OtherStream.state": "live",
    "Stream.quality": 3,
    "DockDetails.osd": {"mode_code": 4, "cover_state": 0, "drone_in_dock": 0, "wind_speed": 3.4, "rainfall": 0},
    "DockDetails.state": {"firmware_version": "17.01.05.06", "live_capacity": {"available_video_number": 2}},
    "AircraftView.sn": AIRCRAFT,
    "AircraftView.model": "M4TD",
    "AircraftView.product": "0-100-1",
    "AircraftView.productName": "DJI Matrice 4TD",
    "AircraftView.firmwareVersion": "17.01.05.11",
    "AircraftView.osd": {"mode_code": 5, "battery": {"capacity_percent": 81}, **POINT},
    "AircraftView.state": {"firmware_version": "17.01.05.11"},
    # Missions and streams
    "MissionView.id": MISSION,
    "MissionView.name": "Missing hiker, north ridge",
    "MissionView.status": "active",
    "MissionView.saga": _saga(f"mission/{MISSION}"),
    "RoomView.watched": True,
    "RoomView.participants": [
        {
            "identity": f"operator-{ANN}", "kind": "person", "role": "operator", "user": ANN, "dock": None,
            "videoId": None, "joinedAt": "2026-05-04T08:05:00Z",
        },
        {
            "identity": f"dji-dock-{DOCK}", "kind": "telemetry", "role": None, "user": None, "dock": DOCK,
            "videoId": None, "joinedAt": "2026-05-04T08:05:01Z",
        },
    ],
    "RemovedView.rooms": [MISSION],
    "RemovedView.until": "2026-05-04T08:20:00Z",
    "RoomToken.url": "ws://127.0.0.1:7880",
    "RoomToken.token": "eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6e319.4f3a",
    "RoomToken.identity": f"viewer-{ANN}",
    "StreamView.id": INGRESS,
    "StreamView.state": "live",
    "StreamView.frames": 9000,
    "StreamView.metadata": {"kind": "dji-dock", "sn": DOCK, "video_id": CAMERA},
    "firstFrameAt": "2026-05-04T08:00:03Z",
    "lastFrameAt": "2026-05-04T08:05:03Z",
    # Commands
    "tid": "8d5f0a3e-56c1-5c5e-9d0b-3f1f6a1c7b21",
    "bid": FLIGHT,
    "method": "flighttask_execute",
    "CommandView.workflowId": f"flight/{FLIGHT}",
    "CommandView.step": "execute",
    "CommandView.data": {"flight_id": FLIGHT},
    "CommandView.reason": "North ridge",
    "CommandView.status": "accepted",
    "sends": 1,
    "result": 0,
    "meaning": "ok",
    "replies": 1,
    "sentAt": "2026-05-04T08:00:10Z",
    "repliedAt": "2026-05-04T08:00:11Z",
    # Waylines
    "WaylineView.id": WAYLINE,
    "WaylineView.name": "North ridge",
    "size": 4242,
    "aircraft": "0-100-1",
    "waypoints": 12,
    "lengthM": 4050.0,
    "exitWaylineWhenRcLost": 1,
    # Flights
    "FlightView.id": FLIGHT,
    "FlightView.name": "North ridge",
    "FlightView.target": None,
    "FlightView.status": "executing",
    "FlightView.phase": "flying",
    "FlightView.saga": _saga(f"flight/{FLIGHT}"),
    "taskType": 0,
    "executeAt": None,
    "readyFrom": None,
    "readyUntil": None,
    "resumes": None,
    "scheduleId": None,
    "breakPoint": None,
    "landingDockSn": None,
    "landingProgress": None,
    "inFlight": None,
    "inFlightWaylineId": None,
    "GateReading.note": "",
    "GateReading.name": "wind",
    "GateReading.value": 3.4,
    "GateReading.limit": 12,
    "GateReading.passed": True,
    "Progress.status": "in_progress",
    "Progress.step": 25,
    "Progress.stepName": "executing",
    "Progress.phase": "executing",
    "percent": 42,
    "Progress.waypoint": 5,
    "Progress.missionState": 6,
    "mediaCount": 4,
    "Progress.trackId": "b6a1c2d4-77aa-4f30-9b4e-1f0e6f7a5d11",
    # Recurring flights
    "RecurringView.id": SCHEDULE,
    "RecurringView.name": "Fence",
    "cron": "0 6,18 * * MON-FRI",
    "timeZone": "Europe/Zurich",
    "endAt": "2026-12-31T00:00:00+01:00",
    "whenBusy": "skip",
    "paused": False,
    "note": None,
    "RecurringView.next": ["2026-05-04T16:00:00Z", "2026-05-05T04:00:00Z"],
    "begun": 41,
    "missed": 1,
    "skipped": 0,
    # Media
    "MediaView.id": MEDIA,
    "MediaView.kind": "photo",
    "MediaView.name": "DJI_20260504080312_0004_T.JPG",
    "objectKey": f"{ORG}/{DOCK}/{FLIGHT}/DJI_20260504080312_0004_T.JPG",
    "MediaView.size": 5242880,
    "photo": None,
    "MediaView.metadata": {"shoot_position": {"lat": 47.0519, "lng": 8.3101}, "relative_altitude": 60.1},
    # Firmware
    "PackageView.id": PACKAGE,
    "PackageView.code": "WM265E",
    "PackageView.size": 734003200,
    "PackageRef.size": 734003200,
    "releaseNotes": "Better landing in gusts.",
    "PackageView.status": "uploading",
    "readyAt": None,
    "UploadLink.headers": {"Content-Length": "734003200", "Content-MD5": "nhB9nTcrtoJr2B01QqQZ1g=="},
    "PackageRef.objectKey": f"firmware/{ORG}/{PACKAGE}/WM265E_17.01.20.01.zip",
    "RolloutView.id": ROLLOUT,
    "RolloutView.name": "WM265E_17.01.20.01.zip",
    "RolloutView.docks": 40,
    "RolloutView.status": "running",
    "RolloutView.phase": "wave 2 of 3",
    "RolloutView.saga": _saga(f"firmware-rollout/{ROLLOUT}"),
    "upgradeType": 3,
    "RolloutView.wave": 2,
    "RolloutView.waves": 3,
    "RolloutView.counts": {
        "pending": 27, "waiting": 1, "running": 10, "succeeded": 2, "failed": 0, "skipped": 0, "cancelled": 0,
    },
    "report": None,
    "canary": 2,
    "canaryPercent": None,
    "steps": [25, 50],
    "abortAfter": None,
    "Window.start": "22:00",
    "Window.end": "05:00",
    "Window.zone": "Europe/Zurich",
    "PushView.wave": 1,
    "PushView.status": "running",
    "PushView.phase": "installing",
    "PushView.attempt": 1,
    "PushView.before": {"dock": "17.01.05.06"},
    "PushView.after": {},
    "PushView.saga": _saga(f"firmware/{ROLLOUT}/{DOCK}"),
    "OtaState.status": "in_progress",
    "OtaState.step": "upgrade_progress",
    "nextTryAt": None,
    # Relays
    "RelayView.id": RELAY,
    "RelayView.name": "North ridge to the lake",
    "RelayView.status": "running",
    "RelayView.question": None,
    "RelayView.saga": _saga(f"relay/{RELAY}"),
    "overlap": 50,
    "coveredM": 1180.0,
    "gapM": 0.0,
    "RelayLeg.start": 0.0,
    "RelayLeg.end": 2210.0,
    "RelayLeg.share": 0.58,
    "RelayLeg.seconds": 402.0,
    "RelayLeg.attempt": 1,
    "RelayLeg.status": "flying",
    "skippable": [],
    # Webhooks
    **{f"{model}.{field}": value for model in ("WebhookView", "WebhookSecret") for field, value in {
        "id": WEBHOOK,
        "url": "https://desk.alpine-rescue.example/argus",
        "events": ["flight.*", "dock.offline", "alert.*"],
        "saga": _saga(f"webhook/{WEBHOOK}"),
    }.items()},
    "description": "Dispatcher's desk",
    "failingSince": None,
    "previousUntil": None,
    "secret": "whsec_Jx2pZ0cQ7mB4vN8sT1yK5wR9aE3uH6dF0gL2oXiC4bM",
    "DeliveryView.id": f"{HAPPENED}.{WEBHOOK}",
    "eventId": HAPPENED,
    "DeliveryView.type": "flight.ok",
    "EventType.type": "flight.ok",
    "EventType.meaning": "A flight was flown to its end.",
    "DeliveryView.subject": {"kind": "flight", "id": FLIGHT, "dock": DOCK, "mission": MISSION},
    "DeliveryView.status": "delivered",
    "tries": 1,
    "Attempt.status": 204,
    "Attempt.ms": 48,
    "Attempt.response": "",
    "DeliveryView.payload": f'{{"id":"{HAPPENED}","type":"flight.ok","at":"2026-05-04T08:05:00.000Z",'
    f'"org":"{ORG}","subject":{{"kind":"flight","id":"{FLIGHT}","dock":"{DOCK}","mission":"{MISSION}"}},'
    '"data":{"name":"North ridge"}}',
    "nextAt": None,
    "deliveredAt": "2026-05-04T08:05:00Z",
    # Sagas and timings
    "SagaView.temporal": f"{UI}/flight%2F{FLIGHT}",
    "SagaDetails.temporal": f"{UI}/flight%2F{FLIGHT}",
    "SagaView.status": "Running",
    "SagaDetails.status": "Running",
    "runId": "0197a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b",
    "SagaView.events": 64,
    "SagaDetails.events": 64,
    "summary": f"Fly North ridge from {DOCK}",
    "logbook": "**flying** North ridge\n\n- 08:00:10 told the dock to execute\n- 08:00:41 took off",
    "ok": True,
    "TimingView.reason": "A dock sends osd every 2 s; with this silence it is offline",
}  # fmt: skip
