"""Where the bars of the timeline come from: connections by number, each with its density at the zoom that is shown.

What costs time is bounded: a read stops asking for densities after BUDGET_S, what it did get is kept, and the list
reads again until nothing is missing. So a key is answered at once, however long the connections are.

Of a session that is played all is read, whatever was known at the play head: as that moves, nothing is read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from wsinspect.model import Connection
from wsinspect.timeline.scale import SHORTEST_NS, Scale, Span
from wsinspect.timeline.shades import LEAST_MOST
from wsinspect.timeline.view import Axis, Life
from wsinspect.ui.bridge import Bridge, SessionReader
from wsinspect.ui.drawing.columns import Cell
from wsinspect.ui.playing.counted import AheadReader
from wsinspect.ui.timeline.bar_cells import BarLine, Head, cells

GROUP = 4
"""Connections whose densities are asked for in one call."""

BUDGET_S = 0.1
"""How long one read asks for densities, in seconds."""

KEPT = 1_000
"""Densities that are kept."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the list is to show."""

    axis: Axis = Axis.CLOCK
    span: Span = field(default=Span(0, SHORTEST_NS))
    now_ns: int = 0
    """Where the bars of open connections end, nanoseconds since the epoch."""
    common_ns: int | None = None
    """The age at which many closed, counted from the upgrade; None: none is common."""
    is_played: bool = False
    """Whether the bars are those of the end of the session, and a play head stands on them."""

    def scale_of(self, connection: Connection, width: int) -> Scale:
        """The axis of one connection's bar in nanoseconds since the epoch."""
        span = self.span if self.axis is Axis.CLOCK else self.span.moved(connection.opened_ns)
        return Scale(span, width)

    def life(self, connection: Connection) -> Life:
        """A connection's life on the axis."""
        end = self.now_ns if connection.closed_ns is None else connection.closed_ns
        lasted = max(0, end - connection.opened_ns)
        begin = connection.opened_ns if self.axis is Axis.CLOCK else 0
        return Life(begin, begin + lasted)


class BarRows:
    """Connections as the timeline draws them."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._densities: OrderedDict[tuple[int, int, Scale], tuple[int, ...]] = OrderedDict()
        self.look = Look()
        """What the next read is for."""
        self.width = 1
        """Cells of a bar."""
        self.shown = Look()
        """What was read last."""
        self.ticks: frozenset[int] = frozenset()
        """Cells of a bar below a tick of the axis."""
        self.most = LEAST_MOST
        """Rows that a full cell stands for."""
        self.is_whole = True
        """Whether all densities are there."""
        self.head_ns: int | None = None
        """Where the play head stands; None while the session is not played."""

    async def fetch(self, first: int, count: int) -> Sequence[BarLine]:
        """A window of connections, with as many densities as there is time for."""
        look, width = self.look, max(1, self.width)
        found = await self._bridge.call(lambda reader: _of(reader, look).connections(first + 1, count))
        asked = [(one.id, one.rows, look.scale_of(one, width)) for one in found]
        await self._read_densities(asked, look)
        lines = [self._line(one, key, look) for one, key in zip(found, asked, strict=True)]
        self.shown = look
        self.is_whole = all(line.counts is not None for line in lines)
        self.most = max([LEAST_MOST, *(max(line.counts, default=0) for line in lines if line.counts is not None)])
        return lines

    async def _read_densities(self, asked: Sequence[tuple[int, int, Scale]], look: Look) -> None:
        missing = [key for key in asked if key not in self._densities]
        until = monotonic() + BUDGET_S
        for start in range(0, len(missing), GROUP):
            group = missing[start : start + GROUP]
            self._densities |= await self._bridge.call(lambda reader, keys=group: _read(_of(reader, look), keys))  # type: ignore[misc]
            if monotonic() >= until:
                break
        while len(self._densities) > KEPT:
            self._densities.popitem(last=False)

    def _line(self, connection: Connection, key: tuple[int, int, Scale], look: Look) -> BarLine:
        age_ns = None
        if look.common_ns is not None and connection.upgraded_ns is not None:
            age_ns = connection.upgraded_ns + look.common_ns
        return BarLine(connection, key[2], look.now_ns, self._densities.get(key), age_ns)

    def cells(self, index: int, rows: Mapping[int, BarLine]) -> Mapping[str, Cell]:
        """The cells of one connection."""
        head = Head(self.head_ns, self.shown.axis is Axis.CLOCK) if self.head_ns is not None else None
        return cells(rows[index], self.most, self.ticks, head)


def _of(reader: SessionReader, look: Look) -> SessionReader | AheadReader:
    return reader.ahead if look.is_played else reader


def _read(
    reader: SessionReader | AheadReader, keys: Sequence[tuple[int, int, Scale]]
) -> dict[tuple[int, int, Scale], tuple[int, ...]]:
    return {key: reader.density(key[0], key[2]) for key in keys}
