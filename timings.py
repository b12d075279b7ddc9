"""Every wait of the system: its name, its default in seconds, and the reason for it.

A saga gets its timings in its input, so that a test can shorten them and a running saga keeps the ones it began with.
"""

from __future__ import annotations

import sys
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0)]


def wait(default: float, reason: str) -> float:
    """A field of `Timings`: `default` in seconds and why it is that long."""
    value: float = Field(default, description=reason)
    return value


class Timings(BaseModel):
    """All waits, in seconds. Unknown names are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Commands
    command_reply: Seconds = wait(
        10, "A dock answers in under a second; authority with the aircraft off was seen after 3 s"
    )
    command_reply_slow: Seconds = wait(30, "fly_to_point was seen to answer after 20 s")
    command_resends: int = Field(
        2, ge=0, description="Resends with the same ids before a command fails; a dock tries 3 times too"
    )
    command_expires: Seconds = wait(
        60, "A command that the broker did not take for so long is dropped: nobody expects it any more"
    )
    request_answer: Seconds = wait(0.9, "A dock's request is answered within a second, whatever else happens")

    # Presence
    osd_silence: Seconds = wait(12, "Osd comes every 2 s; six missed in a row is silence, and 15 s is the promise")
    presence_sweep: Seconds = wait(1, "How often silence is looked for: adds at most this to osd_silence")

    # Projection
    write_interval: Seconds = wait(1, "Firestore carries one sustained write a second per document")
    write_at_least: Seconds = wait(30, "A picture that changes at all is at most this old in the store")

    # Pairing
    pairing_validity: Seconds = wait(900, "A QR code is valid for 15 minutes")
    pairing_account: Seconds = wait(
        30, "A broker whose accounts cannot be changed for so long is named to the person who waits for the QR code"
    )
    pairing_grant: Seconds = wait(
        3, "The dock hears that it is bound, and sends its topology, before the change of its rights disconnects it"
    )
    pairing_settle: Seconds = wait(
        120, "Time from bound to online: a dock reconnects with its new rights, and may reboot"
    )

    # Leases
    lease_wait: Seconds = wait(600, "How long a queued asker waits for a dock before it is refused")
    queue_look: Seconds = wait(30, "A dock is offline, debugged or upgraded for minutes; its coming online is told")
    lease_look: Seconds = wait(
        15, "Who was terminated gives no dock back, nor does an upgrade: looked at while somebody waits"
    )
    lease_look_slow: Seconds = wait(300, "The same while nobody waits, so that what is shown of the dock comes true")
    lease_held: Seconds = wait(1800, "A person who took a dock by force has half an hour to start something with it")

    # Auto-stream
    stream_debounce: Seconds = wait(2, "A dock that comes online reports its capacity in several messages; act once")
    stream_first_frame: Seconds = wait(15, "Camera start and ICE take a few seconds on a 4G link")
    stream_retry_first: Seconds = wait(2, "First pause between attempts to start a push; doubles")
    stream_retry_most: Seconds = wait(60, "Longest pause between attempts to start a push")
    stream_check: Seconds = wait(300, "A slow look at a running stream, in case a loss was never told")
    stream_stop: Seconds = wait(10, "A push that does not stop when asked is cut at the ingress")
    ingress_sweep: Seconds = wait(60, "How often media looks for pushes whose saga is gone, to close them")
    frames_lost: Seconds = wait(3, "At 15 to 30 frames a second, 3 s without one is a lost push, not jitter")

    # Flights
    prepare_progress: Seconds = wait(60, "From prepare accepted to the request for the file or a gate decision")
    preparation: Seconds = wait(600, "Execute accepted to take-off: link pairing, RTK and download take minutes")
    flight: Seconds = wait(7200, "No aircraft of these docks stays up for an hour; twice that is a lost report")
    flight_silence: Seconds = wait(300, "Progress comes each second; none for this long is said on the flight")
    gate_listen: Seconds = wait(6, "A dock tells all of its osd within 2 s; this is three rounds")
    timed_lead: Seconds = wait(120, "A timed task is handed over 2 min before its hour, as DJI's diagram has it")
    landing_look: Seconds = wait(30, "Whether a dock reports a commanded return is not documented: look at its osd")
    home_again: Seconds = wait(
        2, "A dock refuses the way home as the aircraft takes off; first pause, doubles up to the look"
    )
    landing: Seconds = wait(1200, "From return home to closed cover, from the edge of the range")
    telemetry_fresh: Seconds = wait(30, "Older readings are no ground for a take-off")

    # Media
    media_complete: Seconds = wait(3600, "After this a flight's missing files are named")
    media_kept: Seconds = wait(7_776_000, "Media are kept for 90 days")
    media_look: Seconds = wait(3, "A file is in the bucket when it is reported; a store behind a gateway may be late")
    media_retry_first: Seconds = wait(10, "First pause before a reported file is looked for again; doubles")
    media_retry_most: Seconds = wait(300, "Longest pause before a reported file is looked for again")

    # Firmware
    firmware_upgrade: Seconds = wait(
        3600, "From ota_create to the dock's last word: a package of 700 MB over 4G, then half an hour of installing"
    )
    firmware_word: Seconds = wait(
        20, "That an upgrade is through is told with the version that proves it, where that comes so soon after"
    )
    firmware_restart: Seconds = wait(
        900, "A dock that was upgraded restarts, some twice, and then starts its aircraft; minutes each"
    )
    firmware_settle: Seconds = wait(
        180, "Another version than the wanted one may be reported once more before the restart that brings it"
    )
    firmware_retry_first: Seconds = wait(60, "First pause before a dock is tried again; doubles")
    firmware_retry_slow: Seconds = wait(600, "The same where something has to charge, or another job has to end")
    firmware_retry_most: Seconds = wait(1800, "Longest pause before a dock is tried again")
    firmware_report: Seconds = wait(5, "How often the counts of a rollout are written while docks end by the second")
    firmware_look: Seconds = wait(900, "A slow look for docks that came online, in case it was never told")
    firmware_attention: Seconds = wait(
        604_800, "A rollout with failed docks stays open for retries for a week; the API opens it again later"
    )
    firmware_reopened: Seconds = wait(
        30, "A rollout that was opened again waits so long for the word it was opened for"
    )
    firmware_link: Seconds = wait(21_600, "A dock fetches up to 1 GB over a bad uplink: its link lives 6 h")
    firmware_upload: Seconds = wait(600, "Life of the link by which a person uploads a package")

    # Relays
    relay_decision: Seconds = wait(900, "A relay asks a person what to do with a leg for so long, then it is aborted")
    relay_hover: Seconds = wait(
        180, "A paused relay's aircraft hovers so long, on its battery; then it comes home and flies its leg again"
    )

    # Manual flight
    drc_neutral: Seconds = wait(1, "An operator who is silent for so long has let the sticks go")
    drc_release: Seconds = wait(10, "An operator who is silent for so long is gone: a hidden tab holds no aircraft")
    drc_renew: Seconds = wait(3, "How often a holder's end is put off in the store: a write costs money")
    drc_ticket: Seconds = wait(60, "Life of the ticket that opens the connection; time enough to fetch another one")
    drc_heartbeat: Seconds = wait(1, "A dock drops the link after 60 s without one; each also measures the delay")
    drc_reply: Seconds = wait(3, "A command on the live link is answered within a second, or got lost on its way")
    drc_link_lost: Seconds = wait(10, "A dock that answers no heartbeat for so long is told to open the link anew")
    drc_retry: Seconds = wait(3, "Pause after a dock refused the link or the control, before it is asked again")
    drc_look: Seconds = wait(5, "How often areas and mission are read again, and what nobody holds any more is ended")
    drc_account: Seconds = wait(43_200, "What the dock is told of its account's life; nobody flies by hand for 12 h")

    # Alerts
    alert_sweep: Seconds = wait(20, "How often alerts that end without a word are looked for")
    alert_lapse: Seconds = wait(
        60, "Traffic and edges of areas are said every second or so: what is said no more for so long is over"
    )
    alert_relisted: Seconds = wait(
        120, "A dock that came back lists its health alarms anew; one that it does not list within this is over"
    )
    alert_forgotten: Seconds = wait(
        3600, "A way home lasts minutes: of one that was never said to be over nothing is known after an hour"
    )

    # Properties
    property_shown: Seconds = wait(
        8, "A dock sends osd every 2 s, an aircraft too: what was set and is not shown by then was not done"
    )

    # Remote debugging
    debug_idle: Seconds = wait(
        600, "A session in which nobody orders anything is closed: the dock flies nothing meanwhile"
    )
    debug_job: Seconds = wait(300, "Covers take 15 s, a reboot or a format minutes; then the dock is called silent")

    # Flight areas
    areas_debounce: Seconds = wait(1.5, "A person draws on: areas are sent when they were left alone for so long")
    areas_sync: Seconds = wait(
        120, "A dock fetches the file and hands it to its aircraft, which it may switch on first"
    )
    areas_retry_first: Seconds = wait(10, "First pause before a dock is told again; doubles")
    areas_retry_most: Seconds = wait(300, "Longest pause before a dock is told again")
    areas_look: Seconds = wait(600, "How often a dock that is offline is looked for, in case nobody told that it came")
    areas_clear: Seconds = wait(
        600, "How long the end of a mission tells its docks; one that comes later asks by itself"
    )

    # Logs
    logs_silence: Seconds = wait(
        600, "One per cent of 1 GB takes 100 s over a weak uplink; six times that without any is no upload any more"
    )
    logs_upload: Seconds = wait(
        10_800, "Some GB over 4G; the dock is held meanwhile, and its credentials live a quarter of an hour longer"
    )

    # Retention
    logs_kept: Seconds = wait(7_776_000, "Logs that docks uploaded are kept for 90 days")
    alerts_kept: Seconds = wait(7_776_000, "Alerts are kept for 90 days after their end")
    audit_kept: Seconds = wait(63_072_000, "The audit log and all commands are kept for two years")
    room_bars_kept: Seconds = wait(86_400, "A bar that is over means nothing; the audit log has who was sent out")
    custom_data_kept: Seconds = wait(30 * 86_400, "Messages of programs on payloads are kept for 30 days")
    exports_kept: Seconds = wait(604_800, "An archive of an organisation is fetched within a week, or made anew")
    retention_sweep: Seconds = wait(3600, "How often what was kept long enough is looked for: it stays so much longer")

    # Export of an organisation
    export_step: Seconds = wait(86_400, "A terabyte goes through a worker in hours; a day is a lost one")
    export_link: Seconds = wait(900, "Life of the link to an archive: time enough to begin to fetch it")

    # Deletion of an organisation
    org_deletion_grace: Seconds = wait(604_800, "A week in which the deletion of an organisation can be called off")
    org_deletion_look: Seconds = wait(60, "What flies when the time is over is waited for, and looked at so often")
    org_deletion_settle: Seconds = wait(
        20, "Each API process knows within 5 s that the door is shut, events of endpoints within webhook_cache"
    )
    org_deletion_step: Seconds = wait(86_400, "A million objects go in hours; the way home takes an hour at most")

    # Missions
    mission_end_flight: Seconds = wait(1800, "How long the end of a mission waits for what it brings home")

    # Webhooks
    webhook_answer: Seconds = wait(10, "An endpoint answers at once and works later; a slow one holds up its events")
    webhook_first: Seconds = wait(5, "First pause before an event is sent again; doubles, a fifth up or down by chance")
    webhook_most: Seconds = wait(3600, "Longest pause before an event is sent again")
    webhook_give_up: Seconds = wait(86_400, "An endpoint that is away for a night and a day has lost its events")
    webhook_disable: Seconds = wait(259_200, "An endpoint that took nothing for three days is asked no more")
    webhook_rest: Seconds = wait(300, "Longest pause between two looks at an endpoint that takes nothing at all")
    webhook_sweep: Seconds = wait(300, "How often an endpoint's saga looks by itself, in case a call was lost")
    webhook_cache: Seconds = wait(10, "How long a process may not know of an endpoint that was added or changed")
    webhook_wake: Seconds = wait(0.5, "A burst of events is one call to the endpoint's saga")
    webhook_at_once: int = Field(8, ge=1, le=100, description="Requests to one endpoint at the same time")

    peers_told: Seconds = wait(2, "Telemetry peers are told of a change; media that is away sees it by itself later")

    # Activities: start to close, and heartbeat
    activity_quick: Seconds = wait(10, "One call to the store, the broker or the ingress")
    activity_slow: Seconds = wait(60, "Uploads and checks of files")

    # Entities
    continue_as_new_events: int = Field(1500, ge=50, description="History length at which an entity continues as new")

    @classmethod
    def of(cls, text: str | None) -> Timings:
        """Defaults, with what the JSON object `text` says otherwise."""
        return cls() if text is None else cls.model_validate_json(text)


def page() -> str:
    """`docs/timings.md`."""
    rows = "".join(
        f"| `{name}` | {field.default:.12g} | {field.description} |\n" for name, field in Timings.model_fields.items()
    )
    return f"{_HEAD}{rows}"


_HEAD = """# Timings

Every wait of the system: its default in seconds (a count where the reason speaks of one), and the reason. Made by
`python -m timings > docs/timings.md`; what is in force: `argus timings`, `GET /v1/timings`. All can be changed by
`ARGUS_TIMINGS_JSON`, like `{"osd_silence": 20}`; sagas that run keep the ones that they began with.

| name | default | reason |
|---|---|---|
"""


if __name__ == "__main__":
    sys.stdout.write(page())
