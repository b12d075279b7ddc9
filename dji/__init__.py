"""The DJI Cloud API for docks, as types. No I/O."""
