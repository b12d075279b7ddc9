"""A dock's camera and its WHIP push, in software."""
