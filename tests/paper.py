"""Reading the words of a PDF, with the tool that most people have for it."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def words_of(pdf: bytes) -> str:
    """Its text in reading order; the test is skipped, and says so, where no pdftotext is installed."""
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    return subprocess.run([pdftotext, "-", "-"], input=pdf, capture_output=True, check=True, timeout=60).stdout.decode()
