"""How a connection ended in one stable word, from its record alone: what a list of sessions counts. Pure."""

from __future__ import annotations

from wsinspect.model import Connection, EndedBy, LegEnd, SeenClose, Side, State
from wsinspect.wire.close import ABNORMAL, NO_STATUS, code_violations

FAILED = "failed"
CUT = "cut"
BROKEN = "broken"
BROKEN_CODE = "broken:"
REFUSED = "http:"


def ended_as(connection: Connection) -> str:
    """The word for how a connection ended; empty while nothing has ended it.

    Returns:
        ``1011``: the code of its first close frame. ``1005``: a close frame without a code. ``1006``: no close frame,
        or only one that came after the other side had left.
        ``broken:1006``, ``broken``: a close frame that broke a rule, with the code that stood in it, or with none.
        ``http:502``: the upgrade was refused. ``failed``: it was not answered. ``cut``: wsinspect itself ended it.
    """
    state = connection.state
    if state is State.REFUSED:
        return f"{REFUSED}{connection.status or 0}"
    if state is State.FAILED:
        return FAILED
    first = connection.close_frame
    if first is not None:
        return _said(connection, first[1])
    if state is not State.CLOSED and connection.late_close is None:
        return ""
    _, end = first_end(connection)
    return CUT if end is not None and end.by_us else str(ABNORMAL)


def _said(connection: Connection, close: SeenClose) -> str:
    code = close.code
    # Codes that only stand for a missing one, and those out of range, may not be sent (RFC 6455 section 7.4).
    if connection.violation_row == close.row or (code is not None and code_violations(code)):
        return BROKEN if code is None else f"{BROKEN_CODE}{code}"
    return str(NO_STATUS if code is None else code)


def first_end(connection: Connection) -> tuple[Side | None, LegEnd | None]:
    """The leg that ended first; of two at the same time the one that its peer ended."""
    ends = [(Side.CLIENT, connection.client_end), (Side.SERVER, connection.server_end)]
    seen = [(end.at_ns, end.by is not EndedBy.PEER, side, end) for side, end in ends if end is not None]
    if not seen:
        return None, None
    _, _, side, end = min(seen, key=lambda found: found[:3])
    return side, end
