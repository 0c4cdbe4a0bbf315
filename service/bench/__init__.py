"""Measuring instruments: how fast the service sends, and whether it keeps its word when it is killed."""
