"""What docks and aircraft report of themselves (osd and state), and what of it can be set."""
