"""Boundary files as they really arrive: read whole, repaired, checked, or refused with a sentence."""
