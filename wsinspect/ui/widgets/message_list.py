"""The rows of one connection, or of all of them in the order they came; it keeps to the newest until told otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wsinspect import text
from wsinspect.errors import WsInspectError
from wsinspect.model import Row, RowKind
from wsinspect.ui.actions import Scope, bindings
from wsinspect.ui.bridge import Bridge, Closed, SessionReader
from wsinspect.ui.columns import Cell
from wsinspect.ui.message_cells import ALL_COLUMNS, answered_ping, cells, columns
from wsinspect.ui.screens.copy_menu import CopyMenu
from wsinspect.ui.screens.message import MessageScreen
from wsinspect.ui.screens.note import REMOVE, NoteScreen
from wsinspect.ui.widgets.row_list import RowList

PING_AWAY = 64
"""How many rows above a pong its ping is looked for."""


class MessageRows:
    """The rows of one connection, or of all, as a list draws them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.connection: int | None = None
        """Whose rows; None: those of all, in the order they came."""
        self.since_ns: int | None = None
        """The moment that times are counted from; None shows the clock."""

    async def fetch(self, first: int, count: int) -> Sequence[Row]:
        """A window of rows."""
        connection = self.connection
        if connection is None:
            return await self._bridge.call(lambda reader: reader.all_rows(first + 1, count))
        return await self._bridge.call(lambda reader: reader.rows(connection, first + 1, count))

    def cells(self, index: int, rows: Mapping[int, Row]) -> Mapping[str, Cell]:
        """The cells of one row."""
        return cells(rows[index], rows.get(index - 1), _ping(index, rows), since_ns=self.since_ns)


def _ping(index: int, rows: Mapping[int, Row]) -> Row | None:
    """The ping that a pong answers, when it is at hand."""
    row = rows[index]
    if row.kind is not RowKind.PONG:
        return None
    before = (rows.get(at) for at in range(index - 1, max(-1, index - 1 - PING_AWAY), -1))
    return answered_ping(row, [one for one in before if one is not None])


class MessageList(RowList[Row]):
    """Messages, control frames and events."""

    BINDINGS = bindings(Scope.MESSAGES)

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self._rows = MessageRows(bridge)
        super().__init__(columns(0), self._rows, id=id)
        self._bridge = bridge
        self.held_at = 0
        """Rows there were when the list was held still."""

    def show(self, connection: int | None, total: int, *, cursor: int = -1) -> None:
        """Show another connection's rows, or those of all (None); at its newest row, or with the cursor on one."""
        self._rows.connection = connection
        self.start_over(total, cursor=cursor, is_following=cursor < 0)

    def grow(self, total: int) -> None:
        """There are ``total`` rows now: the column of numbers has room for all of them."""
        self.columns = ALL_COLUMNS if self._rows.connection is None else columns(total)
        self._place()
        super().grow(total)

    def action_copy_menu(self) -> None:
        """The ways to copy the message under the cursor."""
        row = self.row(self.cursor)
        if row is not None:
            self.app.push_screen(CopyMenu(self._bridge, row))

    def action_open(self) -> None:
        """The whole message under the cursor, on a screen of its own."""
        row = self.row(self.cursor)
        if row is not None:
            self.app.push_screen(MessageScreen(self._bridge, row))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without rows there is nothing to copy."""
        return action != "copy_menu" or self.total > 0

    def count_from(self, since_ns: int | None) -> None:
        """Show times as counted from this moment, or as the clock (None)."""
        if self._rows.since_ns != since_ns:
            self._rows.since_ns = since_ns
            self.redraw()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or change what was noted on it."""
        row = self.row(self.cursor)
        if row is None:
            return
        self._hold()

        def take(said: str | None) -> None:
            if said is not None:
                self.run_worker(self._keep_note(row, said), group="mark", exit_on_error=True)

        self.app.push_screen(NoteScreen(row), take)

    async def _keep_note(self, row: Row, said: str) -> None:
        def keep(reader: SessionReader) -> None:
            if said == REMOVE:
                reader.unmark(row)
            else:
                reader.mark(row, said.strip())

        try:
            await self._bridge.call(keep)
        except Closed:
            return
        except WsInspectError as error:
            self.app.notify(text.visible(str(error)), severity="error", markup=False)
            return
        self.grow(self.total)

    def hold(self, is_held: bool) -> None:
        """Hold the list still, or let it run again with its newest row."""
        self.held_at = self.total
        self.is_following = not is_held

    def action_last(self) -> None:
        """To the newest row, and follow it."""
        self.is_following = True
        super().action_last()

    def _hold(self) -> None:
        if self.is_following:
            self.held_at = self.total
        super()._hold()

    def _by_hand(self) -> None:
        super()._by_hand()
        if self.is_vertical_scroll_end:
            self.is_following = True
        else:
            self._hold()
