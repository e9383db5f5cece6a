"""Briefs: what is known about a place, for a level, in one content and many forms."""
