"""How connections and rows look as lines of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from wsinspect.decode.outcome import outcome
from wsinspect.model import (
    Connection,
    EndedBy,
    Ending,
    Event,
    EventKind,
    LegEnd,
    Row,
    RowKind,
    SeenClose,
    Side,
    State,
    Traffic,
    Violation,
)
from wsinspect.origin import Origin
from wsinspect.ui.connections import cells as connection_cells
from wsinspect.ui.connections.cells import ConnectionLine
from wsinspect.ui.drawing.columns import Cell, Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.messages import cells as message_cells

S = 1_000_000_000
NOON = 1_795_348_800 * S
"""2026-11-22 12:00 UTC."""

END = LegEnd(Ending.FIN, NOON + 9 * S)
CUT = LegEnd(Ending.FIN, NOON + 9 * S, EndedBy.US)

OPEN = Connection(
    id=7, source="relay", client="127.0.0.1:5", server="127.0.0.1:9", url="ws://127.0.0.1:9/x", path="/x\x1b[31m",
    opened_ns=NOON, upgraded_ns=NOON + 1, status=101, rtt_ns=1_400_000,
    to_server=Traffic(messages=12, wire_bytes=1_700),
)  # fmt: skip
CLOSED = replace(OPEN, closed_ns=NOON + 9 * S, client_end=END, server_end=END)
REFUSED = replace(CLOSED, upgraded_ns=None, status=502)


def said(cells: Mapping[str, Cell], key: str) -> str:
    return "".join(piece.text for piece in cells[key])


def line(connection: Connection, rate: tuple[int, ...] = ()) -> Mapping[str, Cell]:
    return connection_cells.cells(ConnectionLine(connection, rate), NOON + 62 * S)


def closed_by(code: int | None) -> Connection:
    return replace(CLOSED, server_close=SeenClose(3, NOON + 8 * S, code))


def test_an_open_connection() -> None:
    cells = line(OPEN, (0, 1, 2, 4))
    assert said(cells, "path") == r"/x\x1b[31m"
    assert said(cells, "age") == "1:02"
    assert said(cells, "up") == "12     1.7 kB"
    assert said(cells, "rtt") == "1.4 ms"
    assert said(cells, "rate") == "▁▃▅█"
    assert said(cells, "close") == ""
    assert cells["state"] == (Piece("●", Tone.GOOD),)


def test_where_a_connection_of_a_merged_session_comes_from() -> None:
    merged = ConnectionLine(replace(OPEN, source=Origin("serv\x1ber.wsi", 3, "client.wsi", 2).source("relay")), ())
    cells = connection_cells.cells(merged, NOON, ("client.wsi", "serv\x1ber.wsi"))
    assert said(cells, "file") == "serv\\x1ber #3"
    assert said(connection_cells.cells(merged, NOON), "file") == ""
    assert said(line(OPEN), "file") == ""


def test_a_silent_connection_has_a_flat_rate() -> None:
    assert line(OPEN, (0, 0, 0))["rate"] == (Piece("▁▁▁", Tone.DIM),)


@pytest.mark.parametrize(
    ("connection", "close", "is_failure"),
    [
        (closed_by(1000), "1000 Normal Closure", False),
        (closed_by(1011), "1011 Internal Error", True),
        (closed_by(None), "empty close frame 1005", False),
        (CLOSED, "no close frame 1006", True),
        (REFUSED, "HTTP 502 Bad Gateway", True),
        (replace(REFUSED, status=999), "HTTP 999 ", True),
        (replace(REFUSED, status=None, failure="no\nroute"), r"no answer no\nroute", True),
        (closed_by(1006), "broken close frame 1006", True),
        (closed_by(5000), "broken close frame 5000", True),
        (replace(closed_by(1000), violation_row=3), "broken close frame 1000", True),
        (replace(closed_by(None), violation_row=3), "broken close frame", True),
        (replace(closed_by(1000), violation_row=2), "1000 Normal Closure", False),
        (replace(CLOSED, client_end=CUT, server_end=CUT), "cut by wsinspect", False),
        (replace(CLOSED, server_end=CUT), "no close frame 1006", True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ends(connection: Connection, close: str, is_failure: bool) -> None:
    result = outcome(connection)
    assert result is not None
    assert result.is_failure is is_failure
    assert said(line(connection), "close").startswith(close)
    assert said(line(connection), "age") == "0:09"
    assert said(line(connection), "state") == ("✖" if is_failure else "○")


def test_a_closing_connection_shows_its_code_before_it_is_over() -> None:
    closing = replace(OPEN, server_close=SeenClose(3, NOON, 1011))
    assert closing.state is State.CLOSING
    assert said(line(closing), "close") == "1011 Internal Error"
    assert said(line(closing), "state") == "◐"


def test_a_broken_rule_shows_while_it_is_open() -> None:
    assert said(line(replace(OPEN, first_violation="not masked")), "close") == "broken rule: not masked"


def row(number: int, kind: RowKind, at_ns: int, side: Side = Side.CLIENT, head: bytes = b"") -> Row:
    return Row(7, number, kind, at_ns, at_ns, side, head=head, size=len(head))


def test_time_and_gap() -> None:
    first, second = row(1, RowKind.TEXT, NOON), row(2, RowKind.TEXT, NOON + 43_200_000)
    assert said(message_cells.cells(first, None, None), "time") == "12:00:00.000"
    assert said(message_cells.cells(second, first.at_ns, None), "delta") == "+43.2 ms"
    assert said(message_cells.cells(first, second.at_ns, None), "delta") == "-43.2 ms"


def test_the_date_where_the_day_changes() -> None:
    before, after = row(1, RowKind.TEXT, NOON), row(2, RowKind.TEXT, NOON + 12 * 3600 * S)
    cells = message_cells.cells(after, before.at_ns, None)
    assert (said(cells, "time"), said(cells, "delta")) == ("00:00:00.000", "11-23")


@pytest.mark.parametrize("at_ns", [-(1 << 63), (1 << 63) - 1])
def test_times_of_a_damaged_file(at_ns: int) -> None:
    message_cells.cells(row(2, RowKind.TEXT, at_ns), 0, None)


def test_a_pong_says_the_round_trip() -> None:
    ping, pong = row(1, RowKind.PING, NOON, Side.SERVER, b"a"), row(2, RowKind.PONG, NOON + S, Side.CLIENT, b"a")
    assert message_cells.answered_ping(pong, [ping]) == ping
    assert said(message_cells.cells(pong, ping.at_ns, ping), "message").endswith("round trip 1.0 s")


@pytest.mark.parametrize(
    "before",
    [
        [],
        [row(1, RowKind.PING, NOON, Side.SERVER, b"b")],
        [row(1, RowKind.PING, NOON, Side.CLIENT, b"a")],
        [row(2, RowKind.PONG, NOON, Side.CLIENT, b"a"), row(1, RowKind.PING, NOON, Side.SERVER, b"a")],
        [row(1, RowKind.PING, NOON, Side.SERVER, b"a")._replace(connection=8)],
    ],
    ids=["nothing", "another payload", "its own side", "answered before", "another connection"],
)
def test_a_pong_that_answers_nothing(before: list[Row]) -> None:
    assert message_cells.answered_ping(row(3, RowKind.PONG, NOON, Side.CLIENT, b"a"), before) is None


def test_a_broken_rule_is_loud_and_an_event_is_quiet() -> None:
    broken = row(1, RowKind.TEXT, NOON)._replace(violations=(Violation("mask-missing", "not masked", "RFC 6455"),))
    cells = message_cells.cells(broken, None, None)
    assert said(cells, "message").startswith("not masked")
    assert {piece.style for piece in cells["message"]} == {Tone.BAD_STRONG, Tone.BAD}
    end = row(1, RowKind.EVENT, NOON)._replace(event=Event(EventKind.END, {"how": "fin", "by": "peer"}))
    cells = message_cells.cells(end, None, None)
    assert (said(cells, "type"), said(cells, "size")) == ("tcp", "")
    assert {piece.style for piece in cells["message"]} == {Tone.DIM}


def test_a_row_about_the_session_belongs_to_no_connection() -> None:
    slept = Row(0, 1, RowKind.EVENT, NOON, NOON, event=Event(EventKind.SLEEP, {"seconds": 700}))
    assert said(message_cells.cells(slept, None, None), "connection") == "–"


def test_the_number_of_a_connection_has_room() -> None:
    assert connection_cells.columns(9)[0].width == 3
    assert connection_cells.columns(123_456)[0].width == 6
