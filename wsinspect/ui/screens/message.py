"""One message whole: as text, in hex, by its frames. Long ones are read up to a limit that the user can raise."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from wsinspect import text
from wsinspect.errors import WsInspectError
from wsinspect.filters.matcher import SEARCHED_BYTES
from wsinspect.filters.spots import Findable, spots
from wsinspect.model import Frame, Payload, Row, RowKind, Side
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.forms import HexPage, Page, frames_page, text_page
from wsinspect.ui.pages.hits import MOST as MOST_HITS
from wsinspect.ui.pages.hits import found
from wsinspect.ui.screens.copy_menu import CopyMenu
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.line_view import LineView
from wsinspect.ui.widgets.tab_bar import Tab, TabBar

FIRST_LIMIT = 256 * 1024
"""Bytes of content read at first."""

MOST = 16 * 1024 * 1024
"""Bytes of content that are ever shown."""

MORE = 4
"""Each time more is asked for, the limit grows by this factor."""

FRAME_LIMIT = 10_000
"""Frames that are listed."""

VIEWS = ("text", "hex", "frames")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read of one row."""

    row: Row
    payload: Payload
    frames: tuple[Frame, ...]


class MessageScreen(Screen[None]):
    """The whole of one row of the message list."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.MESSAGE)

    def __init__(self, bridge: Bridge, row: Row, wanted: tuple[Findable, ...] = ()) -> None:
        """Nothing is read yet.

        Args:
            bridge: the way to the session.
            row: which message.
            wanted: what is looked for in it, and in those that are shown after it.
        """
        super().__init__()
        self._bridge = bridge
        self._wanted = wanted
        self._hit = 0
        self._row = row
        self._limit = FIRST_LIMIT
        self._loaded: Loaded | None = None
        self._view = _best_view(row)
        self._width = 0
        self._is_drawn = False
        # Kept, not looked up: a read may come back when the screen is being left and its widgets are gone.
        self._facts = Static(markup=False, id="facts")
        self._tabs = TabBar()
        self._lines = LineView(id="page")
        self._rest = Static(markup=False, id="rest")

    def compose(self) -> ComposeResult:
        """Facts, tabs, page."""
        yield self._facts
        yield self._tabs
        yield self._lines
        yield self._rest
        yield KeysLine()

    def on_mount(self) -> None:
        """Read the message."""
        self._tabs.tabs = tuple(
            Tab(view, str(at + 1), (Piece(view.capitalize(), ""),)) for at, view in enumerate(VIEWS)
        )
        self._load()

    def _load(self, *, keeps_place: bool = False) -> None:
        self._is_drawn = False
        self.run_worker(self._read(self._row, keeps_place), group="message", exclusive=True, exit_on_error=True)

    async def _read(self, row: Row, keeps_place: bool) -> None:
        limit, wanted = self._limit, self._wanted

        def read(reader: SessionReader) -> Loaded:
            payload = reader.payload(row.connection, row.number, limit) if row.event is None else None
            if wanted and payload is not None and len(payload.data) == limit < SEARCHED_BYTES:
                # The hit that the list shows may lie further on.
                payload = _further(reader, row, payload, wanted)
            frames = reader.frames(row.connection, row.number, FRAME_LIMIT) if row.event is None else []
            return Loaded(row, payload or Payload(b"", 0), tuple(frames))

        try:
            self._loaded = await self._bridge.call(read)
        except Closed:
            return
        except WsInspectError as error:
            self._rest.update(text.visible(str(error)))
            self._is_drawn = True
            return
        self._limit = max(limit, len(self._loaded.payload.data))
        await self._draw(keeps_place)

    @property
    def is_settled(self) -> bool:
        """Whether what was asked for last is shown."""
        return self._is_drawn

    async def _draw(self, keeps_place: bool = False) -> None:
        loaded = self._loaded
        if loaded is None:
            return
        self._width = width = self._room
        page = await asyncio.to_thread(_page, self._view, loaded, width, self._wanted)
        self._lines.show(page, keeps_place=keeps_place, hit=self._hit)
        self._say_facts()
        self._tabs.active = self._view
        said = _rest(loaded, self._can_grow)
        self._rest.display = bool(said)
        self._rest.update(said)
        self.refresh_bindings()
        self._is_drawn = True

    @property
    def _room(self) -> int:
        return max(1, self._lines.scrollable_content_region.width)

    @property
    def _can_grow(self) -> bool:
        loaded = self._loaded
        return loaded is not None and len(loaded.payload.data) < loaded.payload.total and self._limit < MOST

    def on_resize(self) -> None:
        """Text is cut to the new width."""
        if self._loaded is not None and self._room != self._width:
            self._is_drawn = False
            self.run_worker(self._draw(keeps_place=True), group="message", exclusive=True, exit_on_error=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing."""
        if action == "hit":
            return self._lines.hits > 0
        if action == "more":
            return self._can_grow
        if action == "step" and parameters == (-1,):
            return self._row.number > 1
        return True

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss()

    def action_show(self, view: str) -> None:
        """Show the message another way."""
        self._view = view
        self._is_drawn = False
        self.run_worker(self._draw(), group="message", exclusive=True, exit_on_error=True)

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        self.action_show(event.panel)

    def action_hit(self, by: int) -> None:
        """To the next hit, or the one before."""
        hit = self._lines.hit + by
        if 0 <= hit < self._lines.hits:
            self._hit = hit
            self._lines.go_to_hit(hit)
            self._say_facts()
        else:
            # Other messages may have more: the list goes on to those.
            self._say_facts(f", the {'last' if by > 0 else 'first'} in this message")

    def _say_facts(self, of_hit: str = "") -> None:
        if self._loaded is not None:
            self._facts.update(_facts(self._loaded, self._lines.hit, self._lines.hits, of_hit))

    def action_more(self) -> None:
        """Read more of it."""
        self._limit = min(MOST, self._limit * MORE)
        self._load(keeps_place=True)

    def action_copy_menu(self) -> None:
        """The ways to copy it."""
        self.app.push_screen(CopyMenu(self._bridge, self._row))

    async def action_step(self, by: int) -> None:
        """The row before or after this one, of the same connection."""
        connection, number = self._row.connection, self._row.number + by
        was_drawn, self._is_drawn = self._is_drawn, False
        try:
            found = await self._bridge.call(lambda reader: reader.rows(connection, number, 1))
        except (Closed, WsInspectError):
            return
        if found and found[0].number == number:
            self._row = found[0]
            self._hit, self._limit = 0, FIRST_LIMIT
            self._view = _best_view(self._row) if self._view != "frames" else "frames"
            self._load()
        else:
            self._is_drawn = was_drawn


