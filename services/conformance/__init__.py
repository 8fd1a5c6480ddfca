"""Puts any desk system before the mock portal in a script of situations, and reports which it handles."""
