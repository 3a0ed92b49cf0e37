"""The connections in their frame."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from wsinspect import text
from wsinspect.filters import Expression, parse_for_connections
from wsinspect.model import Connection
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.connections.sorting import COLUMNS, mark, sorted_by
from wsinspect.ui.messages.seen import seen
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.filter_field import Seen
from wsinspect.ui.widgets.filtered_panel import FilteredPanel, Purpose
from wsinspect.ui.widgets.row_list import RowList


class ConnectionsPanel(FilteredPanel):
    """The list of connections, its titles, and where the cursor is in it."""

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        self.rows = ConnectionList(bridge, id="connection-list")
        """The list."""
        super().__init__(self.rows, parse_for_connections, self._seen, id=id, without="json:")

    def compose(self) -> ComposeResult:
        """Field and titles over the list."""
        yield self.field
        yield ColumnHeads(is_filled=True)
        yield self.rows

    def on_mount(self) -> None:
        """The name never changes."""
        self.set_head(Content("Connections"))

    def apply(self, expression: Expression | None, purpose: Purpose) -> None:
        """List only what a filter takes."""
        self.rows.filter_by(expression)

    @property
    def at_hand(self) -> list[Connection]:
        """The connections that were read last."""
        return [line.connection for line in self.rows.at_hand]

    def _seen(self) -> Seen:
        return seen((), self.at_hand)

    @on(ConnectionList.FilterDropped)
    def _let_go(self, event: ConnectionList.FilterDropped) -> None:
        event.stop()
        self.forget(Purpose.FILTER)
        said = event.problem or "the filter is dropped: it left out that connection"
        self.app.notify(text.visible(said), markup=False)

    @on(RowList.Placements)
    def _place(self, event: RowList.Placements) -> None:
        self.query_one(ColumnHeads).place(event.placed)

    @on(ColumnHeads.Clicked)
    def _sort(self, event: ColumnHeads.Clicked) -> None:
        event.stop()
        if event.column in COLUMNS:
            self.rows.put_in_order(sorted_by(self.rows.order, COLUMNS[event.column]))

    @on(ConnectionList.Arranged)
    @on(ConnectionList.SelectionChanged)
    @on(RowList.Moved)
    @on(RowList.Grown)
    def _say_place(self) -> None:
        rows = self.rows
        self.query_one(ColumnHeads).mark({column: mark(rows.order, column) for column in COLUMNS})
        place = f"{rows.cursor + 1:,} of {rows.total:,}" if rows.total else ""
        out = rows.left_out
        said = (
            (len(rows.selected), "selected"),
            (out.filtered, "hidden by the filter"),
            (out.unseen, "to search"),
            (out.closed, "closed hidden"),
        )
        counts = [f"{count:,} {what}" for count, what in said if count]
        note = Content(" · ".join(filter(None, (place, *counts))))
        self.set_note(note)
        self.field.say(note)
