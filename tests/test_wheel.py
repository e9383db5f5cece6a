"""The wheel carries all it needs: installed away from the checkout it makes the demo and serves its pages."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engines import environment_of


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files in a folder of their own."""
    folder = tmp_path_factory.mktemp("wheel")
    made = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
    ]
    subprocess.run([*made, str(ROOT)], check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("wardbook-*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def test_it_carries_templates_migrations_boundaries_and_assets(unpacked: Path) -> None:
    for name in (
        "_data/templates/base.html", "_data/templates/briefs/brief.typ", "_data/migrations/env.py",
        "_data/migrations/versions/0001_tables.py", "_data/boundaries/aldermere_wards_2023.geojson",
        "static/wardbook.css", "static/leaflet/leaflet.js", "static/govuk/LICENSE.txt",
        "fonts/AtkinsonHyperlegibleNext-Regular.ttf",
    ):  # fmt: skip
        assert (unpacked / "wardbook" / name).is_file(), name


def test_it_works_away_from_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    env = os.environ | environment_of(tmp_path / "var") | {"PYTHONPATH": str(unpacked)}
    script = (
        "import wardbook, sys; from wardbook.cli import main; from wardbook.config import DATA\n"
        "print(wardbook.__file__, DATA, file=sys.stderr); main(['demo'], standalone_mode=False)\n"
        "from wardbook.app import create_app; browser = create_app().test_client()\n"
        "for page in ('/', '/wards/X05000101', '/places/ward:X05000101/brief.pdf'):\n"
        "    answer = browser.get(page); print(page, answer.status_code); answer.close()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], check=False, cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert str(unpacked) in ran.stderr, ran.stderr
    assert str(ROOT) not in ran.stderr
    assert [line.split()[-1] for line in ran.stdout.splitlines()[-3:]] == ["200", "200", "200"]
