"""Benchmarks: each measures the real thing from its first to its last byte, and prints its figures as JSON."""
