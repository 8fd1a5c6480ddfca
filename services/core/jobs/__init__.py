"""The only enqueueing."""
