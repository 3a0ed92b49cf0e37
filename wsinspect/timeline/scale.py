"""A span of time laid over a row of terminal cells: where a moment stands, and how to zoom and pan.

Times are nanoseconds since the epoch, or since a connection's opening where ages are drawn. A span begins with its
first nanosecond and ends before its last; so each moment belongs to exactly one cell.
"""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST_NS = 1_000_000
"""No span is shorter: closer than a millisecond there is nothing to tell apart."""

LONGEST_NS = 20 * 365 * 86_400 * 1_000_000_000
"""No span is longer, whatever times a damaged file holds."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    begin_ns: int
    end_ns: int
    """The first moment that is not part of it; later than ``begin_ns``."""

    @property
    def length_ns(self) -> int:
        """How long it is."""
        return self.end_ns - self.begin_ns

    def zoomed(self, factor: float, at_ns: int) -> Span:
        """Longer (``factor`` above 1) or shorter, while ``at_ns`` stays at its place in it."""
        length = max(SHORTEST_NS, min(round(self.length_ns * factor), LONGEST_NS))
        begin = at_ns - (at_ns - self.begin_ns) * length // self.length_ns
        return Span(begin, begin + length)

    def moved(self, by_ns: int) -> Span:
        """The same length, later by ``by_ns``."""
        return Span(self.begin_ns + by_ns, self.end_ns + by_ns)

    def within(self, whole: Span) -> Span:
        """Moved as little as it takes to show something of ``whole``: at least its first or its last tenth."""
        least = min(self.length_ns, whole.length_ns) // 10
        late = max(0, whole.begin_ns + least - self.end_ns)
        early = max(0, self.begin_ns - (whole.end_ns - least))
        return self.moved(late - early)


@dataclass(frozen=True, slots=True)
class Scale:
    """A span over cells."""

    span: Span
    cells: int
    """How many; at least 1."""

    def cell_of(self, at_ns: int) -> int:
        """The cell that a moment belongs to; below 0 or from ``cells`` on when it lies outside."""
        return (at_ns - self.span.begin_ns) * self.cells // self.span.length_ns

    def edge(self, cell: int) -> int:
        """The first moment of a cell."""
        return self.span.begin_ns - (-self.span.length_ns * cell // self.cells)

    @property
    def cell_ns(self) -> int:
        """How long a cell lasts, rounded up."""
        return -(-self.span.length_ns // self.cells)


def whole_of(first_ns: int, last_ns: int) -> Span:
    """The span that shows everything from ``first_ns`` to ``last_ns``, with a little room on both sides."""
    length = max(SHORTEST_NS, min(last_ns - first_ns, LONGEST_NS))
    room = max(1, length // 100)
    return Span(first_ns - room, first_ns + length + room)


def growing(first_ns: int, now_ns: int) -> Span:
    """The span for what goes on: longer than what is there by up to a fifth, so that it changes only now and then."""
    length = SHORTEST_NS
    wanted = min(now_ns - first_ns, LONGEST_NS)
    while length < wanted:
        length = length * 6 // 5
    return Span(first_ns - max(1, length // 100), first_ns + length)


def following(span: Span, now_ns: int) -> Span:
    """The span moved on by an eighth of its length, or more, when the present leaves it."""
    if now_ns < span.end_ns:
        return span
    step = max(1, span.length_ns // 8)
    return span.moved(step * ((now_ns - span.end_ns) // step + 1))
