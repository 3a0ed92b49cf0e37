"""What a list tells its owner."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from wsinspect.ui.drawing.columns import Placed


@dataclass
class ListEvent(Message):
    """Something that happened in a list."""

    source: Widget

    @property
    def control(self) -> Widget:
        """The list."""
        return self.source


class ListEvents:
    """The messages of a list, by the names its owner knows them by: ``RowList.Moved``."""

    @dataclass
    class Moved(ListEvent):
        """The cursor is on another row."""

        index: int

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor came to rest matters."""
            return isinstance(message, ListEvents.Moved) and message.source is self.source

    @dataclass
    class Opened(ListEvent):
        """The row under the cursor is to be opened."""

        index: int

    @dataclass
    class Touched(ListEvent):
        """The user moved the cursor or scrolled."""

    @dataclass
    class FollowingChanged(ListEvent):
        """The list began or ceased to keep to its newest row."""

    @dataclass
    class Grown(ListEvent):
        """The list shows what was read last."""

        def can_replace(self, message: Message) -> bool:
            """One of them is enough."""
            return isinstance(message, ListEvents.Grown) and message.source is self.source

    @dataclass
    class Failed(ListEvent):
        """A window could not be read."""

        problem: str

    @dataclass
    class Remarked(ListEvent):
        """What came of the last key, to be said beside where the cursor is; empty: nothing any more."""

        said: str

    @dataclass
    class Placements(ListEvent):
        """The columns have other widths."""

        placed: tuple[Placed, ...]
