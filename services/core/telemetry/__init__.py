"""Logs, request ids, names of metrics."""
