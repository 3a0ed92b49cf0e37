"""What part of the time axis is shown, and how keys change it: the state of the timeline, without the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from wsinspect.timeline.scale import Span, following, growing, whole_of

STEP = 0.5
"""One zoom shows half as long, or twice."""

LEAST_SHARE = 20
"""Lives that take less than this part of everything are shown alone at first: else they would all be one cell."""


class Axis(Enum):
    """What the axis counts."""

    CLOCK = "clock"
    """Time of day: when connections came and went."""
    AGE = "age"
    """Time since each connection's own opening: what lasted equally long ends in one column."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a session reaches."""

    first_ns: int
    """When its first connection was opened."""
    last_ns: int
    """The present, or its last moment."""
    longest_ns: int
    """The longest life of a connection."""
    may_grow: bool
    """Whether time goes on."""
    head_ns: int | None = None
    """Where the play head stands; None while the session is not played."""

    @property
    def present_ns(self) -> int:
        """What a view follows: the play head, or the last moment."""
        return self.last_ns if self.head_ns is None else self.head_ns

    def whole(self, axis: Axis) -> Span:
        """The span that shows everything."""
        first, last = (self.first_ns, self.last_ns) if axis is Axis.CLOCK else (0, self.longest_ns)
        return growing(first, last) if self.may_grow else whole_of(first, last)


@dataclass(frozen=True, slots=True)
class Life:
    """From a connection's opening to its end, on the axis that is shown."""

    begin_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class View:
    """What is shown."""

    axis: Axis = Axis.CLOCK
    chosen: Span | None = None
    """The span that the user chose; None: everything."""
    is_following: bool = True
    """Whether the chosen span moves on with time; everything always does."""

    def span(self, bounds: Bounds) -> Span:
        """The span to show."""
        return self.chosen or bounds.whole(self.axis)

    def at(self, bounds: Bounds) -> View:
        """The view as time goes on."""
        goes_on = bounds.may_grow or bounds.head_ns is not None
        if self.chosen is None or not self.is_following or not goes_on or self.axis is Axis.AGE:
            return self
        return replace(self, chosen=following(self.chosen, bounds.present_ns))

    def at_head(self, bounds: Bounds) -> View:
        """The view when the play head was sent to another place: moved so that it is in sight, and following it."""
        if self.chosen is None or bounds.head_ns is None or self.axis is Axis.AGE:
            return self
        span = self.chosen
        if not self.sees_present(bounds):
            span = span.moved(bounds.head_ns - span.begin_ns - span.length_ns // 8)
        return replace(self, chosen=span, is_following=True)

    def sees_present(self, bounds: Bounds) -> bool:
        """Whether the moment that a view follows is in sight."""
        span = self.span(bounds)
        return span.begin_ns <= bounds.present_ns < span.end_ns

    def zoomed(self, factor: float, bounds: Bounds, at_ns: int) -> View:
        """Zoomed about a moment; where that shows everything, everything it is."""
        span, whole = self.span(bounds).zoomed(factor, at_ns), bounds.whole(self.axis)
        if span.length_ns >= whole.length_ns:
            return replace(self, chosen=None, is_following=True)
        return self._with(span.within(whole), bounds)

    def zoomed_to(self, factor: float, bounds: Bounds, life: Life) -> View:
        """Zoomed about a connection: the moment of its life that is nearest to the middle stays in its place.

        A life that is not in sight comes to the middle.
        """
        span = self.span(bounds)
        middle = span.begin_ns + span.length_ns // 2
        at_ns = min(max(middle, life.begin_ns), life.end_ns)
        if not span.begin_ns <= at_ns < span.end_ns:
            return self._with(span.moved(at_ns - middle), bounds).zoomed(factor, bounds, at_ns)
        return self.zoomed(factor, bounds, at_ns)

    def panned(self, share: float, bounds: Bounds) -> View:
        """Moved by a share of its length; from then on time does not move it."""
        span = self.span(bounds)
        moved = span.moved(round(span.length_ns * share)).within(bounds.whole(self.axis))
        return replace(self, chosen=moved, is_following=False)

    def showing(self, life: Life, bounds: Bounds) -> View:
        """Moved so that the beginning of a life is in sight, if nothing of it is."""
        span = self.span(bounds)
        if life.begin_ns < span.end_ns and life.end_ns >= span.begin_ns:
            return self
        moved = span.moved(life.begin_ns - span.begin_ns - span.length_ns // 8)
        return replace(self, chosen=moved, is_following=False)

    def opened(self, lives: Sequence[Life], bounds: Bounds) -> View:
        """What to show at first, when these lives are in sight: everything, or them where they are too short for it.

        A play head is in sight in any case.
        """
        if not lives:
            return self
        begin, end = min(life.begin_ns for life in lives), max(life.end_ns for life in lives)
        span = whole_of(begin, end)
        if span.length_ns * LEAST_SHARE >= bounds.whole(self.axis).length_ns:
            return self
        found = self._with(span, bounds)
        return self if bounds.head_ns is not None and not found.sees_present(bounds) else found

    def on(self, axis: Axis) -> View:
        """On another axis, all of it."""
        return self if axis is self.axis else View(axis)

    def _with(self, span: Span, bounds: Bounds) -> View:
        found = replace(self, chosen=span)
        return replace(found, is_following=self.is_following and found.sees_present(bounds))
