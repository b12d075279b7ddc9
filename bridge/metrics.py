"""What the bridge counts, for Prometheus and for the health page."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("bridge_messages_total", "Messages taken from the broker", ["kind"])
ACKED = Counter("bridge_acked_total", "Messages acknowledged: kept, or nothing to keep", ["kind"])
HELD = Gauge("bridge_held", "Messages in hand that are not acknowledged yet")
UNREAD = Counter("bridge_unread_total", "Messages that could not be read or served", ["reason"])
UNBOUND = Counter("bridge_unbound_total", "Telemetry of devices that are in no organisation")
ANSWERED = Counter("bridge_answered_total", "Requests answered", ["method", "result"])
ANSWER_SECONDS = Histogram(
    "bridge_answer_seconds", "From request taken to answer sent", buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
)
SIGNALS = Counter("bridge_signals_total", "Signals to sagas, by outcome: taken, or gone (no such saga)", ["outcome"])
WRITES = Counter("bridge_writes_total", "Documents written", ["collection"])
LIVE = Counter("bridge_live_total", "Live pictures published", ["part"])
RETRIES = Counter("bridge_retries_total", "Attempts that failed for a reason that passes", ["error"])
FAULTS = Counter("bridge_faults_total", "Handlers that failed for a reason of their own", ["error"])
CONNECTED = Gauge("bridge_connected", "Slots that are connected to the broker")
DROPPED = Counter("bridge_dropped_total", "Telemetry left out because newer came before the store did")
