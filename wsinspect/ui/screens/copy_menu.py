"""The ways to copy one message, in a small menu."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wsinspect import config, text
from wsinspect.errors import WsInspectError
from wsinspect.model import Connection, Handshake, Payload, Row
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.closed import Closed
from wsinspect.ui.drawing.styles import beside
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.messages.cells import COLUMNS, cells
from wsinspect.ui.pages.copy_forms import Form, forms

if TYPE_CHECKING:
    from wsinspect.ui.app import WsInspectApp

MOST = 16 * 1024 * 1024
"""Bytes of content that are ever copied."""

OTHERWISE = "press y, then w"
"""How the last choice is written to a file: the menu opens at it."""


class CopyMenu(ModalScreen[None]):
    """Copies what is chosen, or writes it to a file."""

    CSS = beside(__file__)
    BINDINGS = bindings(Scope.COPY)
    AUTO_FOCUS = "OptionList"

    def __init__(self, bridge: Bridge, row: Row) -> None:
        super().__init__()
        self._bridge = bridge
        self._row = row
        self._forms: tuple[Form, ...] = ()
        # Kept, not looked up: a read may come back when the screen is being left and its widgets are gone.
        self._options = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical() as box:
            box.border_title = f"Copy message {self._row.number}"
            box.border_subtitle = "Enter copies · w writes a file · Esc goes back"
            yield self._options

    def on_mount(self) -> None:
        """Read the message."""
        self.run_worker(self._fill(), exit_on_error=True)

    @property
    def is_settled(self) -> bool:
        """Whether the choices are there."""
        return bool(self._forms)

    async def _fill(self) -> None:
        row = self._row

        def read(reader: SessionReader) -> tuple[Payload | None, Connection | None, Handshake | None]:
            payload = reader.payload(row.connection, row.number, MOST) if row.event is None else None
            return payload, reader.connection(row.connection), reader.handshake(row.connection)

        try:
            payload, connection, handshake = await self._bridge.call(read)
            patterns = (await asyncio.to_thread(config.load)).patterns
        except Closed:
            return
        except WsInspectError as error:
            self._app.notify(text.visible(str(error)), severity="error", markup=False)
            self.dismiss()
            return
        if connection is None:
            return
        self._forms = await asyncio.to_thread(forms, row, _line(row), payload, connection, handshake, patterns)
        self._options.add_options(Option(_option(form)) for form in self._forms)
        keys = [form.key for form in self._forms]
        chosen = self._app.copied_as
        self._options.highlighted = keys.index(chosen) if chosen in keys else 0

    @property
    def _app(self) -> WsInspectApp:
        return cast("WsInspectApp", self.app)

    def action_choose(self, by: int) -> None:
        """To another way."""
        if self._forms:
            self._options.highlighted = ((self._options.highlighted or 0) + by) % len(self._forms)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._take(event.option_index, to_file=False)

    def action_copy(self) -> None:
        """Copy the chosen one."""
        self._take(self._options.highlighted, to_file=False)

    def action_write(self) -> None:
        """Write the chosen one to a file."""
        self._take(self._options.highlighted, to_file=True)

    def _take(self, at: int | None, *, to_file: bool) -> None:
        if at is None or at >= len(self._forms):
            return
        form = self._forms[at]
        self._app.copied_as = form.key
        if to_file:
            self._app.save_text(form.text, form.suffix)
        else:
            self._app.copy_text(form.text, form.suffix, OTHERWISE)
        self.dismiss()


def _line(row: Row) -> str:
    """The row as the list shows it, without the blanks between columns."""
    shown = cells(row, None, None)
    said = ("".join(piece.text for piece in shown.get(column.key, ())).strip() for column in COLUMNS)
    return "  ".join(one for one in said if one)


def _option(form: Form) -> Content:
    return Content.assemble((f"{form.label:<19}", Tone.STRONG), (form.note, Tone.DIM))
