"""Webinars at the edges: what calendars and rooms are told. Pages are in `service.web`, mails in `service.mailing`."""
