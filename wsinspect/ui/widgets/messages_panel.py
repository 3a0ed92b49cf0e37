"""The messages in their frame: of one connection, of some, or of all, with what is left out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer

from wsinspect.filters import Expression, parse_for_messages
from wsinspect.model import Connection
from wsinspect.origin import origin_of
from wsinspect.ui.bridge import Bridge
from wsinspect.ui.drawing import safe
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.messages.hidden_label import hidden_label
from wsinspect.ui.messages.place_note import Standing, place_note
from wsinspect.ui.messages.seen import seen
from wsinspect.ui.widgets.column_heads import ColumnHeads
from wsinspect.ui.widgets.filter_field import Seen
from wsinspect.ui.widgets.filtered_panel import FilteredPanel, Purpose
from wsinspect.ui.widgets.message_list import MessageList
from wsinspect.ui.widgets.row_list import RowList
from wsinspect.ui.widgets.searched_list import SearchedList

NOT_CHOSEN = "no connection is chosen"

NOTE_S = 0.25
"""While rows pour in the note is written this often, in seconds: it costs the drawing of the whole panel."""


NAMED = 4
"""Selected connections that are named one by one."""

REMARK_S = 4.0
"""What came of a key is said this long in the lower edge, in seconds."""


class MessagesPanel(FilteredPanel):
    """The list of messages, its titles, and whether it follows the newest."""

    def __init__(self, bridge: Bridge, others: Callable[[], Iterable[Connection]], *, id: str) -> None:  # noqa: A002
        """Nothing is listed yet.

        Args:
            bridge: the session.
            others: connections of which something is known, for whoever types a filter over all.
            id: of the widget.
        """
        self._others = others
        self.rows = MessageList(bridge, id="message-list")
        """The list."""
        super().__init__(self.rows, parse_for_messages, self._seen, id=id, without="is:")
        self.connection: Connection | None = None
        """Whose messages are shown; None: those of several, or none yet."""
        self.is_all = False
        """Whether those of several connections are shown."""
        self.may_grow = False
        """Whether more may still come."""
        self.is_counting = False
        """Whether times are shown as counted from the beginning of what is shown."""
        self._began_ns = 0
        """When the session began."""
        self._remark = ""
        """What came of the last key, for a moment."""
        self._remark_end: Timer | None = None

    def compose(self) -> ComposeResult:
        """Field and titles over the list."""
        yield self.field
        yield ColumnHeads()
        yield self.rows

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        self.rows.empty_hint = NOT_CHOSEN
        self.set_head(Content("Messages"))
        self.set_interval(NOTE_S, self._say_place)

    @property
    def is_settled(self) -> bool:
        """Whether everything that was asked for is shown."""
        return self.rows.is_settled and self.note == self._place_note()

    @property
    def whose(self) -> str:
        """The connections whose messages are listed: ``#3``, ``#6, #8``, ``20 connections``, ``all``, or none yet."""
        if not self.is_all:
            return f"#{self.connection.id}" if self.connection is not None else ""
        merged = self.rows.listed.merged
        if len(merged) > NAMED:
            return f"{len(merged):,} connections"
        return ", ".join(f"#{number}" for number in merged) or "all"

    def show(self, connection: Connection, *, cursor: int = -1) -> None:
        """Show the messages of a connection, the newest in sight, or the one at ``cursor`` (from 0)."""
        self.connection, self.is_all = connection, False
        is_over = connection.closed_ns is not None
        self.rows.empty_hint = f"no messages {'on' if is_over else 'yet on'} #{connection.id}"
        self.rows.show(connection.id, connection.rows, cursor=cursor)
        self._count()
        self.set_head(
            Content.assemble(f"Messages · #{connection.id} ", safe.content(connection.path), _origin(connection))
        )
        self._say_place()

    def show_all(self, total: int, began_ns: int, merged: tuple[int, ...] = ()) -> None:
        """Show the messages of several connections, in the order they came.

        Args:
            total: how many rows there are in the session.
            began_ns: when the session began.
            merged: which connections; empty: all.
        """
        self.connection, self.is_all, self._began_ns = None, True, began_ns
        self.rows.empty_hint = "no messages yet"
        self.rows.show(None, total, merged=merged)
        self._count()
        self.set_head(Content(f"Messages · {self.whose if merged else 'all connections'}"))
        self._say_place()

    def show_nothing(self) -> None:
        """Show the messages of no connection."""
        self.connection, self.is_all = None, False
        self.rows.empty_hint = NOT_CHOSEN
        self.rows.show(None, 0)
        self.set_head(Content("Messages"))
        self._say_place()

    def go_to_row(self, number: int) -> None:
        """Put the cursor on a row of the connection that is shown."""
        self.rows.go_to(number)
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

    # What is left out

    def apply(self, expression: Expression | None, purpose: Purpose) -> None:
        """List only what a filter takes, or mark it."""
        if purpose is Purpose.FIND:
            self.rows.find(expression)
        else:
            self.rows.narrow(replace(self.rows.usual, filter=expression))
        self._say_remark("")

    def kept(self, purpose: Purpose) -> None:
        """What was looked for is gone to."""
        if purpose is Purpose.FIND:
            self.rows.to_a_hit()

    def _seen(self) -> Seen:
        return seen(self.rows.at_hand, self._others() if self.connection is None else (self.connection,))

    def more_labels(self) -> list[str]:
        """Which kinds are hidden: they are from one time to the next."""
        return hidden_label(self.rows.listed.hidden)

    @on(SearchedList.Searched)
    def _say_hidden(self) -> None:
        self._draw_head()

    @on(SearchedList.LeftOut)
    def _show_left_out(self, event: SearchedList.LeftOut) -> None:
        """The cursor is to go to a row that is left out: everything is listed again."""
        event.stop()
        self.rows.list_whole(event.position)
        self.forget(Purpose.FILTER)
        self._say_remark("that row was hidden: everything is shown again")

    # What is said

    @on(RowList.Remarked)
    def _remarked(self, event: RowList.Remarked) -> None:
        self._say_remark(event.said)

    @on(RowList.Touched)
    def _touched(self) -> None:
        """Who goes on has read it."""
        if self._remark:
            self._say_remark("")

    def _say_remark(self, said: str) -> None:
        """Say it in the lower edge for a moment: a toast would lie over what the edge says beside it."""
        if self._remark_end is not None:
            self._remark_end.stop()
        self._remark = said
        self._remark_end = self.set_timer(REMARK_S, lambda: self._say_remark("")) if said else None
        self._say_place()

    @on(RowList.Placements)
    def _take_columns(self, event: RowList.Placements) -> None:
        self.query_one(ColumnHeads).place(event.placed)

    @on(RowList.Moved)
    def _moved(self) -> None:
        if not self.rows.is_following:
            self._say_place()

    @on(RowList.FollowingChanged)
    @on(SearchedList.Searched)
    def _say_place(self) -> None:
        note = self._place_note()
        self.set_note(note)
        self.field.say(note)

    def _place_note(self) -> Content:
        # The edge ends at the right: what is always there stays where it is.
        said = (Content.styled(self._remark, Tone.WARN), self._place())
        return Content(" · ").join([part for part in said if part])

    def _place(self) -> Content:
        rows = self.rows
        run, finder, listed = rows.run, rows.finder, rows.listed
        progress = [one.found.progress for one in (run, finder) if one is not None and one.found is not None]
        return place_note(
            Standing(
                cursor=rows.cursor,
                shown=rows.total if rows.is_at_hand else 0,
                hidden=rows.left_out,
                folded=rows.folded,
                cleared=rows.skipped if rows.cleared_ns is not None else 0,
                # How many rows of the selected connections are cleared is not known.
                is_narrowed=listed.is_narrowed and not (listed.merged and rows.skipped),
                is_folding=listed.filter is None and not listed.hidden,
                is_unfolded=rows.is_unfolded,
                is_finding=finder is not None,
                searched=rows.searched,
                hits=finder.found.extent.count if finder is not None and finder.found is not None else None,
                hit=rows.hit,
                is_counting=finder is not None and finder.found is not None and not finder.found.progress.is_done,
                too_slow=sum(one.too_slow for one in progress),
                may_grow=self.may_grow,
                is_following=rows.is_following,
                new=rows.newer,
            )
        )


def _origin(connection: Connection) -> Content:
    """Where a connection of a merged session comes from, and where else it was seen."""
    origin = origin_of(connection.source)
    if origin is None:
        return Content("")
    twin = f" = {safe.line(origin.twin_file)} #{origin.twin}" if origin.has_twin else ""
    return Content.styled(f" · {safe.line(origin.file)} #{origin.number}{twin}", Tone.DIM)
