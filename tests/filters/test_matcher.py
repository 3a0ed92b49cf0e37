"""What each term takes, that cheap questions come first, and that no pattern and no message holds anybody up."""

from __future__ import annotations

import datetime
import itertools
import sys
import time
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings

from tests.filters.expressions import EXPRESSIONS, Plain, plainly
from wsinspect.filters import Matcher, parse
from wsinspect.filters.expression import Expression, Json, Kind, Moment, Origin, Text, terms
from wsinspect.filters.jsonpath import SEARCHED_BYTES
from wsinspect.filters.matcher import SLOW_MESSAGES, PatternTooSlow
from wsinspect.filters.moments import Times
from wsinspect.filters.narrowing import (
    has_no_case,
    may_be_close_label,
    narrow,
    needles,
    required_word,
    word_needle,
)
from wsinspect.filters.subject import RowSubject, close_label
from wsinspect.model import EndedBy, Ending, Event, EventKind, Row, RowKind, Side, Violation

TIMES = Times(0, 0)
MASK = Violation("mask-missing", "a client's frame without a mask", "RFC 6455 section 5.1")


def message(content: bytes = b"", kind: RowKind = RowKind.TEXT, side: Side = Side.SERVER, **more: object) -> Row:
    facts = {"connection": 1, "number": 1, "at_ns": 100, "first_ns": 100, "size": len(content)} | more
    return Row(kind=kind, side=side, head=content[:512], **facts)  # type: ignore[arg-type]  # facts by name


def ended(by: EndedBy) -> Row:
    event = Event(EventKind.END, {"side": "client", "how": Ending.FIN.value, "by": by.value})
    return Row(1, 1, RowKind.EVENT, 100, 100, side=Side.CLIENT, event=event)


def takes(text: str, row: Row, **more: object) -> bool:
    expression = parse(text)
    assert expression is not None
    subject = RowSubject(row, lambda limit: row.head[:limit], **more)  # type: ignore[arg-type]  # facts by name
    return Matcher(expression, TIMES).takes(subject)


TICK = message(b'{"type": "Tick", "price": 5.0, "tags": ["a", {"b": null}], "ok": true}')


@pytest.mark.parametrize(
    ("text", "row", "is_taken"),
    [
        ("tick", TICK, True),
        ("TICK price", TICK, True),
        ("tick -price", TICK, False),
        ("tock or price", TICK, True),
        ("-(tock or price)", TICK, False),
        ("straße", message(b"STRASSE"), True),
        ("strasse", message("Straße".encode()), False),
        ("привет", message("ПРИВЕТ, мир".encode()), True),
        ("ö", message(b"\xff\xc3\x96"), True),
        ('"1011 internal error"', message(b"\x03\xf3bye", RowKind.CLOSE), True),
        ("bye", message(b"\x03\xf3Bye", RowKind.CLOSE), True),
        ("x", message(b"x", RowKind.CLOSE), False),
        ('"ended tcp"', ended(EndedBy.PEER), True),
        (r"re:^\{.*5\.0", TICK, True),
        ("re:tick", TICK, False),
        ("re:(?i)tick", TICK, True),
        ("from:server", TICK, True),
        ("from:client", TICK, False),
        ("from:client", ended(EndedBy.PEER), True),
        ("from:us", ended(EndedBy.US), True),
        ("from:client", ended(EndedBy.US), False),
        ("from:us or from:client or from:server", ended(EndedBy.RELAY), False),
        ("type:text", TICK, True),
        ("type:binary", TICK, False),
        ("type:tcp", ended(EndedBy.PEER), True),
        ("type:text or type:binary", message(kind=RowKind.RESERVED), False),
        ("size:72", message(bytes(72)), True),
        ("size:>72", message(bytes(72)), False),
        ("size:<1kB", message(bytes(10), inflated_size=1000), False),
        ("size:>=1kB", message(bytes(10), inflated_size=1000), True),
        ("size:>=0", ended(EndedBy.PEER), False),
        ("conn:1", TICK, True),
        ("conn:2", TICK, False),
        ("code:1011", message(b"\x03\xf3", RowKind.CLOSE), True),
        ("code:1011", message(b"\x03\xf3"), False),
        ("code:1011", message(b"\x03", RowKind.CLOSE), False),
        ("violation:", message(violations=(MASK,)), True),
        ("violation:mask-m", message(violations=(MASK,)), True),
        ("violation:frame", message(violations=(MASK,)), True),
        ("violation:rsv", message(violations=(MASK,)), False),
        ("violation:", TICK, False),
        ("json:$.type=Tick", TICK, True),
        ("json:$.type=tick", TICK, False),
        ("json:$.type!=tick", TICK, True),
        ("json:$.none!=tick", TICK, False),
        ("-json:$.none=tick", TICK, True),
        ("json:$.price=5", TICK, True),
        ("json:$.price>4.9", TICK, True),
        ("json:$.price>=5", TICK, True),
        ("json:$.price<5", TICK, False),
        ("json:$.price<=5", TICK, True),
        ("json:$.ok=true", TICK, True),
        ("json:$.ok=1", TICK, False),
        ("json:$.ok>0", TICK, False),
        ("json:$.tags", TICK, True),
        ("json:$.tags[0]=a", TICK, True),
        ("json:$.tags[2]", TICK, False),
        ("json:$.tags[*].b=null", TICK, True),
        ("json:$[*]=Tick", TICK, True),
        ("json:$.type[0]", TICK, False),
        ("json:$[0]", TICK, False),
        ("json:$.type.x", TICK, False),
        ("json:$", message(b"no json"), False),
        ("json:$", message(b"\xff"), False),
        ("json:$=5", message(b"5", RowKind.PING), True),
        ("json:$.a=b", message(rb'{"\u0061": "\u0062"}'), True),
        ("json:$", message(b"5", RowKind.CLOSE), False),
        ("json:$", message(b"5", size=SEARCHED_BYTES + 1), False),
    ],
)
def test_what_a_term_takes(text: str, row: Row, is_taken: bool) -> None:
    assert takes(text, row) is is_taken


