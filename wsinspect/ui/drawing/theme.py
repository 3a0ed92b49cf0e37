"""The two themes and the tones text is drawn in.

A tone is a style by meaning (``UP``, ``BAD``, ``DIM``), written with theme variables only; the colours stand here and
nowhere else. Every tone reads on the background, on a panel and on a selected row of a list without focus.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from textual.theme import Theme

if TYPE_CHECKING:
    from wsinspect.codes import Severity


class Tone(StrEnum):
    """How a piece of text is drawn; the value is a Textual style."""

    PLAIN = "$foreground"
    STRONG = "bold $foreground"
    DIM = "$tone-dim"
    UP = "$tone-up"
    """▲, to the server."""
    DOWN = "$tone-down"
    """▼, to the client."""
    GOOD = "$tone-good"
    WARN = "$tone-warn"
    BAD = "$tone-bad"
    BAD_STRONG = "bold $tone-bad"
    RELATED = "$tone-related"
    """The code that is set beside the one that closed."""
    RELATED_STRONG = "bold $tone-related"
    KEY = "bold $tone-related"
    """A key to press, as in the footer."""
    LABEL = "$tone-label-text on $tone-label"
    """A short label with a background of its own."""
    FOUND = "$tone-found-text on $tone-found"
    """What a search looks for, where it stands."""
    FOUND_HERE = "bold $tone-found-here-text on $tone-found-here"
    """The one of those that the reader is at."""
    BAR_OPEN = "$tone-good on $tone-bar-open"
    """The bar of a connection on the timeline: open; closed without a fault; with a warning; failed."""
    BAR_DONE = "$tone-dim on $tone-bar-done"
    BAR_WARN = "$tone-warn on $tone-bar-warn"
    BAR_BAD = "$tone-bad on $tone-bar-bad"
    BAR_AHEAD = "$tone-ahead on $tone-bar-ahead"
    """What of a bar lies ahead of the play head."""
    HEAD = "bold $foreground"
    """The play head on a time axis."""
    GRID = "$tone-grid"
    """Lines below the ticks of an axis."""


_SEVERITY_TONES = {"ok": Tone.DIM, "info": Tone.DIM, "warning": Tone.WARN, "error": Tone.BAD}


def severity_tone(severity: Severity) -> Tone:
    """The tone for a code of this severity."""
    return _SEVERITY_TONES[severity]


def strong(tone: Tone) -> str:
    """The same tone in bold, as a Textual style."""
    return tone if tone.startswith("bold ") else f"bold {tone}"


_DARK = {
    "tone-dim": "#8f8f8f",
    "tone-up": "#98e024",
    "tone-down": "#58d1eb",
    "tone-good": "#98e024",
    "tone-warn": "#fd971f",
    "tone-bad": "#ff3d7f",
    "tone-related": "#ffa62b",
    "tone-label": "#e0dde4",
    "tone-label-text": "#121212",
    "tone-found": "#e6db74",
    "tone-found-text": "#121212",
    "tone-found-here": "#fd971f",
    "tone-found-here-text": "#121212",
    "tone-rule": "#1d3d56",
    "tone-head": "#242f38",
    "tone-bar-open": "#1d2a10",
    "tone-bar-done": "#262626",
    "tone-bar-warn": "#33220d",
    "tone-bar-bad": "#3a1222",
    "tone-grid": "#3a3a3a",
    "tone-ahead": "#6e6e6e",
    "tone-bar-ahead": "#1b1b1b",
}
_LIGHT = {
    "tone-dim": "#656565",
    "tone-up": "#3a7300",
    "tone-down": "#00708f",
    "tone-good": "#3a7300",
    "tone-warn": "#9a5200",
    "tone-bad": "#c8004f",
    "tone-related": "#9a5200",
    "tone-label": "#2b2b30",
    "tone-label-text": "#fafafa",
    "tone-found": "#ffe46b",
    "tone-found-text": "#1b1b1b",
    "tone-found-here": "#ff9e3d",
    "tone-found-here-text": "#1b1b1b",
    "tone-rule": "#b3c7d8",
    "tone-head": "#dde6ee",
    "tone-bar-open": "#dcebcf",
    "tone-bar-done": "#e6e6e6",
    "tone-bar-warn": "#f6e3c8",
    "tone-bar-bad": "#fbd9e5",
    "tone-grid": "#cccccc",
    "tone-ahead": "#868686",
    "tone-bar-ahead": "#f0f0f0",
}

DARK = Theme(
    name="wsinspect-dark",
    primary="#0178d4",
    secondary="#1d5f94",
    warning="#fd971f",
    error="#f4005f",
    success="#98e024",
    accent="#ffa62b",
    foreground="#e0e0e0",
    background="#121212",
    surface="#1c1c1c",
    panel="#242f38",
    dark=True,
    variables=_DARK
    | {
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#0178d4",
        "block-cursor-blurred-foreground": "#e0e0e0",
        "block-cursor-blurred-background": "#33404b",
        "border": "#0178d4",
        "border-blurred": "#1d3d56",
        "scrollbar": "#3a4955",
        "scrollbar-hover": "#4d6070",
        "scrollbar-active": "#0178d4",
        "scrollbar-background": "#181c1f",
    },
)

LIGHT = Theme(
    name="wsinspect-light",
    primary="#0060b0",
    secondary="#4a88ba",
    warning="#9a5200",
    error="#c8004f",
    success="#3a7300",
    accent="#9a5200",
    foreground="#1b1b1b",
    background="#fafafa",
    surface="#f0f0f0",
    panel="#dde6ee",
    dark=False,
    variables=_LIGHT
    | {
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#0060b0",
        "block-cursor-blurred-foreground": "#1b1b1b",
        "block-cursor-blurred-background": "#cfdce8",
        "border": "#0060b0",
        "border-blurred": "#b3c7d8",
        "scrollbar": "#a9bccd",
        "scrollbar-hover": "#8aa4ba",
        "scrollbar-active": "#0060b0",
        "scrollbar-background": "#e8edf1",
    },
)


def tone_defaults(is_dark: bool) -> dict[str, str]:
    """The tones' colours for a theme that is not ours."""
    return dict(_DARK if is_dark else _LIGHT)
