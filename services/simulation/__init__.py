"""The rehearsal: months of traffic and a portal that fails, in seconds, with the worker's own decisions."""
