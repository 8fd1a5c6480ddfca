"""Onboarding events, and the standings, attempts and figures that are kept from them."""
