"""The main job on one machine: three docks from QR code to the end of a mission, each step proven from outside."""
