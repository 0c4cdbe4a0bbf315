"""How does it run? Settings, database, mailing, schedule, web pages, desk and command line."""
