"""Doing it ourselves: offers matched to issues and ideas nearby, and people put in touch when both say so."""
