"""The rhythm that keeps itself: a table of schedules, occurrences as rows, and a clockwork that only ticks."""
