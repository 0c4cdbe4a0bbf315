"""Feedback: what comes back after sending. Reading a message, finding its report, judging it, and acting on it."""
