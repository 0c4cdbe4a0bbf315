"""To whom? Organisations, people, what they want to know, and what they agreed to."""
