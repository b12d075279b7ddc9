"""The ingress: video from the docks by WHIP, on to the mission's LiveKit room as it is; rooms, tokens, telemetry."""
