"""The upgrade of one connection: the heads as they went over the wire, and how long it took."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from wsinspect import text
from wsinspect.errors import WsInspectError
from wsinspect.model import Connection, Handshake
from wsinspect.origin import origin_of
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.handshake import handshake_page, timings
from wsinspect.ui.widgets.keys_line import KeysLine
from wsinspect.ui.widgets.line_view import LineView


class HandshakeScreen(Screen[None]):
    """Request, what was sent on, and the answer."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.HANDSHAKE)

    def __init__(self, bridge: Bridge, number: int) -> None:
        """Nothing is read yet.

        Args:
            bridge: the session.
            number: of the connection.
        """
        super().__init__()
        self._bridge = bridge
        self._number = number
        self._connection: Connection | None = None
        self._loaded: Handshake | None = None
        self._width = 0
        self.is_settled = False
        """Whether what was asked for is shown."""
        # Kept, not looked up: a read may come back when the screen is being left and its widgets are gone.
        self._facts = Static(markup=False, id="facts")
        self._lines = LineView(id="page")

    def compose(self) -> ComposeResult:
        """Facts over the page."""
        yield self._facts
        yield self._lines
        yield KeysLine()

    def on_mount(self) -> None:
        """Read the heads."""
        self.run_worker(self._read(), group="handshake", exclusive=True, exit_on_error=True)

    async def _read(self) -> None:
        number = self._number

        def read(reader: SessionReader) -> tuple[Connection | None, Handshake | None, Connection | None]:
            found = reader.connection(number)
            origin = origin_of(found.source) if found is not None else None
            twin = reader.connection_from(origin.other) if origin is not None and origin.has_twin else None
            return found, reader.handshake(number), twin

        try:
            connection, loaded, twin = await self._bridge.call(read)
        except Closed:
            return
        except WsInspectError as error:
            self._facts.update(text.visible(str(error)))
            self.is_settled = True
            return
        if connection is None:
            self._facts.update(f" #{number} is not there at the moment that is played")
            self.is_settled = True
            return
        self._connection, self._loaded = connection, loaded or Handshake()
        self._facts.update(_facts(connection, self._loaded, twin))
        await self._draw()

    async def _draw(self, *, keeps_place: bool = False) -> None:
        connection, loaded = self._connection, self._loaded
        if connection is None or loaded is None:
            return
        self._width = width = self._room
        page = await asyncio.to_thread(handshake_page, connection, loaded, width)
        self._lines.show(page, keeps_place=keeps_place)
        self.is_settled = True

    @property
    def _room(self) -> int:
        return max(1, self._lines.scrollable_content_region.width)

    def on_resize(self) -> None:
        """Lines are cut to the new width."""
        if self._loaded is not None and self._room != self._width:
            self.is_settled = False
            self.run_worker(self._draw(keeps_place=True), group="handshake", exclusive=True, exit_on_error=True)

    def action_leave(self) -> None:
        """Back to the main screen."""
        self.dismiss()


def _facts(connection: Connection, shake: Handshake, twin: Connection | None) -> Content:
    """Whose upgrade it is, what became of it, how long its stages took; and which other one shows the same."""
    dot = ("  ·  ", Tone.DIM)
    parts: list[Content | str | tuple[str, str]] = [
        (f" #{connection.id} handshake", Tone.STRONG), dot, safe.content(connection.path), dot,
    ]  # fmt: skip
    if connection.status is None:
        parts.append(("no answer yet", Tone.DIM) if connection.closed_ns is None else ("no answer", Tone.BAD))
    else:
        parts.append((f"HTTP {connection.status:03}", Tone.PLAIN if connection.upgraded_ns else Tone.BAD))
    if shake.response_by_us:
        parts += [dot, ("answered by wsinspect", Tone.WARN)]
    said = timings(shake)
    parts += [dot, (said, Tone.DIM)] if said else []
    seen = _seen(connection, twin)
    parts += [dot, seen] if seen else []
    return Content.assemble(*parts)


def _seen(connection: Connection, twin: Connection | None) -> Content:
    """Which file it comes from, and where the other file's view of it is."""
    origin = origin_of(connection.source)
    if origin is None:
        return Content("")
    said = f"{safe.line(origin.file)} #{origin.number}"
    if not origin.has_twin:
        return Content.styled(said, Tone.DIM)
    here = f"#{twin.id}, " if twin is not None else ""
    also = f"{here}{safe.line(origin.twin_file)} #{origin.twin}"
    return Content.assemble((said, Tone.DIM), ("  ·  ", Tone.DIM), f"also seen as {also}")
