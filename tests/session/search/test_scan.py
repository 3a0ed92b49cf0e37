"""A search over random sessions finds what the plain predicate takes, in any steps, live or over, in either list."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.filters.expressions import WORDS, Plain, plainly
from tests.filters.plain import around
from tests.session.conftest import START_NS, Session
from wsinspect.decode.events import event_sentence
from wsinspect.filters import Expression, Matcher, parse
from wsinspect.filters.expression import (
    After,
    Before,
    Broken,
    Code,
    From,
    Gap,
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
from wsinspect.filters.moments import Times
from wsinspect.filters.subject import KINDS
from wsinspect.model import EndedBy, Ending, EventKind, Row, Side
from wsinspect.session.file.opening import open_read_only
from wsinspect.session.reader import Reader
from wsinspect.session.reading.store import Store
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.session.search.filtered import FilteredRows, Progress
from wsinspect.session.search.segment_search import SegmentSearch
from wsinspect.session.search.spans import ConnectionSpan, SessionSpan
from wsinspect.session.stored import waypoints
from wsinspect.wire.builder import build_frame

MASK = b"\x37\xfa\x21\x3d"

TEXTS = (
    b"tick",
    b'{"type": "Tick", "seq": 5, "tags": ["a", {"b": 1.5}]}',
    rb'{"\u0074ype": "tick"}',
    "STRASSE Straße ПРИВЕТ Ö \u212a".encode(),
    b"\x03\xf31011 error",
    b"\x03\xe8",
    b"\xff\xfe\x80",
    b"",
    b"type " * 40,
    b"a" * 70_000 + b"end tick",
    b"2",
    b'{"type": "ping", "at": 1}',
    b'{"type":"ping","at":2}',
    b"b" * 512,
    b"b" * 513,
)

TERMS = st.one_of(
    st.builds(Text, st.sampled_from([*WORDS, "end tick", "  error", "ended tcp", "ckti", "1.5}]}"])),
    st.builds(Pattern, st.sampled_from(["t.ck", "^a+", "Ö", "ended", "^1011"])),
    st.builds(From, st.sampled_from(Origin)),
    st.builds(Type, st.sampled_from(Kind)),
    st.builds(
        Size, st.sampled_from([Order.MORE, Order.EQUAL, Order.AT_MOST]), st.sampled_from([0, 4, 60, 200, 70_008])
    ),
    st.builds(OnConnection, st.sampled_from([Order.EQUAL, Order.LESS]), st.integers(0, 3)),
    st.builds(OnPath, st.sampled_from(["/x", "/Y", "/z"])),
    st.builds(After, st.integers(0, 4000).map(Moment)),
    st.builds(Before, st.integers(0, 4000).map(Moment)),
    st.builds(Gap, st.sampled_from([Order.MORE, Order.AT_MOST, Order.AT_LEAST]), st.integers(0, 300)),
    st.builds(Code, st.sampled_from([Order.EQUAL, Order.MORE]), st.sampled_from([1000, 1011])),
    st.builds(Broken, st.sampled_from(["", "mask", "utf8", "after"])),
    st.builds(Json, st.sampled_from([("type",), ("tags", None, "b"), ()]), st.just(Order.EQUAL), st.just("Tick")),
    st.builds(Json, st.sampled_from([("type",), ("seq",), ()])),
)
EXPRESSIONS = around(TERMS, leaves=5)

USUAL: list[Expression] = [After(Moment(150)), After(Moment(700)), Before(Moment(301)), Before(Moment(900))]
USUAL += [
    expression
    for text in (
        *("tick", "-tick", '"type "', '"end tick"', "straße", "привет", "1011", "error", "-error", "ended"),
        *("from:us", "from:client", "-from:server", "type:tcp", "type:close", "type:ping", "-type:text"),
        *("size:4", "size:>60", "-size:>100", "conn:1", "-conn:2", "path:/X", "code:1011", "-code:1000"),
        *("violation:", "violation:mask", "-violation:", "gap:>150ns", "gap:<=1ns", "-gap:>100ns", "gap:>=260ns"),
        *("json:$.type=Tick", "json:$.type=tick", "-json:$.seq", "re:t.ck", "-re:ended"),
        *("from:client tick", "tick or error", "type:text size:<5", "gap:>100ns tick", "from:us or tick"),
        *("normal", "1000", "-normal", "normal or tick"),
        *("type:tcp gap:>100ns", "1011 type:close", "error -type:close", "-(tick or from:client)"),
    )
    if (expression := parse(text)) is not None
]
"""Filters that are tried on every session."""


class RelativeTimes(Times):
    """Moments are counted from the session's beginning."""

    def wall_ns(self, moment: Moment) -> int:
        """The moment on the clock of these sessions."""
        return START_NS + moment.of_day_ns


