"""Interventions: what works in prevention, what databases say of it, and what changes there."""
