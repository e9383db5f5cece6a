"""The application for a WSGI server: `gunicorn wsgi:app`."""

from wardbook.app import create_app

app = create_app()
