"""Putting a boundary set in the place of the one before it."""
