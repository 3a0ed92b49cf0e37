"""Who sent it."""

from __future__ import annotations

from enum import IntEnum


class Side(IntEnum):
    """Who sent it; also the leg of the path that ends at that peer."""

    CLIENT = 0
    SERVER = 1

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.SERVER if self is Side.CLIENT else Side.CLIENT

    @property
    def label(self) -> str:
        """The word for it in sentences: ``client`` or ``server``."""
        return "client" if self is Side.CLIENT else "server"
