"""Putting a boundary set in the place of the one before it: what would move, moving it, and undoing that."""
