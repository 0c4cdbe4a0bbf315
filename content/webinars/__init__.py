"""Webinars: what is shown when and by whom, where, for whom, and what is asked of who registers."""
