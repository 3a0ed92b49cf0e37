"""Writers that a recorder finds behind."""

from __future__ import annotations

from wsinspect.session.recording.writer import SessionWriter
from wsinspect.session.stored.batch import Batch


class Slack:
    """A writer that can be told to be behind."""

    def __init__(self, writer: SessionWriter) -> None:
        self.has_caught_up = True
        self.is_behind = False
        self.obstacle = ""
        self.put = writer.put


class Stuck:
    """A writer that takes nothing, as long as there is a gap."""

    is_behind = True
    has_caught_up = False
    obstacle = ""

    def put(self, batch: Batch) -> None:
        """Never asked."""
        raise AssertionError("nothing is handed over during a gap")
