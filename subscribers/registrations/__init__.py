"""Registrations: who takes part in a webinar, who waits for a seat, who was there, and what they ask and find of it."""
