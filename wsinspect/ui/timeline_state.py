"""What the timeline shows of the session now: how far it reaches, and the part of it that was chosen."""

from __future__ import annotations

from wsinspect.timeline.survey import Surveyed
from wsinspect.timeline.view import Bounds, View
from wsinspect.ui.bar_rows import Look
from wsinspect.ui.session_state import SessionState


class TimelineState:
    """Told of what is found; the screen asks it."""

    def __init__(self, session: SessionState) -> None:
        """Everything, to begin with.

        Args:
            session: what the main screen knows of it.
        """
        self._session = session
        self.first_ns: int | None = None
        """When the first connection was opened; None while it is not known."""
        self.found: Surveyed = Surveyed()
        """How the connections ended, as far as it is known."""
        self.view = View()
        """What part of the axis is shown."""

    @property
    def bounds(self) -> Bounds | None:
        """How far the session reaches; None while there is no connection."""
        session, pulse, first = self._session, self._session.pulse, self.first_ns
        if pulse is None or first is None:
            return None
        # With nothing open any more the session ends with its last row, whenever the recording was stopped.
        goes_on = session.is_recording or pulse.info.open_connections > 0
        last = max(first, session.now_ns if goes_on else pulse.info.last_ns)
        oldest = self.found.oldest_open_ns
        longest = max(self.found.longest_ns, last - oldest if oldest is not None else 0)
        return Bounds(first, last, longest, session.is_recording)

    def look(self, bounds: Bounds) -> Look:
        """What the bars are to show now; time moves on what follows it."""
        self.view = self.view.at(bounds)
        common = self.found.common
        return Look(self.view.axis, self.view.span(bounds), bounds.last_ns, common.age_ns if common else None)
