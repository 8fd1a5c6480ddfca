"""The published story told with the real services: ten thousand dossiers and a portal that falls over."""
