"""Ways of delivering that a rehearsal compares."""
