"""What the timeline shows of the session now: how far it reaches, and the part of it that was chosen."""

from __future__ import annotations

from wsinspect.timeline.survey import Surveyed
from wsinspect.timeline.view import Bounds, View
from wsinspect.ui.playing.head import PlayHead
from wsinspect.ui.session_state import SessionState
from wsinspect.ui.timeline.bar_rows import Look


class TimelineState:
    """Told of what is found; the screen asks it."""

    def __init__(self, session: SessionState, head: PlayHead) -> None:
        """Everything, to begin with.

        Args:
            session: what the main screen knows of it.
            head: the play head.
        """
        self._session = session
        self._head = head
        self._total = 0
        self.first_ns: int | None = None
        """When the first connection was opened; None while it is not known."""
        self.found: Surveyed = Surveyed()
        """How the connections ended, as far as it is known."""
        self.view = View()
        """What part of the axis is shown."""

    def find(self, first_ns: int, total: int) -> None:
        """When the first connection was opened, and how many there are: at the end, where the session is played."""
        self.first_ns, self._total = first_ns, total

    @property
    def total(self) -> int:
        """How many connections are listed."""
        pulse = self._session.pulse
        if self._head.is_playing:
            return self._total
        return pulse.info.connections if pulse is not None else 0

    @property
    def bounds(self) -> Bounds | None:
        """How far the session reaches; None while there is no connection."""
        session, pulse, first = self._session, self._session.pulse, self.first_ns
        if pulse is None or first is None:
            return None
        player = self._head.player
        if player is not None:
            end = max(first, player.end_ns)
            return Bounds(first, end, self._longest_ns(end), may_grow=False, head_ns=self._head.at_ns)
        # With nothing open any more the session ends with its last row, whenever the recording was stopped.
        goes_on = session.is_recording or pulse.info.open_connections > 0
        last = max(first, session.now_ns if goes_on else pulse.info.last_ns)
        return Bounds(first, last, self._longest_ns(last), session.is_recording)

    def _longest_ns(self, last_ns: int) -> int:
        oldest = self.found.oldest_open_ns
        return max(self.found.longest_ns, last_ns - oldest if oldest is not None else 0)

    def look(self, bounds: Bounds) -> Look:
        """What the bars are to show now; time moves on what follows it."""
        self.view = self.view.at(bounds)
        common = self.found.common
        common_ns = common.age_ns if common else None
        return Look(self.view.axis, self.view.span(bounds), bounds.last_ns, common_ns, self._head.is_playing)
