"""What the lower edge of Messages says: where the cursor is, what is left out, and how far a search has come. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from textual.content import Content

from wsinspect.ui.drawing.theme import Tone


@dataclass(frozen=True, slots=True)
class Standing:
    """How the list stands."""

    cursor: int = -1
    """From 0."""
    shown: int = 0
    """Rows that are listed."""
    hidden: int = 0
    """Rows that are left out, of those that were looked through; those that are cleared not counted."""
    folded: int = 0
    """Rows that are folded into others."""
    cleared: int = 0
    is_narrowed: bool = False
    """Whether rows are left out beyond those that are cleared."""
    is_folding: bool = False
    """Whether no more is done than that rows are folded into others."""
    is_finding: bool = False
    """Whether a search marks rows."""
    is_unfolded: bool = False
    """Whether some of those were unfolded by hand."""
    searched: float | None = None
    """Which part of the rows was looked through; None where every row was, and what was found is listed."""
    hits: int | None = None
    """Rows that are marked by a search; None while none marks any."""
    hit: int | None = None
    """Which of them the cursor is on, from 1; None while it is on none."""
    is_counting: bool = False
    """Whether there may be more of them: the search goes on."""
    too_slow: int = 0
    """Messages on which a pattern took too long."""
    may_grow: bool = False
    is_following: bool = False
    new: int = 0
    """Rows that came since the list was held."""


def place_note(now: Standing) -> Content:
    """The note."""
    said: list[Content] = []
    if now.shown:
        said.append(Content(f"row {now.cursor + 1:,} of {now.shown:,}"))
    if now.searched is not None:
        said.append(Content.styled(f"{_doing(now)} {math.floor(now.searched * 100)}%", Tone.WARN))
    elif now.is_narrowed:
        if now.hidden or not now.is_folding:
            said.append(Content(f"{now.hidden:,} hidden"))
        if now.folded or now.is_unfolded:
            said.append(Content(f"{now.folded:,} folded"))
    if now.hits is not None:
        said.append(Content.styled(_hits(now.hits, now.hit, "+" if now.is_counting else ""), Tone.KEY))
    if now.too_slow:
        said.append(Content.styled(f"{now.too_slow:,} too slow for the pattern", Tone.BAD))
    if now.cleared:
        said.append(Content(f"{now.cleared:,} cleared"))
    if now.may_grow and now.shown:
        said.append(_following(now))
    return Content(" · ").join(said)


def _doing(now: Standing) -> str:
    """What goes through the rows: folding, where no word of the user's is looked for."""
    return "folding" if now.is_narrowed and now.is_folding and not now.is_finding else "searching"


def _hits(hits: int, hit: int | None, more: str) -> str:
    if hit is not None:
        return f"hit {hit:,} of {hits:,}{more}"
    return f"{hits:,}{more} hit{'' if hits == 1 and not more else 's'}"


def _following(now: Standing) -> Content:
    if now.is_following:
        return Content.styled("following", Tone.GOOD)
    return Content.assemble(("held", Tone.WARN), f", {now.new:,} new" if now.new > 0 else "")
