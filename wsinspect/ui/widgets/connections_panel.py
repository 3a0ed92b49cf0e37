"""The connections in their frame."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from wsinspect.ui.bridge import Bridge
from wsinspect.ui.sorting import COLUMNS, mark, sorted_by
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.connection_list import ConnectionList
from wsinspect.ui.widgets.panel import Panel
from wsinspect.ui.widgets.row_list import RowList


class ConnectionsPanel(Panel):
    """The list of connections, its titles, and where the cursor is in it."""

    def __init__(self, bridge: Bridge, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows = ConnectionList(bridge, id="connection-list")
        """The list."""

    def compose(self) -> ComposeResult:
        """Titles over the list."""
        yield ColumnHeads(is_filled=True)
        yield self.rows

    def on_mount(self) -> None:
        """The name never changes."""
        self.set_title(Content("Connections"))

    @on(RowList.Placements)
    def _place(self, event: RowList.Placements) -> None:
        self.query_one(ColumnHeads).place(event.placed)

    @on(ColumnHeads.Clicked)
    def _sort(self, event: ColumnHeads.Clicked) -> None:
        event.stop()
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
        self.set_note(Content(" · ".join(filter(None, (place, *counts)))))
