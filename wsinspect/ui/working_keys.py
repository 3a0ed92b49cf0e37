"""Which keys of the main screen would do something now; the others are hidden. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """What the keys of the main screen depend on."""

    has_room: bool = True
    """Whether the terminal has room for the panels; without it no key of theirs works."""
    has_chosen: bool = False
    """Whether a connection is chosen."""
    has_rows: bool = False
    """Whether the list of messages shows any."""
    may_grow: bool = False
    """Whether rows may still come to it."""
    is_played: bool = False
    """Whether the session is played."""
    is_held: bool = False
    """Whether the list of messages stays where it is, whatever comes."""
    has_failure: bool = False
    """Whether a connection failed."""
    has_tabs: bool = False
    """Whether one panel is shown at a time."""
    has_codes: bool = False
    """Whether a close is explained."""
    of_list: Mapping[str, bool] = field(default_factory=dict)
    """Which actions of the list of messages would do something; it hides the others itself."""
    is_merged: bool = False
    """Whether the session was merged of two files, and can be merged anew."""
    may_step: bool = False
    """Whether there are related codes to walk along, in sight."""


_WORKS: Mapping[str, Callable[[Standing], bool]] = {
    "hold": lambda now: now.is_played or (now.may_grow and now.has_rows),
    "newest_failure": lambda now: now.has_failure,
    "related": lambda now: now.may_step,
    "offset": lambda now: now.is_merged,
    "report": lambda now: now.has_chosen,
    "handshake": lambda now: now.has_chosen,
    "zoom": lambda now: not now.has_tabs,
    "panel('close')": lambda now: now.has_tabs or now.has_codes,
}
"""When an action works that does not always; with its parameters where only those matter."""


def works(action: str, parameters: tuple[object, ...], now: Standing) -> bool:
    """Whether an action would do something now.

    Args:
        action: Textual's name of it.
        parameters: what it is called with.
        now: how things stand.
    """
    said = f"{action}({', '.join(map(repr, parameters))})"
    rule = _WORKS.get(said) or _WORKS.get(action)
    return now.has_room and (rule is None or rule(now))


def turned(now: Standing) -> frozenset[str]:
    """The actions, by id, that would undo now what they did."""
    return frozenset({"hold"}) if now.is_held and not now.is_played else frozenset()
