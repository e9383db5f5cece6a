"""Every page of the application, put on it."""

from __future__ import annotations

from flask import Flask


def configure(app: Flask) -> None:
    """Put the pages and their words on an application."""
