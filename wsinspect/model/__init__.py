"""The values that cross layers: plain, frozen, free of I/O.

Times are wall-clock nanoseconds since the epoch (``*_ns``), sizes are bytes, row numbers count from 1 within their
connection and never change. Direction always says *who sent it*: the client's bytes go to the server (▲), the
server's bytes go to the client (▼).

One module for each thing; what others import stands here.
"""

from wsinspect.model.close_story import CloseHandshake, CloseStory, LastMessage
from wsinspect.model.connection import Connection, SeenClose, State, Traffic
from wsinspect.model.ending import EndedBy, Ending, LegEnd
from wsinspect.model.event import Event, EventKind
from wsinspect.model.finding import Finding, Strength
from wsinspect.model.handshake import Handshake
from wsinspect.model.moment import Moment, MomentKind
from wsinspect.model.order import Order, SortBy
from wsinspect.model.row import HEAD_BYTES, Frame, Mark, Payload, Row, RowKind, Violation
from wsinspect.model.session import MASKED, SessionInfo
from wsinspect.model.side import Side

__all__ = [
    "HEAD_BYTES",
    "MASKED",
    "CloseHandshake",
    "CloseStory",
    "Connection",
    "EndedBy",
    "Ending",
    "Event",
    "EventKind",
    "Finding",
    "Frame",
    "Handshake",
    "LastMessage",
    "LegEnd",
    "Mark",
    "Moment",
    "MomentKind",
    "Order",
    "Payload",
    "Row",
    "RowKind",
    "SeenClose",
    "SessionInfo",
    "Side",
    "SortBy",
    "State",
    "Strength",
    "Traffic",
    "Violation",
]
