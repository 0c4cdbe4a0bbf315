"""Segments: who gets this, said as conditions with all, any and none; kept as JSON, checked, and turned into bound SQL."""
