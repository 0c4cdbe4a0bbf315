"""Verdicts: what a mail server's words mean for the address, the message and us. Pure; one table for replies and bounces."""
