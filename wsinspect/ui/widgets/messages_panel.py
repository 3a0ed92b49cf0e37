"""The messages in their frame: of one connection, or of all."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from wsinspect.model import Connection
from wsinspect.ui import safe
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.theme import Tone
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.row_list import RowList

NOT_CHOSEN = "no connection is chosen"

NOTE_S = 0.25
"""While rows pour in the note is written this often, in seconds: it costs the drawing of the whole panel."""


class MessagesPanel(Panel):
    """The list of messages, its titles, and whether it follows the newest."""

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows = MessageList(bridge, id="message-list")
        """The list."""
        self.connection: Connection | None = None
        """Whose messages are shown; None: all, or none yet."""
        self.is_all = False
        """Whether those of every connection are shown."""
        self.may_grow = False
        """Whether more may still come."""
        self.is_counting = False
        """Whether times are shown as counted from the beginning of what is shown."""
        self._began_ns = 0
        """When the session began."""

    def compose(self) -> ComposeResult:
        """Titles over the list."""
        yield ColumnHeads()
        yield self.rows

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        self.rows.empty_hint = NOT_CHOSEN
        self.set_title(Content("Messages"))
        self.set_interval(NOTE_S, self._say_place)

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown."""
        return self.rows.is_settled and self.note == self._place_note()

    def show(self, connection: Connection) -> None:
        """Show the messages of a connection, the newest first in sight."""
        self.connection, self.is_all = connection, False
        is_over = connection.closed_ns is not None
        self.rows.empty_hint = f"no messages on #{connection.id}" if is_over else f"no messages yet on #{connection.id}"
        self.rows.show(connection.id, connection.rows)
        self._count()
        self.set_title(Content.assemble(f"Messages · #{connection.id} ", safe.content(connection.path)))
        self._say_place()

    def show_all(self, total: int, began_ns: int) -> None:
        """Show the messages of all connections, in the order they came.

        Args:
            total: how many rows there are.
            began_ns: when the session began.
        """
        self.connection, self.is_all, self._began_ns = None, True, began_ns
        self.rows.empty_hint = "no messages yet"
        self.rows.show(None, total)
        self._count()
        self.set_title(Content("Messages · all connections"))
        self._say_place()

    def show_nothing(self) -> None:
        """Show the messages of no connection."""
        self.connection, self.is_all = None, False
        self.rows.empty_hint = NOT_CHOSEN
        self.rows.show(None, 0)
        self.set_title(Content("Messages"))
        self._say_place()

    def go_to_row(self, number: int) -> None:
        """Put the cursor on a row of the connection that is shown."""
        self.rows.is_following = False
        self.rows.move_to(number - 1)
        self._say_place()

    def switch_times(self) -> None:
        """Show times as the clock, or as counted from the connection's opening, or the session's beginning."""
        self.is_counting = not self.is_counting
        self._count()

    def _count(self) -> None:
        began_ns = self._began_ns if self.connection is None else self.connection.opened_ns
        self.rows.count_from(began_ns if self.is_counting else None)
        self.query_one(ColumnHeads).rename(
            {"time": "since begin" if self.connection is None else "since open"} if self.is_counting else {}
        )

    def hold(self) -> None:
        """Hold the list still, or let it run again."""
        self.rows.hold(self.rows.is_following)

    @on(RowList.Placements)
    def _place(self, event: RowList.Placements) -> None:
        self.query_one(ColumnHeads).place(event.placed)

    @on(RowList.Moved)
    def _moved(self) -> None:
        if not self.rows.is_following:
            self._say_place()

    @on(RowList.FollowingChanged)
    def _say_place(self) -> None:
        self.set_note(self._place_note())

    def _place_note(self) -> Content:
        rows = self.rows
        if not rows.total:
            return Content("")
        place = f"{rows.cursor + 1:,} of {rows.total:,}"
        if not self.may_grow:
            return Content(place)
        if rows.is_following:
            return Content.assemble(place, " · ", ("following", Tone.GOOD))
        new = max(0, rows.total - rows.held_at)
        return Content.assemble(place, " · ", ("held", Tone.WARN), f", {new:,} new" if new else "")
