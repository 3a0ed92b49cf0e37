"""How a list of connections is put together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SortBy(StrEnum):
    """What a list of connections is sorted by."""

    NUMBER = "number"
    STATE = "state"
    """Those that live first, then those that closed, then those that never opened."""
    PATH = "path"
    CLIENT = "client"
    SUBPROTOCOL = "subprotocol"
    AGE = "age"
    """How long it lived, or lives."""
    TO_SERVER = "to server"
    """Messages of the client."""
    TO_CLIENT = "to client"
    """Messages of the server."""
    LATEST = "latest"
    """When its last byte came."""
    ROUND_TRIP = "round trip"
    CLOSE = "close"
    """The code of the first close frame, or the HTTP status; those without any come last."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list of connections is put together."""

    by: SortBy = SortBy.NUMBER
    is_descending: bool = False
    hides_closed: bool = False
    """Whether only those are listed that live."""

    @property
    def is_natural(self) -> bool:
        """Whether it is all of them, in the order in which they came."""
        return self == Order()
