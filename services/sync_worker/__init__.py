"""Brings dossiers to the national portal."""
