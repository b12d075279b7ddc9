"""The command line: `argus`."""
