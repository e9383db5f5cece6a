"""The watch over every page notices what it is there to notice."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Enter
from tests.browser.someone import Watch

DEEDS = {
    "an error in a script": ("() => setTimeout(() => { throw new Error('broken') })", "script broke"),
    "an error on the console": ("() => console.error('not well')", "console: not well"),
    "a style the policy forbids": (
        "() => document.body.setAttribute('style', 'color: red')",
        "Content Security Policy",
    ),
    "a request to elsewhere": ("() => { new Image().src = 'https://tiles.example/1.png' }", "tiles.example"),
    "a file that is missing": ("() => fetch('/static/missing.css')", "404 from"),
}


@pytest.mark.parametrize(("deed", "said"), DEEDS.values(), ids=list(DEEDS))
def test_it_notices(enter: Enter, watch: Watch, deed: str, said: str) -> None:
    them = enter()
    them.goes_to("/about/privacy")
    them.page.evaluate(deed)
    them.page.wait_for_timeout(250)
    assert any(said in problem for problem in watch.take())
