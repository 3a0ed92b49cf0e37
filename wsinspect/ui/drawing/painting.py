"""Turns pieces of text in tones into strips, for the widgets that draw line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from textwrap import wrap

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.strip import Strip
from textual.style import Style

from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone


class Painter:
    """Draws lines in the colours of the theme; ``clear`` it in ``notify_style_update``."""

    def __init__(self) -> None:
        self._styles: dict[str, RichStyle] = {}

    def clear(self) -> None:
        """Colours changed."""
        self._styles.clear()

    def style(self, tone: str) -> RichStyle:
        """A Textual style as Rich draws it."""
        found = self._styles.get(tone)
        if found is None:
            found = self._styles[tone] = Style.parse(tone).rich_style
        return found

    def strip(self, pieces: Iterable[Piece], width: int, base: RichStyle, *, is_plain: bool = False) -> Strip:
        """One line.

        Args:
            pieces: visible text in tones; without a tone it is drawn like what is before it.
            width: cells of the line.
            base: the style beneath the tones, and of the rest of the line.
            is_plain: draw all of it in the base style, but for what is found.
        """
        # Neighbours of one style become one segment: a strip costs by its segments each time it is painted.
        segments = [
            Segment(
                "".join(piece.text for piece in run),
                base if not tone or (is_plain and tone != Tone.FOUND) else base + self.style(tone),
            )
            for tone, run in groupby(_spread(pieces), itemgetter(1))
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def hint(self, said: str, y: int, width: int, base: RichStyle) -> Strip:
        """Line ``y`` of what stands where there is nothing to show; addresses stand out, they are what to use."""
        lines = wrap(said, max(10, width - 4))
        words = lines[y - 1].split(" ") if 1 <= y <= len(lines) else []
        pieces = [Piece(f" {word}", Tone.STRONG if "://" in word else Tone.DIM) for word in words]
        return self.strip((Piece(" ", ""), *pieces), width, base)


def _spread(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, blank ones in the style of the one before them: nothing of a style shows on a blank."""
    tone = ""
    for piece in pieces:
        # A background shows on blanks: what follows a label does not take part in it.
        tone = piece.style or ("" if " on " in tone else tone)
        yield Piece(piece.text, tone)