class Wire:
    """What one side of a connection sends."""

    def __init__(self, deflates: bool) -> None:
        self._machine = zlib.compressobj(wbits=-15) if deflates else None

    def message(self, opcode: int, payload: bytes, *, mask: bytes | None, pieces: int, is_deflated: bool) -> bytes:
        """One message in frames, or a control frame."""
        rsv = 0
        if opcode >= 8:
            return build_frame(opcode, payload[:125], mask=mask)
        if is_deflated and self._machine is not None:
            payload = (self._machine.compress(payload) + self._machine.flush(zlib.Z_SYNC_FLUSH))[:-4]
            rsv = 4
        size = len(payload) // pieces + 1
        cut = [payload[at : at + size] for at in range(0, max(1, len(payload)), size)]
        frames = [
            build_frame(
                opcode if at == 0 else 0,
                piece,
                rsv=rsv if at == 0 else 0,
                fin=at == len(cut) - 1,
                mask=mask if at == 0 or opcode != 2 else MASK,
            )
            for at, piece in enumerate(cut)
        ]
        return build_frame(9, b"between tick").join(frames) if opcode == 2 else b"".join(frames)


_MESSAGES = st.tuples(
    st.just("message"),
    st.integers(0, 1),
    st.sampled_from(Side),
    st.sampled_from([1, 1, 1, 2, 8, 9, 10, 5, 0]),
    st.integers(0, len(TEXTS) - 1),
    st.sampled_from([1, 1, 1, 3]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([3, 50, 1 << 20]),
)
_STEPS = st.lists(
    st.one_of(
        _MESSAGES,
        st.tuples(st.just("event"), st.integers(0, 2), st.sampled_from(EndedBy)),
        st.sampled_from([("commit",), ("look",), ("back in time",)]),
    ),
    min_size=3,
    max_size=25,
)


class Story:
    """A session that is recorded step by step and looked through meanwhile."""

    def __init__(self, folder: str, deflates: bool) -> None:
        path = Path(folder) / "s.wsi"
        writer = SessionWriter(path, {"started_ns": str(START_NS)}, reserve=0)
        self.session = Session(path, writer, Recorder(writer))
        extensions = "permessage-deflate" if deflates else ""
        self.recordings: list[Recording] = [self.session.open(extensions=extensions) for _ in range(2)]
        self.wires = [[Wire(deflates) for _ in Side] for _ in range(2)]
        self.now = START_NS
        self.session.recorder.flush()

    def do(self, step: tuple[object, ...]) -> None:
        """One step of the recording."""
        self.now += 100
        match step:
            case ("message", int(which), Side() as side, int(opcode), int(text), int(pieces), *rest):
                has_mask, is_deflated, cut = rest
                mask = MASK if has_mask == (side is Side.CLIENT) else None
                data = self.wires[which][side].message(
                    opcode, TEXTS[text], mask=mask, pieces=pieces, is_deflated=bool(is_deflated)
                )
                assert isinstance(cut, int)
                # A long message is cut a few times only.
                cut = max(cut, len(data) // 20)
                for at in range(0, len(data), cut):
                    self.now += 1
                    self.recordings[which].read(side, data[at : at + cut], self.now)
                    if is_deflated and at // cut % 2 == 0:
                        self.session.recorder.flush()
            case ("event", 2, _):
                self.session.recorder.event(EventKind.NOTE, self.now, text="a tick of the session")
            case ("event", int(which), EndedBy() as by):
                self.recordings[which].ended(Side.CLIENT, Ending.FIN, self.now, by=by)
            case ("back in time",):
                self.now -= 250
            case _:
                self.session.recorder.flush()


def plain_rows(reader: Reader, rows: list[Row]) -> list[Plain]:
    """Rows as the plain predicate sees them."""
    previous: dict[tuple[int, int], int] = {}
    for number in (1, 2):
        of_connection = reader.rows(number, 1, 10_000)
        previous |= {(number, row.number + 1): row.at_ns - START_NS for row in of_connection}
    events = [row for row in rows if not row.connection]
    previous |= {(0, row.number + 1): row.at_ns - START_NS for row in events}
    return [plain_row(reader, row, previous.get((row.connection, row.number))) for row in rows]


def plain_row(reader: Reader, row: Row, previous_ns: int | None) -> Plain:
    """One row as the plain predicate sees it."""
    connection = reader.connection(row.connection)
    payload = reader.payload(row.connection, row.number, 1 << 20)
    content = payload.data if payload else b""
    origin = row.side.label if row.side is not None else ""
    if row.event is not None:
        content = event_sentence(row.event, row.side).encode()
        origin = {"us": "us", "relay": "", "peer": origin}.get(str(row.event.data.get("by")), "")
    return Plain(
        connection=row.connection,
        path=connection.path if connection else "",
        kind=str(KINDS.get(row.kind)),
        origin=origin,
        size=None if row.event else row.size if row.inflated_size is None else row.inflated_size,
        at_ns=row.at_ns - START_NS,
        previous_ns=previous_ns,
        content=content,
        violations=tuple((one.rule, one.detail) for one in row.violations),
    )


def begin(store: Store, expression: Expression, connection: int | None) -> FilteredRows:
    """A search with times of its own."""
    times = RelativeTimes(0, 0)
    matcher = Matcher(expression, times)
    search = SegmentSearch(store, matcher, times)
    span = SessionSpan(store, search) if connection is None else ConnectionSpan(store, search, connection)
    return FilteredRows(span, matcher)


def finish(rows: FilteredRows) -> Progress:
    """Look through all of it, chunk by chunk."""
    while not (progress := rows.step(0.0)).is_done:
        assert progress.looked < progress.total
    return progress


@pytest.fixture(autouse=True, scope="module")
def _many_waypoints() -> Iterator[None]:
    """One behind every row: sessions as short as these would have none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waypoints, "SPACING", 1)
        yield


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(_STEPS, st.lists(EXPRESSIONS, min_size=3, max_size=3), st.booleans(), st.sampled_from([None, 1]))
def test_finds_what_the_plain_predicate_takes(
    steps: list[tuple[object, ...]], drawn: list[Expression], deflates: bool, connection: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        story = Story(folder, deflates)
        store = Store(*open_read_only(story.session.path))
        stack.callback(store.close)
        live = [(expression, begin(store, expression, connection)) for expression in drawn]
        for step in steps:
            story.do(step)
            if step == ("look",):
                for _, search in live:
                    known = search.step(0.0).hits
                    assert len(search.positions(0, 10_000)) == known
        reader = story.session.read()
        stack.callback(reader.close)
        listed = reader.rows(connection, 1, 10_000) if connection else reader.all_rows(1, 10_000)
        plain = plain_rows(reader, listed)
        late = [(expression, begin(store, expression, connection)) for expression in (*drawn, *USUAL)]
        for expression, search in (*live, *late):
            check(search, [at for at, row in enumerate(plain, 1) if plainly(expression, row)], listed)


def check(search: FilteredRows, expected: list[int], listed: list[Row]) -> None:
    """A search finds these positions of a list, however it is asked."""
    progress = finish(search)
    assert (progress.hits, progress.total) == (len(expected), len(listed))
    assert search.positions(0, 10_000) == expected
    assert search.rows(0, 10_000) == [listed[at - 1] for at in expected]
    for at in range(1, len(listed) + 1):
        assert search.hits_before(at) == sum(one < at for one in expected)
    assert list(search.hits_between(2, 5)) == [at for at in expected if 2 <= at <= 5]


def taken(path: Path, text: str) -> list[int]:
    """The rows of the first connection that a filter takes."""
    with contextlib.closing(Reader(path)) as reader:
        search = reader.search(1, parse(text))
        while not search.step(0.0).is_done:
            pass
        found = search.positions(0, 100)
        assert search.rows(0, 100) == [row for row in reader.rows(1, 1, 1000) if row.number in found]
    return found


def test_a_name_may_be_written_in_escapes(session: Session) -> None:
    recording = session.open()
    for text in (rb'{"\u0074ype": "tick"}', rb'{"sort": "tick"}', rb'{"sort": "\u0074ick"}'):
        recording.read(Side.SERVER, build_frame(1, text), START_NS)
        session.recorder.flush()
    session.read().close()
    assert taken(session.path, "json:$.type=tick") == [1]
    assert taken(session.path, "-json:$.sort=tick") == [1]


def test_a_gap_behind_an_event_whose_time_lies_before_its_segment(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, build_frame(1, b"a"), START_NS + 1000)
    recording.event(EventKind.NOTE, START_NS, text="the clock went back")
    session.recorder.flush()
    recording.read(Side.SERVER, build_frame(1, b"b"), START_NS + 1050)
    session.read().close()
    assert taken(session.path, "gap:>500ns") == [3]


def test_a_ping_inside_a_message_when_both_began_in_other_segments(session: Session) -> None:
    recording = session.open()
    ping = build_frame(9, b"between")
    recording.read(Side.SERVER, build_frame(1, b"half", fin=False), START_NS)
    session.recorder.flush()
    recording.read(Side.SERVER, ping[:3], START_NS + 1)
    session.recorder.flush()
    recording.read(Side.SERVER, ping[3:], START_NS + 2)
    session.recorder.flush()
    recording.read(Side.SERVER, build_frame(0, b" way"), START_NS + 3)
    session.read().close()
    assert taken(session.path, "between") == [1]
    assert taken(session.path, '"half way"') == [2]


def test_a_header_cut_in_two_and_short_frames_behind_it(session: Session) -> None:
    recording = session.open()
    recording.read(Side.SERVER, b"\x81", START_NS)
    session.recorder.flush()
    recording.read(Side.SERVER, b"\x01a" + build_frame(1, b"b") + build_frame(1, b"c"), START_NS + 1)
    session.read().close()
    assert [taken(session.path, text) for text in ("a", "b", "c", "size:1")] == [[1], [2], [3], [1, 2, 3]]


def test_what_was_agreed_on_after_the_search_began_counts(session: Session) -> None:
    recording = session.recorder.opened(source="relay", client="", url="", path="/", request=b"", at_ns=START_NS)
    recording.event(EventKind.NOTE, START_NS, text="dialling")
    session.recorder.flush()
    with sqlite3.connect(session.path) as db:
        while not db.execute("SELECT 1 FROM event").fetchone():
            pass
    with contextlib.closing(Reader(session.path)) as reader:
        search = reader.search(1, parse("inflated"))
        assert search.step(60.0).total == 1
        recording.responded(b"", 101, START_NS)
        recording.upgraded(START_NS, subprotocol="", extensions="permessage-deflate")
        frame = Wire(deflates=True).message(1, b"inflated" * 10, mask=None, pieces=1, is_deflated=True)
        recording.read(Side.SERVER, frame, START_NS)
        session.recorder.flush()
        assert session.writer.stop(START_NS) == ""
        assert search.step(60.0).hits == 1