def _best_view(row: Row) -> str:
    return "hex" if row.kind in (RowKind.BINARY, RowKind.PING, RowKind.PONG, RowKind.RESERVED) else "text"


def _further(reader: SessionReader, row: Row, payload: Payload, wanted: tuple[Findable, ...]) -> Payload:
    """More of a message, where what is looked for only stands there."""
    if next(spots(wanted, payload.data), None) is not None:
        return payload
    more = reader.payload(row.connection, row.number, SEARCHED_BYTES)
    return more if more is not None and next(spots(wanted, more.data), None) is not None else payload


def _page(view: str, loaded: Loaded, width: int, wanted: tuple[Findable, ...]) -> Page:
    data = loaded.payload.data
    if view == "hex":
        return HexPage(data, found(wanted, data))
    if view == "frames":
        return frames_page(loaded.row, loaded.frames, FRAME_LIMIT)
    return text_page(loaded.row, data, width, is_cut=len(data) < loaded.payload.total, wanted=wanted)


_TO = {Side.CLIENT: ("▲ to server", Tone.UP), Side.SERVER: ("▼ to client", Tone.DOWN)}


def _facts(loaded: Loaded, hit: int, hits: int, of_hit: str) -> Content:
    """What the message is, in a line, with the hit that the reader is at, and what is wrong with it below."""
    row, payload = loaded.row, loaded.payload
    dot = ("  ·  ", Tone.DIM)
    parts: list[Content | str | tuple[str, str]] = [(f" #{row.connection} message {row.number}", Tone.STRONG)]
    # The end is cut where there is no room for all of it.
    if hits:
        parts += [dot, (f"hit {hit + 1:,} of {hits:,}{'+' if hits == MOST_HITS else ''}{of_hit}", Tone.KEY)]
    if row.side is not None:
        parts += [dot, _TO[row.side]]
    parts += [dot, row.kind.value, dot, text.clock(row.at_ns)]
    if row.at_ns > row.first_ns:
        parts += [dot, (f"took {text.duration(row.at_ns - row.first_ns)} to arrive", Tone.DIM)]
    if row.event is None:
        parts += [dot, f"{payload.total:,} B"]
        if row.is_compressed:
            parts += [(f" from {row.size:,} B compressed", Tone.DIM)]
        parts += [dot, (f"{row.frames} frame{'s' if row.frames != 1 else ''}", Tone.DIM)]
        parts += [dot, ("masked" if row.is_masked else "not masked", Tone.DIM)]
    lines = [Content.assemble(*parts)]
    lines += [
        Content.assemble((" broken rule: ", Tone.BAD_STRONG), (one.detail, Tone.BAD), (f" ({one.source})", Tone.DIM))
        for one in row.violations
    ]
    return Content("\n").join(lines)


def _rest(loaded: Loaded, can_grow: bool) -> Content:
    """How much of the message is shown, when it is not the whole."""
    payload = loaded.payload
    parts: list[Content | str | tuple[str, str]] = []
    if len(payload.data) < payload.total:
        parts.append((f" {len(payload.data):,} of {payload.total:,} bytes are shown", Tone.WARN))
        if can_grow:
            parts += [" · ", ("+", Tone.KEY), " shows more"]
    problem = payload.problem or loaded.row.problem
    if problem:
        parts.append((f"  {text.visible(problem)}", Tone.WARN))
    return Content.assemble(*parts)
