"""Fixtures that several integration tests share."""

from tests.desk_api import api

__all__ = ["api"]
