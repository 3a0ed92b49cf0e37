"""What a filter looks for where it stands in a line, so that a reader sees why the line is there. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from wsinspect.filters.spots import Findable, Span, line_spots
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone


def shown(piece: Piece, wanted: tuple[Findable, ...]) -> tuple[Piece, ...]:
    """A piece in which what is looked for is drawn as found."""
    return tuple(part for part in _parts(piece, wanted) if part.text) if wanted else (piece,)


def _parts(piece: Piece, wanted: tuple[Findable, ...]) -> Iterator[Piece]:
    at = 0
    for begin, end in line_spots(wanted, piece.text):
        yield Piece(piece.text[at:begin], piece.style)
        yield Piece(piece.text[begin:end], Tone.FOUND)
        at = end
    yield Piece(piece.text[at:], piece.style)


def first(wanted: tuple[Findable, ...], line: str) -> Span | None:
    """Where in a line the first of what is looked for stands, and where it ends; None where nothing does."""
    return next(line_spots(wanted, line), None)
