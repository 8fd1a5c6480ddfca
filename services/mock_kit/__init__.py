"""What the mock portal and the mock population database have in common: a clock, faults, delays, a server."""
