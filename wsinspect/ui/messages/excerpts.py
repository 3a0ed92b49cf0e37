"""Reads excerpts of the messages on screen, where a search is on and the row itself does not hold what it found.

Belongs to the bridge's thread. What was made out of a row is kept, that of the latest rows only; one call looks at as
many as fit into its time, so that a key never waits for many long messages.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from time import monotonic
from typing import Protocol

from wsinspect.decode.summary import summarize
from wsinspect.errors import WsInspectError
from wsinspect.filters.matcher import SEARCHED_BYTES
from wsinspect.filters.spots import Findable
from wsinspect.model import Payload, Row, RowKind
from wsinspect.ui.messages.excerpt import Excerpt, excerpt
from wsinspect.ui.messages.found_in_line import first

LOOK_S = 0.03
"""How long one call reads, in seconds; it looks at one row at least."""

KEPT = 1_000
"""Rows of which it is kept what was made out."""


class PayloadReader(Protocol):
    """Where messages are read."""

    def payload(self, connection: int, row: int, limit: int) -> Payload | None:
        """The content of a message, at most ``limit`` bytes of it."""


Aimed = tuple[Row, tuple[Findable, ...]]
"""A row, and what is looked for in it."""

Key = tuple[int, int, tuple[Findable, ...]]


class Excerpts:
    """What was made out of the latest rows."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Excerpt | None] = OrderedDict()

    def look(self, reader: PayloadReader, rows: Iterable[Aimed]) -> None:
        """Make out of some rows what is not known of them, as far as time allows."""
        until = monotonic() + LOOK_S
        for row, wanted in rows:
            key = _key(row, wanted)
            if key in self._known:
                self._known.move_to_end(key)
                continue
            self._known[key] = _made_out(reader, row, wanted)
            if monotonic() >= until:
                break
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def known(self, rows: Iterable[Aimed]) -> dict[tuple[int, int], Excerpt | None]:
        """What is known of some rows, by connection and number; those that were never looked at are missing."""
        keys = (_key(row, wanted) for row, wanted in rows)
        return {key[:2]: self._known[key] for key in keys if key in self._known}


def _key(row: Row, wanted: tuple[Findable, ...]) -> Key:
    return row.connection, row.number, wanted


def _made_out(reader: PayloadReader, row: Row, wanted: tuple[Findable, ...]) -> Excerpt | None:
    """An excerpt of a row; None where its own line shows it, or nothing does."""
    if not may_hide(row) or first(wanted, summarize(row)) is not None:
        return None
    content, total = row.head, row.size if row.inflated_size is None else row.inflated_size
    if len(content) < total:
        try:
            payload = reader.payload(row.connection, row.number, SEARCHED_BYTES)
        except WsInspectError:
            # The row was read and is shown; whoever opens it is told what is wrong.
            return None
        content = payload.data if payload is not None else b""
    return excerpt(content, wanted, is_cut=len(content) < total)


def may_hide(row: Row) -> bool:
    """Whether a row's message may hold more than its line says."""
    return row.event is None and row.kind is not RowKind.CLOSE and not row.problem
