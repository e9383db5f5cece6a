"""Numbers in what somebody wrote can be rung by a press."""

from __future__ import annotations

import pytest

from wardbook.telephones import ringing


@pytest.mark.parametrize(
    ("text", "rings"),
    [
        ("Ring 999.", ["999"]),
        ("Call (01225) 477000 or 0800 111 999, day and night.", ["01225477000", "0800111999"]),
        ("From abroad +44 (0)1225 477000", ["+441225477000"]),
        ("Open since 2019, 24 hours, at 112.5 metres; it costs £999", []),
    ],
)
def test_every_number_that_can_be_rung_is_a_link(text, rings):
    assert [piece.split('"')[0] for piece in ringing(text).split("tel:")[1:]] == rings


def test_all_else_is_escaped():
    assert ringing("<b>999</b>") == '&lt;b&gt;<a class="govuk-link" href="tel:999">999</a>&lt;/b&gt;'
