"""The part of a long message in which a word stands that is looked for, for the one line of its row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from wsinspect import text
from wsinspect.filters.spots import spots
from wsinspect.ui.columns import Cell, Piece
from wsinspect.ui.found_words import shown
from wsinspect.ui.theme import Tone

REACH = 512
"""Bytes around a word that are kept, on either side: more than a line has room for."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Visible text with a word in it."""

    before: str
    found: str
    after: str


def excerpt(content: bytes, words: tuple[str, ...], *, is_cut: bool) -> Excerpt | None:
    """The surroundings of the first word that is found; None where there is none.

    Args:
        content: a message, or its beginning.
        words: what is looked for.
        is_cut: whether the message goes on behind that.
    """
    spot = next(spots(words, content), None)
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


def in_room(part: Excerpt, room: int, tone: str, words: tuple[str, ...]) -> Cell:
    """An excerpt with its word within so many cells: a third of them for what stands before it, more where the rest
    is short.

    Args:
        part: the excerpt.
        room: cells.
        tone: of what is not looked for.
        words: all that are drawn as found.
    """
    left = room - text.cells(part.found)
    lead = max(0, min(left, max(1, left // 3, left - text.cells(part.after))))
    return (
        *shown(Piece(text.shorten_begin(part.before, lead), tone), words),
        Piece(part.found, Tone.FOUND),
        *shown(Piece(part.after, tone), words),
    )
