"""What can be measured on an installed Kennispost, each the real thing from its first to its last byte; `kennispost bench`."""
