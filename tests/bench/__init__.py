"""Benchmarks: ratios of runs side by side, never seconds in a test."""
