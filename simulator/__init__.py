"""DJI docks in software: they speak the Cloud API as real ones do, and misbehave on request."""
