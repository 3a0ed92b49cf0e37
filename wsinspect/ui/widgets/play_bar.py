"""The line of the player: whether it plays, where it stands, how fast it goes, and the session's time as a track.

A click on the track goes there, and a click on what stands beside it changes that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from wsinspect import text
from wsinspect.replay.player import speed_name
from wsinspect.replay.track import Spot
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.playing.shown import Shown

CLOCK_WIDTH = 90
"""From this many cells on the time of day is shown."""


class Part(Enum):
    """What beside the track can be clicked."""

    STATE = "state"
    PLACE = "place"
    SILENCES = "silences"


_SPOTS = {
    Spot.CLOSE: ("┴", Tone.DIM),
    Spot.EVENT: ("╎", Tone.WARN),
    Spot.MARK: ("▾", Tone.KEY),
    Spot.FAILURE: ("╳", Tone.BAD),
}


class PlayBar(Widget):
    """One line over the keys."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    shown: reactive[Shown | None] = reactive(None)

    @dataclass
    class Sought(Message):
        """A place on the track was clicked."""

        at_ns: int

    @dataclass
    class Pressed(Message):
        """Something else was clicked."""

        part: Part

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[range, Part]] = []
        self._track = range(0)

    def render_line(self, y: int) -> Strip:
        """State and place, speed, track, time of day, silences."""
        shown, width = self.shown, self.size.width
        if shown is None:
            return Strip.blank(width, self.rich_style)
        left, right = _left(shown), _right(shown, width)
        begin = sum(text.cells(piece.text) for piece, _ in left)
        room = max(1, width - begin - sum(text.cells(piece.text) for piece, _ in right))
        self._track = range(begin, begin + room)
        self._spans = [*_spans(left, 0), *_spans(right, begin + room)]
        pieces = [*(piece for piece, _ in left), *track_pieces(shown, room), *(piece for piece, _ in right)]
        return Painter().strip(pieces, width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Tell what was clicked."""
        if self.shown is not None and event.x in self._track:
            self.post_message(self.Sought(self.shown.track.time_of(event.x - self._track.start, len(self._track))))
            return
        for span, part in self._spans:
            if event.x in span:
                self.post_message(self.Pressed(part))
                return


_Said = list[tuple[Piece, "Part | None"]]
"""Pieces of the line, and what a click on each means."""


def _spans(said: _Said, at: int) -> list[tuple[range, Part]]:
    found: list[tuple[range, Part]] = []
    for piece, part in said:
        end = at + text.cells(piece.text)
        if part is not None:
            found.append((range(at, end), part))
        at = end
    return found


def _left(shown: Shown) -> _Said:
    """State, place and speed."""
    begin, end = shown.track.begin_ns, shown.track.end_ns
    total = text.offset(end - begin).removeprefix("+")
    place = text.offset(shown.at_ns - begin).removeprefix("+").rjust(len(total))
    state = Piece(" ▶ playing", Tone.GOOD)
    if not shown.is_moving:
        state = Piece(" ■ the end", Tone.WARN) if shown.is_over else Piece(" ‖ held   ", Tone.WARN)
    return [
        (state, Part.STATE),
        (Piece(f"  {place}", Tone.STRONG), Part.PLACE),
        (Piece(f" / {total}", Tone.DIM), Part.PLACE),
        (Piece(f"  {speed_name(shown.speed).ljust(5)}  ", Tone.PLAIN if shown.speed == 0 else Tone.KEY), None),
    ]


def _right(shown: Shown, width: int) -> _Said:
    """Time of day where there is room, and whether silences are passed over."""
    skips = Piece("skip on ", Tone.KEY) if shown.skips else Piece("skip off", Tone.DIM)
    clock: _Said = [(Piece(f"{text.clock(shown.at_ns)}  ", Tone.PLAIN), Part.PLACE)] if width >= CLOCK_WIDTH else []
    return [(Piece("  ", ""), None), *clock, (skips, Part.SILENCES), (Piece(" ", ""), None)]


def track_pieces(shown: Shown, width: int) -> list[Piece]:
    """The track in so many cells: what was played, the head, what is ahead, and what stands on it."""
    head = shown.track.cell_of(shown.at_ns, width)
    pieces: list[Piece] = []
    for cell, spot in enumerate(shown.track.drawn(width)):
        if cell == head:
            pieces.append(Piece("●", _SPOTS[spot][1] if spot is not Spot.NOTHING else Tone.STRONG))
        elif spot is not Spot.NOTHING:
            pieces.append(Piece(*_SPOTS[spot]))
        else:
            pieces.append(Piece("━", Tone.PLAIN) if cell < head else Piece("─", Tone.DIM))
    return pieces
