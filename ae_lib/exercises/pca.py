"""Checks."""

# The checks, in the order of the exercises.
__all__ = []
