"""Which connection the main screen is to show next, when the user did not just choose one. Pure."""

from __future__ import annotations

from wsinspect.ui.bridge import Pulse


class Choice:
    """Until the first choice the first connection that fails is shown; what the user chose stays chosen.

    A session that is played may go back to before a connection that was chosen: it is chosen again when it is there.
    """

    def __init__(self) -> None:
        self.is_untouched = True
        """Whether the user has chosen nothing yet."""
        self._awaited = 0

    def stay(self) -> None:
        """The user reads what is shown."""
        self.is_untouched = False

    def touch(self) -> None:
        """The user chose."""
        self.is_untouched = False
        self._awaited = 0

    def next(self, pulse: Pulse, chosen: int | None) -> int | None:
        """The connection to go to now; None to stay.

        Args:
            pulse: what the session is now.
            chosen: the connection that is shown.
        """
        total, newest = pulse.info.connections, pulse.counts.newest_failure
        if chosen is not None and chosen > total:
            self._awaited = self._awaited or chosen
        if 0 < self._awaited <= total:
            awaited, self._awaited = self._awaited, 0
            return awaited
        if self.is_untouched and newest is not None:
            self.is_untouched = False
            return newest.id
        return None
