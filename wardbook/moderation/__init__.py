"""Moderation: what waits to be read, and what was hidden."""
