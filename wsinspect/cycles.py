"""How often Python looks for garbage that refers to itself in a circle; all other garbage goes at once anyway."""

from __future__ import annotations

import gc

RARELY = 20_000
"""Objects more than before, between two looks; Python's own figure is 700."""


def look_rarely() -> None:
    """Look less often in this process, for good: among rows, which are made by the million, there is no circle to find.

    With Python's own figure looking takes about a third of the time of reading a session.
    """
    _, *older = gc.get_threshold()
    gc.set_threshold(RARELY, *older)