def test_what_is_known_of_the_connection() -> None:
    assert takes("path:/Feed", TICK, path="/v1/feed?a=b")
    assert not takes("path:/chat", TICK, path="/v1/feed")
    assert takes("gap:>=40ns", TICK, previous_ns=60)
    assert not takes("gap:>40ns", TICK, previous_ns=60)
    assert not takes("gap:>=0s", TICK)


def test_times_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        berlin = datetime.timezone(datetime.timedelta(hours=1))

        def wall(day: int, hour: int, minute: int = 0) -> int:
            return int(datetime.datetime(2026, 11, day, hour, minute, tzinfo=berlin).timestamp()) * 10**9

        night = Times(wall(22, 23, 50), wall(23, 0, 20))
        five = Moment(5 * 60 * 10**9)
        assert night.wall_ns(Moment((23 * 60 + 55) * 60 * 10**9)) == wall(22, 23, 55)
        assert night.wall_ns(five) == wall(23, 0, 5)
        assert Times(wall(22, 23, 50), wall(22, 23, 59)).wall_ns(five) == wall(22, 0, 5)
        assert Times(wall(22, 0, 1), wall(25, 23, 59)).wall_ns(five) == wall(22, 0, 5)
        assert night.wall_ns(Moment(14 * 3600 * 10**9 + 7, (2026, 11, 1))) == wall(1, 14) + 7
        # In summer it is another hour there.
        assert night.wall_ns(Moment(14 * 3600 * 10**9, (2026, 7, 1))) % (24 * 3600 * 10**9) == 12 * 3600 * 10**9
        expression = parse("after:0:05 before:0:06")
        assert expression is not None
        matcher = Matcher(expression, night)
        seen = [matcher.takes(RowSubject(message(at_ns=at), _never)) for at in (wall(23, 0, 5) - 1, wall(23, 0, 5))]
        assert seen == [False, True]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_any_moment_is_some_time() -> None:
    for year, of_day in itertools.product((1, 1970, 9999), (0, 86_400 * 10**9 - 1)):
        assert isinstance(TIMES.wall_ns(Moment(of_day, (year, 1, 1))), int)
    assert isinstance(Times(1 << 62, 1 << 63).wall_ns(Moment(0)), int)


def _never(limit: int) -> bytes:
    raise AssertionError("the payload was read")


class Asked:
    """A message that says what it was asked for."""

    connection, path, at_ns, previous_ns = 1, "/x", 5, None
    kind, origin, size = Kind.TEXT, Origin.SERVER, 4

    def __init__(self, content: bytes = b"tick") -> None:
        self.asked: list[int] = []
        self._content = content

    def content(self, limit: int) -> bytes:
        """The content."""
        self.asked.append(limit)
        return self._content[:limit]

    def body(self) -> bytes:
        """Nothing."""
        return b""

    def broken(self) -> Sequence[Violation]:
        """Nothing."""
        self.asked.append(0)
        return ()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("tick from:client", 0),
        ("re:tick size:>5 violation:", 0),
        ("tick or type:text", 0),
        ("(json:$.a or tick) from:client", 0),
        ("tick from:server", 1),
        ("tick (json:$ or re:t)", 3),
        ("tock json:$ re:t", 1),
        ("violation: re:t json:$ tock", 1),
    ],
)
def test_content_is_asked_for_last(text: str, asked: int) -> None:
    expression = parse(text)
    assert expression is not None
    subject = Asked()
    Matcher(expression, TIMES).takes(subject)
    assert len(subject.asked) == asked


