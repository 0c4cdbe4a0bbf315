"""What can be measured on an installed Kennispost: each module measures one thing, `kennispost bench` prints it."""
