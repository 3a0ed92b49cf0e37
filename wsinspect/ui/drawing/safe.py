"""The one way from peer text to what Textual draws.

Textual passes ESC, C1 and bidi controls through and reads square brackets as markup. So whatever a peer, a file or
the operating system wrote is made visible by ``text`` and carried in ``Content`` or in a strip's segments, never in
markup. ``SafeFilter`` is the net below: it drops what should never have come so far.
"""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from wsinspect import text

_LEFTOVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def content(shown: str | bytes, style: str = "") -> Content:
    """One line of peer text as content that cannot act."""
    return Content.styled(line(shown), style) if style else Content(line(shown))


def line(shown: str | bytes) -> str:
    """Peer text on one line, everything unseen written as an escape."""
    return text.decode(shown) if isinstance(shown, bytes) else text.visible(shown)


class SafeFilter(LineFilter):
    """Drops control characters and bidi controls that reach a rendered line by any other way.

    They all measure no cells, so widths stay right. One instance serves the whole app: strips cache by filter.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without characters that act on a terminal; control segments are Textual's own and stay."""
        # Every line of the screen passes here and nothing is ever found: one search over all of it is cheapest.
        if _LEFTOVER.search("".join([segment.text for segment in segments if not segment.control])) is None:
            return segments
        return [
            segment if segment.control else Segment(_LEFTOVER.sub("", segment.text), segment.style)
            for segment in segments
        ]
