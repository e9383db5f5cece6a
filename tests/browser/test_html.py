"""Every page in each of its states is valid HTML, as the Nu HTML checker reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.conftest import Enter
from tests.browser.pages import POSTCODE, STATES, WARD

FRAMES = {
    "map frame look": f"/map/frame/look?place=ward:{WARD}",
    "map frame pin": f"/map/frame/pin?at={POSTCODE.replace(' ', '+')}",
}


def test_every_page_is_valid_html(enter: Enter, tmp_path: Path) -> None:
    jar = os.environ.get("WARDBOOK_VNU_JAR")
    if not jar or not Path(jar).is_file():
        pytest.skip("no HTML checker: name vnu.jar in WARDBOOK_VNU_JAR (npm install vnu-jar)")
    if shutil.which("java") is None:
        pytest.skip("no Java to run the HTML checker with")
    for state in STATES:
        them = enter(state.who, javascript=False)
        state.reach(them)
        _keep(tmp_path, state.name, them.html())
        them.page.context.close()
    them = enter()
    for name, path in FRAMES.items():
        _keep(tmp_path, name, them.fetches(path)[1].decode())
    assert _problems(jar, tmp_path) == []


def _keep(folder: Path, name: str, html: str) -> None:
    (folder / f"{re.sub('[^a-z]+', '-', name.lower())}.html").write_text(html, "utf-8")


def _problems(jar: str, folder: Path) -> list[str]:
    command = ["java", "-Xmx512m", "-jar", jar, "--format", "json", "--exit-zero-always", "--stdout", str(folder)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=240).stdout)
    return sorted(
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']} {one.get('extract', '')!r}"
        for one in told["messages"]
        if one["type"] == "error" or one.get("subType") == "warning"
    )
