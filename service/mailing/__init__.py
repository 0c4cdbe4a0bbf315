"""From an issue to messages that left: rendering and MIME are pure, the outbox keeps the ledger, transports deliver."""
