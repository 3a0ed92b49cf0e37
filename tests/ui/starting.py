"""The start screen as the tests drive it."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Input, Static

from wsinspect.ui.start.choices import Choice

ALL = ["proxy-2026-11-22-140111-4242", "night", "killed", "damaged", "newer", "notes"]
"""What the library holds, the newest first."""


def toasts(pilot: Pilot[Choice]) -> list[str]:
    """What was said in passing."""
    return [str(one.message) for one in pilot.app._notifications]


def problem(pilot: Pilot[Choice]) -> str:
    """What stands below the field of a question."""
    return str(pilot.app.screen.query(Static).last().render())


async def type_over(pilot: Pilot[Choice], text: str) -> None:
    """Put a text into the field in focus."""
    field = pilot.app.focused
    assert isinstance(field, Input)
    field.value = text
    await pilot.press("enter")


def above(pilot: Pilot[Choice], kind: type) -> bool:
    """Whether a screen of this kind is on top."""
    return isinstance(pilot.app.screen, kind)
