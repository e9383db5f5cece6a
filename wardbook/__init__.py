"""Wardbook: what residents, councillors and figures say about a place, for those who decide about it."""
