"""The sagas: deterministic, one a file. They name the activities they need by reference."""
