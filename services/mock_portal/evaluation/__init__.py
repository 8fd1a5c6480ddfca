"""The portal's public reporting: index 766 and procedures, computed from what was received."""
