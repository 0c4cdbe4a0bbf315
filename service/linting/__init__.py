"""The mail lint: what is wrong with a mail, before a reader or a filter finds out. Pure, but for `spamassassin`."""
