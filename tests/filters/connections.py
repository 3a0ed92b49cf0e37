"""What the property tests of filters over connections draw from, and what such a filter takes, said once more."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import strategies as st

from tests.filters.plain import COMPARISONS, around, combined, compares, has_text
from wsinspect.decode.outcome import outcome
from wsinspect.filters.expression import (
    After,
    Before,
    Broken,
    Code,
    Expression,
    Fate,
    From,
    Gap,
    Is,
    Kind,
    Moment,
    OnConnection,
    OnPath,
    Origin,
    Pattern,
    Size,
    Text,
    Type,
)
from wsinspect.model import Connection, EndedBy, Ending, LegEnd, SeenClose, Traffic
from wsinspect.wire.conversation import close_story

START_NS = 1_700_000_000_000_000_000
NOW_NS = START_NS + 50
WORDS = (
    *("feed", "/FEED", "ö", "K", "k", "Straße", "1", "1011", "100", "1005", "1006", "4401", "502", "internal"),
    *("Internal Error", "error", "gateway", "no", "close frame", "broken", "rule", "mask", "cut", "refused", "why"),
    *("graph", "10.0", "Unauthorized", "reserved", "out of range", "HTTP", "answer", "empty", " ", ":"),
)
"""Words that stand in some of the connections, whole or in part."""

_PATHS = st.sampled_from(["/feed", "/Feed?a=1", "/ö", "/K", "/Straße", ""]) | st.text("aKkö/ß1:", max_size=4)
_TIMES = st.integers(START_NS, START_NS + 100)
_REASONS = st.sampled_from([b"", b"why", b"WHY not", "ö".encode(), b"\xff", b"mask"])
_CODES = st.sampled_from([None, 0, 999, 1000, 1001, 1005, 1006, 1011, 1014, 1016, 2999, 3000, 4401, 5000, 65535])
_ENDS = st.none() | st.builds(LegEnd, st.sampled_from(Ending), _TIMES, st.sampled_from(EndedBy))
_TRAFFIC = st.builds(Traffic, st.integers(0, 9), st.integers(0, 9), st.integers(0, 2000))


@st.composite
def connections(draw: st.DrawFn, number: int) -> Connection:
    """Any connection, also one that no recorder would make."""
    rows = draw(st.permutations([1, 2, 3]))
    closes = [draw(st.none() | st.builds(SeenClose, st.just(row), _TIMES, _CODES, _REASONS)) for row in rows[:2]]
    violation = draw(st.sampled_from(["", "", "a client's frame without a mask", "a Mask, gebröchen"]))
    return Connection(
        id=number,
        source="relay",
        client=draw(st.sampled_from(["10.0.0.1:52100", "[::1]:1011"])),
        server="",
        url=draw(st.sampled_from(["ws://127.0.0.1:9000", "wss://gateway.discord.gg/"])),
        path=draw(_PATHS),
        opened_ns=draw(_TIMES),
        subprotocol=draw(st.sampled_from(["", "graphql-transport-ws", "GRAPH"])),
        upgraded_ns=draw(st.none() | _TIMES),
        closed_ns=draw(st.none() | _TIMES),
        status=draw(st.sampled_from([None, 101, 403, 502, 999])),
        status_by_us=draw(st.booleans()),
        failure=draw(st.sampled_from(["", "", "Connection refused", "nö"])),
        to_server=draw(_TRAFFIC),
        to_client=draw(_TRAFFIC),
        client_close=closes[0],
        server_close=closes[1],
        client_end=draw(_ENDS),
        server_end=draw(_ENDS),
        first_violation=violation,
        violation_row=draw(st.sampled_from(rows)) if violation else None,
        violation_ns=START_NS if violation else None,
        since_ns=START_NS,
        last_ns=START_NS + 100,
    )


_MOMENTS = st.builds(Moment, st.integers(0, 86_400 * 10**9 - 1)) | st.just(Moment(0, (9999, 12, 31)))
_TERMS = st.one_of(
    st.builds(Text, st.sampled_from(WORDS) | st.text("afeK1k0:/ö ", min_size=1, max_size=3)),
    st.builds(Pattern, st.sampled_from([r"^/feed$", r"(?i)^/FEED", r"10\d\d", "close frame", "ö$", "why"])),
    st.builds(From, st.sampled_from(Origin)),
    st.builds(Type, st.sampled_from([Kind.CLOSE, Kind.TCP])),
    st.builds(Size, COMPARISONS, st.integers(0, 3000) | st.just(10**24)),
    st.builds(OnConnection, COMPARISONS, st.integers(0, 9) | st.just(10**14)),
    st.builds(Is, st.sampled_from(Fate)),
    st.builds(OnPath, st.sampled_from(["feed", "ö", "K", "k", "ss", "?a"]) | st.text("aKk/", min_size=1, max_size=2)),
    st.builds(After, _MOMENTS),
    st.builds(Before, _MOMENTS),
    st.builds(Gap, COMPARISONS, st.integers(0, 120) | st.just(10**24)),
    st.builds(Code, COMPARISONS, st.sampled_from([0, 1000, 1006, 1011, 4401, 65535])),
    st.builds(Broken, st.sampled_from(["", "mask", "MASK", "ö", "fragment"])),
)
EXPRESSIONS = around(_TERMS, leaves=6)
"""Filters that connections can answer."""


def plainly(expression: Expression, one: Connection, now_ns: int, wall_ns: Callable[[Moment], int]) -> bool:
    """What a filter takes."""
    return combined(expression, lambda term: _takes(term, one, now_ns, wall_ns))


def _takes(term: Expression, one: Connection, now_ns: int, wall_ns: Callable[[Moment], int]) -> bool:
    match term:
        case Text(text):
            return any(has_text(text, part) for part in _parts(one))
        case Pattern(pattern):
            return any(re.search(pattern, part.decode(errors="replace")) for part in _parts(one))
        case From(origin):
            story = close_story(one)
            sender = None if story is None or story.sender is None else story.sender.label
            return origin.value == ("us" if story is not None and story.by_us else sender)
        case Type(Kind.CLOSE):
            return one.first_close is not None
        case Type():
            return (one.client_end, one.server_end, one.failure) != (None, None, "")
        case Size(order, size):
            return compares(order, one.to_server.wire_bytes + one.to_client.wire_bytes, size)
        case OnConnection(order, number):
            return compares(order, one.id, number)
        case Is(Fate.OPEN):
            return one.closed_ns is None
        case Is(fate):
            ended = outcome(one)
            is_failure = ended is not None and ended.is_failure
            return one.closed_ns is not None and is_failure == (fate is Fate.FAILED)
        case OnPath(text):
            return text.casefold() in one.path.casefold()
        case After(moment):
            return one.opened_ns >= wall_ns(moment)
        case Before(moment):
            return one.opened_ns < wall_ns(moment)
        case Gap(order, gap_ns):
            end_ns = now_ns if one.closed_ns is None else one.closed_ns
            return compares(order, end_ns - one.opened_ns, gap_ns)
        case Code(order, code):
            codes = [close.code for close in (one.client_close, one.server_close) if close is not None]
            if _close(one).endswith(("no close frame 1006", "empty close frame 1005")):
                codes.append(int(_close(one)[-4:]))
            return any(seen is not None and compares(order, seen, code) for seen in codes)
        case Broken(text):
            return one.first_violation != "" and text.casefold() in one.first_violation.casefold()
    raise AssertionError("a term that connections cannot answer")


def _parts(one: Connection) -> list[bytes]:
    shown = [one.path, one.client, one.subprotocol, one.failure, _close(one)]
    reasons = [close.reason for close in (one.client_close, one.server_close) if close is not None]
    return [part for part in [*(text.encode() for text in shown), *reasons] if part]


def _close(one: Connection) -> str:
    """What the list shows of the end, as the cell says it."""
    found = outcome(one)
    if found is None:
        return f"broken rule: {one.first_violation}" if one.first_violation else ""
    if found.label in ("no answer", "cut by wsinspect"):
        return f"no answer {one.failure}" if found.label == "no answer" else found.label
    if found.is_broken:
        return f"broken close frame {found.label if found.is_wire else ''}"
    if not found.is_wire:
        return f"{'empty' if one.close_frame else 'no'} close frame {found.label}"
    return f"{found.label} {found.name}"
