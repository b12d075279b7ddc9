"""Manual flight: sticks, commands and heartbeats between operators' WebSockets and docks, never through Temporal."""
