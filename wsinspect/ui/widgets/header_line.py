"""The first line: what is captured, into which file, and how it goes; notices take a line of their own below it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePath

from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from wsinspect import text
from wsinspect.decode.outcome import outcome
from wsinspect.ui.bridge import Pulse
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.columns import Piece, fit
from wsinspect.ui.drawing.painting import Painter
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.tally import Counts


@dataclass(frozen=True, slots=True)
class Facts:
    """What the header says."""

    is_recording: bool = False
    file_name: str = ""
    bytes_on_disk: int = 0
    source: str = ""
    http: str = ""
    """How many plain HTTP requests were passed on, in words."""
    http_last: str = ""
    """The last of them."""
    counts: Counts = field(default_factory=Counts)
    is_badge: bool = False
    """Whether a failure happened elsewhere that was not looked at."""


def facts_of(pulse: Pulse, *, source: str, is_recording: bool, is_badge: bool) -> Facts:
    """What the header says of a session.

    Args:
        pulse: what the session is now.
        source: what is captured, in words; empty: the file's own words.
        is_recording: whether it is being recorded.
        is_badge: whether a failure was not looked at yet.
    """
    info = pulse.info
    requests = info.http_requests
    http = f"{requests:,} HTTP request{'s' if requests != 1 else ''}" if requests else ""
    return Facts(
        is_recording=is_recording,
        file_name=PurePath(info.path).name,
        bytes_on_disk=info.bytes_on_disk,
        source=source or info.source,
        http=http,
        http_last=info.http_last if requests else "",
        counts=pulse.counts,
        is_badge=is_badge,
    )


class HeaderLine(Widget):
    """One line over everything."""

    DEFAULT_CSS = beside(__file__)
    ALLOW_SELECT = False

    facts: reactive[Facts] = reactive(Facts())

    class BadgeClicked(Message):
        """The badge of a failure was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._badge = range(0)

    def render_line(self, y: int) -> Strip:
        """Left: the capture; right: its numbers, which are never cut."""
        width = self.size.width
        right = _right(self.facts, width)
        right_width = _width(right)
        room = max(0, width - right_width - 3)
        shown = fit(left(self.facts, room), room)
        pieces = fit([*shown], max(0, width - right_width - 1)) + right
        self._badge = _span_of_badge(pieces)
        return Painter().strip(pieces, width, self.rich_style)

    def on_click(self, event: object) -> None:
        """A click on the badge goes where it points."""
        x = getattr(event, "x", -1)
        if x in self._badge:
            self.post_message(self.BadgeClicked())


LEAST_NAME = 8
"""Cells that the file's name keeps, however little room there is."""

LEAST_SOURCE = 10
"""Cells in which a source is still told; in fewer it is left out."""


def left(facts: Facts, room: int) -> list[Piece]:
    """The capture in about ``room`` cells: first the file's name gives way, then the requests, then the source.

    What is left of a source is whole or says something: a letter of it does not.
    """
    name, http = safe.line(facts.file_name), facts.http
    shown = _pieces(facts, name, http)
    over = _width(shown) - room
    if over > 0 and http and text.cells(name) - over < LEAST_NAME:
        http = ""
        over = _width(_pieces(facts, name, http)) - room
    if over > 0:
        source = safe.line(facts.source)
        if source and text.cells(name) - over + text.cells(source) < LEAST_NAME + LEAST_SOURCE:
            return left(replace(facts, source=""), room)
        return _pieces(facts, text.shorten(name, max(LEAST_NAME, text.cells(name) - over)), http)
    shown = _pieces(facts, name, http)
    last = Piece(f", last: {safe.line(facts.http_last)}", Tone.DIM)
    return [*shown, last] if http and facts.http_last and _width([*shown, last]) <= room else shown


def _width(pieces: list[Piece]) -> int:
    return sum(text.cells(piece.text) for piece in pieces)


def _pieces(facts: Facts, name: str, http: str) -> list[Piece]:
    state = [Piece("● ", Tone.BAD), Piece("REC", Tone.BAD)] if facts.is_recording else [Piece("SAVED", Tone.DIM)]
    return [
        Piece(" wsinspect  ", Tone.STRONG),
        *state,
        Piece(f" {name} ", Tone.PLAIN),
        Piece(text.size(facts.bytes_on_disk), Tone.PLAIN),
        Piece(f"   {safe.line(facts.source)}", Tone.PLAIN),
        *([Piece(f"   {http}", Tone.DIM)] if http else []),
    ]


def _right(facts: Facts, width: int) -> list[Piece]:
    counts = facts.counts
    numbers = [
        (f"{counts.open} open", Tone.GOOD if counts.open else Tone.DIM),
        (f"{counts.failed} failed", Tone.BAD if counts.failed else Tone.DIM),
        (f"{counts.closed} closed", Tone.DIM),
        (f"{counts.messages:,} msgs", Tone.PLAIN),
    ]
    pieces: list[Piece] = []
    newest = counts.newest_failure
    if facts.is_badge and newest is not None:
        result = outcome(newest)
        pieces += [Piece(f" ! #{newest.id} {result.label if result else ''} ", BADGE), Piece("  ", "")]
    for said, tone in numbers if width >= 70 else numbers[:2]:
        pieces += [Piece(said, tone), Piece("  ", "")]
    return [*pieces[:-1], Piece(" ", "")]


BADGE = "bold $background on $tone-bad"


def _span_of_badge(pieces: list[Piece]) -> range:
    at = 0
    for piece in pieces:
        here = text.cells(piece.text)
        if piece.style == BADGE:
            return range(at, at + here)
        at += here
    return range(0)
