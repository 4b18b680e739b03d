"""What no program can be made of."""

from __future__ import annotations


class CannotLower(Exception):
    """An operation that no instructions stand for, or too many. The message says which, and where it comes from."""
