"""Processes are killed while docks fly: what was begun ends as it would have, and nothing acknowledged is missing."""
