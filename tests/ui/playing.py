"""Helpers for what is played: a clock that goes when it is told to, and what the panels say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.content import Content
from textual.pilot import Pilot

from tests.ui.driving import main_of, settle, until
from wsinspect.model import State
from wsinspect.ui.close.page import close_page
from wsinspect.ui.drawing.columns import line
from wsinspect.ui.playing.shown import Shown
from wsinspect.ui.widgets.close_panel import ClosePanel
from wsinspect.ui.widgets.header_line import HeaderLine
from wsinspect.ui.widgets.play_bar import PlayBar
from wsinspect.ui.widgets.play_deck import PlayDeck
from wsinspect.ui.widgets.row_list import RowList

CLOSE_WIDTH = 120


class Clock:
    """Nanoseconds that pass when a test lets them."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


def deck(pilot: Pilot[None]) -> PlayDeck:
    """The player."""
    return main_of(pilot).query_one(PlayDeck)


def shown(pilot: Pilot[None]) -> Shown:
    """What its line says."""
    said = main_of(pilot).query_one(PlayBar).shown
    assert said is not None
    return said


def offset(pilot: Pilot[None]) -> int:
    """Nanoseconds from the beginning to where the head stands."""
    said = shown(pilot)
    return said.at_ns - said.track.begin_ns


async def go_to(pilot: Pilot[None], at_ns: int) -> None:
    """Send the head to a moment, and wait until it is shown."""
    deck(pilot).seek(at_ns)
    await settle(pilot)


async def told(pilot: Pilot[None]) -> None:
    """Wait until the close of the chosen connection is explained as it is now."""
    await settle(pilot)
    await until(pilot, lambda: _is_told(pilot))
    await settle(pilot)


def _is_told(pilot: Pilot[None]) -> bool:
    main = main_of(pilot)
    panel, chosen, pulse = main.query_one(ClosePanel), main._chosen, main._session.pulse
    if chosen is None or pulse is None or chosen.state in (State.OPEN, State.CONNECTING):
        return panel.told is None
    # While others come and go a close is explained anew once a second at most.
    others = (pulse.info.connections, pulse.counts.failed, pulse.counts.closed)
    is_asked = panel._teller._told_of == (chosen, others)
    return is_asked and not any(one.group == "story" and one.is_running for one in main.workers)


def panels(pilot: Pilot[None]) -> dict[str, list[str]]:
    """The texts of the panels, whatever their size."""
    main = main_of(pilot)
    facts = main.query_one(HeaderLine).facts
    counts = facts.counts
    failure = counts.newest_failure.id if counts.newest_failure is not None else 0
    return {
        "counts": [f"{counts.open} {counts.failed} {counts.closed} {counts.messages} !{failure}", facts.http],
        "connections": _rows(main._connections),
        "messages": [*map(str, _title(pilot)), *_rows(main._messages.rows)],
        "close": _close(main.query_one(ClosePanel)),
    }


def _title(pilot: Pilot[None]) -> tuple[Content, Content]:
    panel = main_of(pilot).query_one("#messages")
    return getattr(panel, "title", Content("")), getattr(panel, "note", Content(""))


def _rows(listed: RowList[Any]) -> list[str]:
    window = listed._window
    found: list[str] = []
    for index in sorted(window.rows)[-100:]:
        pieces = line(listed.placed, listed._source.cells(index, window.rows))
        found.append("".join(piece.text for piece in pieces).rstrip())
    return found


def _close(panel: ClosePanel) -> list[str]:
    if panel.told is None:
        return []
    page = close_page(panel.told, panel.pair, CLOSE_WIDTH, None)
    return [str(panel.title), *_plain(page.verdict), *_plain(page.remarks), *map(repr, page.facts), *_plain(page.path)]


def _plain(contents: Sequence[Content]) -> list[str]:
    return [one.plain for one in contents]