def test_a_row_carries_the_content_of_short_messages() -> None:
    expression = parse("x")
    assert expression is not None
    assert not Matcher(expression, TIMES).takes(RowSubject(message(b"abc"), _never))
    long = message(b"a" * 600 + b"x")
    assert Matcher(expression, TIMES).takes(RowSubject(long, lambda limit: (b"a" * 600 + b"x")[:limit]))


def test_patterns_without_end_are_stopped() -> None:
    slow = Asked(b"a" * 5000 + b"b")
    matcher = Matcher(_parsed("re:(a|aa)+$"), TIMES)
    for count in range(1, SLOW_MESSAGES):
        assert not matcher.takes(slow)
        assert matcher.too_slow == count
    with pytest.raises(PatternTooSlow):
        matcher.takes(slow)
    # What cannot be decided is not taken the other way round either.
    assert not Matcher(_parsed("-re:(a|aa)+$"), TIMES).takes(slow)


def test_json_without_end_is_no_json() -> None:
    deep = Asked(b"[" * 100_000 + b"]" * 100_000)
    long = Asked(b"9" * 100_000)
    for subject in (deep, long):
        assert not Matcher(_parsed("json:$[0]"), TIMES).takes(subject)


def _parsed(text: str) -> Expression:
    expression = parse(text)
    assert expression is not None
    return expression


def _rows() -> Iterator[tuple[Row, Plain]]:
    contents = (b"", b"Tick 5", b"\xc3\x96 K\xe2\x84\xaa", b'{"type": "tick", "a b": [1, 2.5]}', b"\x03\xf3error  x")
    for content, kind, side in itertools.product(contents, (RowKind.TEXT, RowKind.PING, RowKind.CLOSE), Side):
        row = message(content, kind, side, violations=(MASK,) if content else ())
        rules = ((MASK.rule, MASK.detail),) if content else ()
        yield row, Plain(1, "/feed", kind.value, side.label, len(content), 100, 60, content, rules)


ROWS = list(_rows())


@settings(deadline=None)
@given(EXPRESSIONS)
def test_as_the_plain_predicate_says(expression: Expression) -> None:
    matcher = Matcher(expression, FixedTimes(0, 0))
    for row, plain in ROWS:
        subject = RowSubject(row, _never, path="/feed", previous_ns=60)
        assert matcher.takes(subject) == plainly(expression, plain)


class FixedTimes(Times):
    """Moments are nanoseconds since the epoch."""

    def wall_ns(self, moment: Moment) -> int:
        """The moment's number."""
        return moment.of_day_ns


@settings(deadline=None)
@given(EXPRESSIONS)
def test_what_is_decided_for_all_is_true_of_each(expression: Expression) -> None:
    for row, plain in ROWS:
        content = plain.content

        def decide(term: object, content: bytes = content, row: Row = row) -> bool | None:
            """As a scan does it: from the bytes alone."""
            if isinstance(term, Text) and row.kind is RowKind.CLOSE and may_be_close_label(term.text):
                return None
            if not isinstance(term, Text | Json):
                return None
            wanted, is_escapable = needles(term)
            if is_escapable and b"\\" in content:
                return None
            missing = any(one.data not in (content.lower() if one.is_folded else content) for one in wanted)
            return False if missing else None

        left = narrow(expression, decide)
        if isinstance(left, bool):
            assert left == plainly(expression, plain)
        else:
            assert plainly(left, plain) == plainly(expression, plain)
            word = required_word(left)
            if word and plainly(left, plain):
                assert word.data in plain.line.lower()
        assert list(terms(expression))


def test_no_letter_becomes_what_has_no_case() -> None:
    assert has_no_case("5")
    assert has_no_case("東")
    for point in range(sys.maxunicode + 1):
        character = chr(point)
        folded = character.casefold()
        if folded != character:
            assert not any(map(has_no_case, folded)), character
    assert word_needle("Ölstand 50 %") == (b" 50 %", False)
    assert word_needle("ö") is None


def test_words_of_close_frames() -> None:
    for code in (0, 999, 1000, 1011, 1014, 3000, 4000, 4999, 5000, 65535):
        label = close_label(code).lower() + "  "
        for start, end in itertools.combinations(range(len(label) + 1), 2):
            assert may_be_close_label(label[start:end])
            assert may_be_close_label(label[start:] + "because")
    assert not may_be_close_label("because")
    assert not may_be_close_label('"seq":5')
