"""What had come of a connection at a moment, told from how it stands at the end of its session. Pure.

Enough for a line that says its state and its end; counts of rows and bytes stay those of the end. What a reader says as
of a moment is more, and costs a query.
"""

from __future__ import annotations

from dataclasses import replace

from wsinspect.model import Connection, LegEnd, SeenClose


def standing(connection: Connection, at_ns: int) -> Connection | None:
    """The connection as it stood at a moment; None before its opening.

    Args:
        connection: as it stands at the end of the session.
        at_ns: nanoseconds since the epoch; what happened then is known.
    """
    if connection.opened_ns > at_ns:
        return None
    if connection.closed_ns is not None and connection.closed_ns <= at_ns:
        return connection

    def known(when_ns: int | None) -> int | None:
        return when_ns if when_ns is not None and when_ns <= at_ns else None

    def close(seen: SeenClose | None) -> SeenClose | None:
        return seen if seen is not None and seen.at_ns <= at_ns else None

    def end(leg: LegEnd | None) -> LegEnd | None:
        return leg if leg is not None and leg.at_ns <= at_ns else None

    return replace(
        connection,
        upgraded_ns=known(connection.upgraded_ns),
        closed_ns=None,
        status=connection.status if known(connection.responded_ns) is not None else None,
        # A connection fails when it ends.
        failure="",
        client_close=close(connection.client_close),
        server_close=close(connection.server_close),
        client_end=end(connection.client_end),
        server_end=end(connection.server_end),
    )
