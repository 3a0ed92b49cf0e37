"""The part of a long message in which something stands that is looked for, for the one line of its row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect import text
from wsinspect.filters.spots import Findable, spots
from wsinspect.ui.drawing.columns import Cell, Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.messages.found_in_line import shown

REACH = 512
"""Bytes around it that are kept, on either side: more than a line has room for."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Visible text with what is looked for in it."""

    before: str
    found: str
    after: str


def excerpt(content: bytes, wanted: tuple[Findable, ...], *, is_cut: bool) -> Excerpt | None:
    """The surroundings of the first thing that is found; None where there is none.

    Args:
        content: a message, or its beginning.
        wanted: what is looked for.
        is_cut: whether the message goes on behind that.
    """
    spot = next(spots(wanted, content), None)
    if spot is None:
        return None
    begin, end = spot
    start, stop = max(0, begin - REACH), end + REACH
    before, after = content[start:begin], content[end:stop]
    goes_on = is_cut or stop < len(content)
    return Excerpt(
        text.ELLIPSIS + text.decode(_from_whole(before)) if start else text.decode(before),
        text.decode(content[begin:end]),
        text.decode(text.whole_characters(after)) + text.ELLIPSIS if goes_on else text.decode(after),
    )


def _from_whole(data: bytes) -> bytes:
    """UTF-8 that was cut somewhere, without the piece of a character that this left at its beginning."""
    piece = next((at for at, byte in enumerate(data[:4]) if byte & 0xC0 != 0x80), 0)
    return data[piece:] if piece < 4 else data


def in_room(part: Excerpt, room: int, tone: str, wanted: tuple[Findable, ...]) -> Cell:
    """An excerpt with what was found within so many cells.

    A third of them is for what stands before it, more where the rest is short.

    Args:
        part: the excerpt.
        room: cells.
        tone: of what is not looked for.
        wanted: all that is drawn as found.
    """
    left = room - text.cells(part.found)
    lead = max(0, min(left, max(1, left // 3, left - text.cells(part.after))))
    return (
        *shown(Piece(text.shorten_begin(part.before, lead), tone), wanted),
        Piece(part.found, Tone.FOUND),
        *shown(Piece(part.after, tone), wanted),
    )
