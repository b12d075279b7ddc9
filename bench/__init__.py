"""Benchmarks, each beside a baseline of the same minute. The figures reached stand in docs/benchmarks.md."""
