"""Boundary sets, their areas and postcodes: which ward is this, on which day."""
