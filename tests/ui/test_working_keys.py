"""Keys that would do nothing are hidden."""

from __future__ import annotations

import pytest

from wsinspect.ui.working_keys import Standing, works


@pytest.mark.parametrize(
    ("action", "parameters", "now", "expected"),
    [
        ("hold", (), Standing(), False),
        ("hold", (), Standing(may_grow=True, has_rows=True), True),
        ("hold", (), Standing(has_rows=True), False),
        ("newest_failure", (), Standing(has_failure=True), True),
        ("newest_failure", (), Standing(), False),
        ("related", (1,), Standing(may_step=True), True),
        ("related", (-1,), Standing(), False),
        ("report", (), Standing(has_chosen=True), True),
        ("handshake", (), Standing(), False),
        ("zoom", (), Standing(has_tabs=True), False),
        ("panel", ("close",), Standing(), False),
        ("panel", ("close",), Standing(has_tabs=True), True),
        ("panel", ("close",), Standing(has_codes=True), True),
        ("panel", ("messages",), Standing(), True),
        ("explain", (), Standing(), True),
        ("explain", (), Standing(has_room=False), False),
    ],
)
def test_what_works(action: str, parameters: tuple[object, ...], now: Standing, expected: bool) -> None:
    assert works(action, parameters, now) is expected
