"""Entries: what somebody has told the council about a spot, through its whole life."""
