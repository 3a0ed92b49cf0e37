"""What the property tests of filters draw from, and what a filter takes, said once more and plainly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.filters.plain import COMPARISONS, around, combined, compares, has_text
from wsinspect.codes import name
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
    Json,
    Kind,
    Moment,
    OnConnection,
    OnPath,
    Order,
    Origin,
    Pattern,
    Size,
    Text,
    Type,
)

WORDS = ("tick", "TICK", "type", "a", "ö", "Straße", "привет", "K", "1011", "error", "Internal", "fin", "\\", "  ", '"')
"""Words that stand in some of the messages, whole or in part."""

_MOMENTS = st.builds(
    Moment,
    st.integers(0, 86_399).map(lambda seconds: seconds * 10**9) | st.integers(0, 86_400 * 10**9 - 1),
    st.none() | st.dates().map(lambda day: (day.year, day.month, day.day)),
)
_STEPS = st.none() | st.integers(0, 99) | st.sampled_from(["type", "a b", 'q"\\', ""]) | st.text(max_size=5)
_VALUES = st.sampled_from(["tick", "5", "-1.5", "true", "null", "a b", "", '"', ">", "(", "x)"]) | st.text(max_size=5)
_NUMBERS = st.sampled_from(["0", "5", "-1.5", "1e3"])
_MEASURED = [Order.LESS, Order.AT_MOST, Order.AT_LEAST, Order.MORE]
_JSON = st.one_of(
    st.builds(Json, st.lists(_STEPS, max_size=3).map(tuple)),
    st.builds(Json, st.lists(_STEPS, max_size=3).map(tuple), st.sampled_from([Order.EQUAL, Order.OTHER]), _VALUES),
    st.builds(Json, st.lists(_STEPS, max_size=3).map(tuple), st.sampled_from(_MEASURED), _NUMBERS),
)

TERMS = st.one_of(
    st.builds(Text, st.sampled_from(WORDS) | st.text(min_size=1, max_size=6)),
    st.builds(Pattern, st.sampled_from([r"t.ck", r"(a|b)+\d", r"\)", "a b", '"', r"\\", "^$", "[(]", "(?i)TICK"])),
    st.builds(From, st.sampled_from(Origin)),
    st.builds(Type, st.sampled_from(Kind)),
    st.builds(Size, COMPARISONS, st.integers(0, 10**15 - 1)),
    st.builds(OnConnection, COMPARISONS, st.integers(0, 10**15 - 1)),
    st.builds(Is, st.sampled_from(Fate)),
    st.builds(OnPath, st.text(min_size=1, max_size=6)),
    st.builds(After, _MOMENTS),
    st.builds(Before, _MOMENTS),
    st.builds(Gap, COMPARISONS, st.integers(0, 10**15 - 1)),
    st.builds(Code, COMPARISONS, st.integers(0, 65_535)),
    st.builds(Broken, st.text(max_size=6)),
    _JSON,
)
"""Any term, whatever it says."""

EXPRESSIONS = around(TERMS)


@dataclass(frozen=True)
class Plain:
    """A row as the plain predicate sees it: everything worked out beforehand."""

    connection: int
    path: str
    kind: str
    """Text, binary, ping, pong, close, tcp, or something else."""
    origin: str
    size: int | None
    at_ns: int
    previous_ns: int | None
    content: bytes
    """All of it; of an event its line."""
    violations: tuple[tuple[str, str], ...] = ()
    """Rules and sentences."""

    @property
    def line(self) -> bytes:
        """What words are looked for in."""
        if self.kind != "close":
            return self.content
        if len(self.content) < 2:
            return b""
        code = self.content[0] * 256 + self.content[1]
        return f"{code} {name(code)}  ".encode() + self.content[2:]


def plainly(expression: Expression, row: Plain) -> bool:
    """What a filter takes. Moments are nanoseconds since the epoch here: their days are tested elsewhere."""
    return combined(expression, lambda term: _takes(term, row))


def _takes(term: Expression, row: Plain) -> bool:
    match term:
        case Text(text):
            return has_text(text, row.line)
        case Pattern(pattern):
            return re.search(pattern, row.line[: 64 << 10].decode(errors="replace")) is not None
        case From(origin):
            return row.origin == origin.value
        case Type(kind):
            return row.kind == kind.value
        case Size(order, size):
            return row.size is not None and compares(order, row.size, size)
        case OnConnection(order, number):
            return compares(order, row.connection, number)
        case Is():
            return False
        case OnPath(text):
            return text.casefold() in row.path.casefold()
        case After(moment):
            return row.at_ns >= moment.of_day_ns
        case Before(moment):
            return row.at_ns < moment.of_day_ns
        case Gap(order, gap_ns):
            return row.previous_ns is not None and compares(order, row.at_ns - row.previous_ns, gap_ns)
        case Code(order, code):
            has_code = row.kind == "close" and len(row.content) >= 2
            return has_code and compares(order, row.content[0] * 256 + row.content[1], code)
        case Broken(text):
            return any(text.casefold() in said.casefold() for rule in row.violations for said in rule)
        case Json():
            return row.kind not in ("tcp", "close") and _json_holds(term, row.content)
    raise AssertionError("a term that is none of these")


def _json_holds(term: Json, content: bytes) -> bool:
    try:
        values: list[Any] = [json.loads(content.decode())]
    except ValueError:
        return False
    for step in term.path:
        found = []
        for value in values:
            if step is None:
                found += list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
            elif isinstance(step, int):
                found += value[step : step + 1] if isinstance(value, list) else []
            elif isinstance(value, dict) and step in value:
                found.append(value[step])
        values = found
    if term.order is None:
        return values != []
    if term.order in (Order.EQUAL, Order.OTHER):
        return any(_same(value, term.value) is (term.order is Order.EQUAL) for value in values)
    wanted = float(term.value)
    return any(type(value) in (int, float) and compares(term.order, value, wanted) for value in values)


def _same(value: Any, said: str) -> bool:
    if isinstance(value, str):
        return value == said
    if isinstance(value, dict | list):
        return False
    if value is None or isinstance(value, bool):
        return json.dumps(value) == said
    try:
        number = json.loads(said)
    except ValueError:
        return False
    return type(number) in (int, float) and bool(value == number)
