"""What the system means, in plain Python: no database, no HTTP, no clock of its own."""
