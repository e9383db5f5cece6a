"""What tests have to tell beside whether they passed: a table at the end of every run in which there is one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

TOLD = "what a boundary file was answered"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each awkward file with its outcome and sentence, in the order of their names."""
    rows = sorted(set(_rows(terminalreporter)))
    if not rows:
        return
    terminalreporter.section("boundary files as they arrive")
    wide = max(len(name) for name, _, _ in rows)
    for name, outcome, sentence in rows:
        terminalreporter.write_line(f"{name:<{wide}}  {outcome:<8} {sentence}")


def _rows(terminalreporter: pytest.TerminalReporter) -> Iterator[tuple[str, str, str]]:
    for word in ("passed", "failed"):
        for report in terminalreporter.stats.get(word, ()):
            yield from (tuple(told) for name, told in report.user_properties if name == TOLD)
