"""Following a session: everything once and in order, however it is committed; the capture is never held up."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.limits import LIMIT_S
from wsinspect.cli import headless
from wsinspect.cli.headless import Printer, follow
from wsinspect.cli.output import Output
from wsinspect.model import Ending, EventKind, Row, Side
from wsinspect.session.reader import Reader
from wsinspect.session.recording.connection import Recording
from wsinspect.session.recording.recorder import Recorder
from wsinspect.session.recording.writer import SessionWriter
from wsinspect.wire.builder import build_close, build_frame

START = 1_795_356_153_000_000_000
MASK = b"abcd"


class Capture:
    """Records as the capture process does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = SessionWriter(path, {"source": "test", "version": "0", "started_ns": str(START)}, reserve=0)
        self.recorder = Recorder(self.writer)
        self.now = START
        self.has_stopped = False

    def tick(self) -> int:
        self.now += 1_000_000
        return self.now

    def open(self, path: str = "/x") -> Recording:
        return self.recorder.opened(
            source="relay", client="127.0.0.1:5", url="ws://host:9" + path, path=path, request=b"GET", at_ns=self.tick()
        )

    def upgraded(self, path: str = "/x") -> Recording:
        recording = self.open(path)
        recording.dialled("127.0.0.1:9", self.tick())
        recording.responded(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, self.tick())
        recording.upgraded(self.tick(), subprotocol="", extensions="")
        return recording

    def say(self, recording: Recording, text: str, side: Side = Side.CLIENT) -> None:
        mask = MASK if side is Side.CLIENT else None
        recording.read(side, build_frame(1, text.encode(), mask=mask), self.tick())

    def close(self, recording: Recording, code: int = 1000) -> None:
        recording.read(Side.SERVER, build_close(code), self.tick())
        recording.read(Side.CLIENT, build_close(code, mask=MASK), self.tick())
        self.cut(recording)

    def cut(self, recording: Recording) -> None:
        recording.ended(Side.SERVER, Ending.FIN, self.tick())
        recording.ended(Side.CLIENT, Ending.FIN, self.tick())
        recording.closed(self.tick())

    async def commit(self) -> None:
        self.recorder.flush()
        await asyncio.to_thread(self.settle)

    def settle(self) -> None:
        """Wait until the writer has stored everything."""
        self.recorder.flush()
        while self.writer._queued:
            os.sched_yield()

    async def stop(self) -> None:
        if not self.has_stopped:
            self.has_stopped = True
            self.recorder.flush()
            assert await asyncio.to_thread(self.writer.stop, self.tick()) == ""


@pytest.fixture
def capture(tmp_path: Path) -> Iterator[Capture]:
    made = Capture(tmp_path / "session.wsi")
    yield made
    if not made.has_stopped:
        made.writer.stop(START)


@pytest.fixture
def reader(capture: Capture) -> Iterator[Reader]:
    opened = Reader(capture.path)
    yield opened
    opened.close()


def news(printer: Printer, reader: Reader) -> list[Any]:
    """What is new, as records."""
    return [json.loads(line) for line in "".join(printer.news(reader)).splitlines()]


def brief(records: list[Any]) -> list[tuple[object, ...]]:
    """Event, connection, and what tells one from another."""
    return [(r["event"], r["connection"], r.get("text", r.get("code", r.get("status")))) for r in records]


def test_each_thing_is_printed_once_as_it_is_committed(capture: Capture, reader: Reader) -> None:
    printer = Printer(as_json=True, width=None)
    first = capture.upgraded()
    capture.say(first, "a")
    capture.settle()
    assert brief(news(printer, reader)) == [("open", 1, 101), ("message", 1, "a")]
    assert news(printer, reader) == []
    second = capture.upgraded()
    capture.say(second, "b")
    capture.say(first, "c")
    capture.close(first, 1011)
    capture.settle()
    assert brief(news(printer, reader)) == [
        ("open", 2, 101),
        ("message", 2, "b"),
        ("message", 1, "c"),
        ("close_frame", 1, 1011),
        ("close_frame", 1, 1011),
        ("end", 1, None),
        ("end", 1, None),
        ("close", 1, 1011),
    ]
    capture.cut(second)
    capture.settle()
    assert brief(news(printer, reader)) == [("end", 2, None), ("end", 2, None), ("close", 2, 1006)]


def test_an_opening_waits_for_the_answer(capture: Capture, reader: Reader) -> None:
    printer = Printer(as_json=True, width=None)
    recording = capture.open("/reports")
    capture.settle()
    assert news(printer, reader) == []
    recording.responded(b"HTTP/1.1 502 Bad Gateway\r\n\r\n", 502, capture.tick())
    capture.cut(recording)
    capture.settle()
    found = brief(news(printer, reader))
    assert found[0] == ("refused", 1, 502)
    assert found[-1] == ("close", 1, None)
    assert [event for event, _, _ in found].count("close") == 1


def test_a_row_before_the_answer_brings_the_opening_with_it(capture: Capture, reader: Reader) -> None:
    printer = Printer(as_json=True, width=None)
    recording = capture.open()
    recording.failed("connection refused", "tcp", capture.tick())
    capture.settle()
    assert brief(news(printer, reader)) == [("open", 1, None), ("failed", 1, None)]
    capture.cut(recording)
    capture.settle()
    assert brief(news(printer, reader))[-1] == ("close", 1, 1006)


def test_openings_and_closes_stand_among_the_rows_in_order_of_time(capture: Capture, reader: Reader) -> None:
    first = capture.upgraded()
    capture.say(first, "a")
    second = capture.upgraded()
    capture.say(second, "b")
    capture.cut(first)
    silent = capture.upgraded()
    capture.say(second, "c")
    last = capture.upgraded()
    capture.settle()
    printed = brief(news(Printer(as_json=True, width=None), reader))
    assert printed == [
        ("open", 1, 101),
        ("message", 1, "a"),
        ("open", 2, 101),
        ("message", 2, "b"),
        ("end", 1, None),
        ("end", 1, None),
        ("close", 1, 1006),
        ("open", silent.id, 101),
        ("message", 2, "c"),
        ("open", last.id, 101),
    ]


def test_a_connection_that_appears_while_rows_are_read_is_printed_once(capture: Capture, reader: Reader) -> None:
    capture.say(capture.upgraded(), "a")
    capture.settle()

    class Late(Reader):
        """A capture goes on between two calls."""

        is_late = False

        def all_rows(self, first: int, count: int) -> list[Row]:
            if not self.is_late:
                self.is_late = True
                capture.upgraded()
                capture.say(capture.upgraded(), "b")
                capture.settle()
            return super().all_rows(first, count)

    late = Late(capture.path)
    printer = Printer(as_json=True, width=None)
    assert brief(news(printer, late) + news(printer, late)) == [
        ("open", 1, 101),
        ("message", 1, "a"),
        ("open", 3, 101),
        ("message", 3, "b"),
        ("open", 2, 101),
    ]
    late.close()


def test_what_concerns_the_whole_session_has_no_connection(capture: Capture, reader: Reader) -> None:
    capture.recorder.event(EventKind.SLEEP, capture.tick(), seconds=720)
    capture.settle()
    assert brief(news(Printer(as_json=True, width=None), reader)) == [("sleep", None, None)]


def test_many_rows_come_in_windows_and_a_reader_may_pause_between_chunks(
    capture: Capture, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headless, "CHUNK", 1000)
    recordings = [capture.upgraded() for _ in range(3)]
    for number in range(headless.WINDOW * 2 + 1):
        capture.say(recordings[number % 3], str(number))
    for recording in recordings:
        capture.close(recording)
    capture.settle()
    printer = Printer(as_json=True, width=None)
    said: list[str] = []
    while chunk := next(printer.news(reader), ""):  # a new generator for each chunk: none is read to its end
        said += chunk.splitlines()
    records = [json.loads(line) for line in said]
    texts = [record["text"] for record in records if record["event"] == "message"]
    assert texts == [str(number) for number in range(headless.WINDOW * 2 + 1)]
    events = [record["event"] for record in records]
    assert (events.count("open"), events.count("close")) == (3, 3)


def test_content_larger_than_a_row_carries_is_read_from_the_file(capture: Capture, reader: Reader) -> None:
    recording = capture.upgraded()
    capture.say(recording, "ü" * 5000)
    capture.settle()
    message = news(Printer(as_json=True, width=None), reader)[1]
    assert message["text"] == "ü" * 5000
    assert "problem" not in message


def test_content_beyond_the_limit_is_cut_and_said_to_be(
    capture: Capture, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headless, "CONTENT_LIMIT", 1001)
    recording = capture.upgraded()
    capture.say(recording, "ü" * 5000)
    capture.settle()
    message = news(Printer(as_json=True, width=None), reader)[1]
    assert (message["size"], message["text"]) == (10_000, "ü" * 500)
    assert message["problem"]


def test_lines_for_people_show_the_date_when_it_changes(capture: Capture, reader: Reader) -> None:
    recording = capture.upgraded("/feed")
    capture.say(recording, "before")
    capture.now += 86_400_000_000_000
    capture.say(recording, "after")
    capture.settle()
    lines = "".join(Printer(as_json=False, width=60).news(reader)).splitlines()
    assert [("/feed" in line, "before" in line, "after" in line) for line in lines] == [
        (False, False, False),
        (True, False, False),
        (False, True, False),
        (False, False, False),
        (False, False, True),
    ]


async def test_follow_prints_until_the_recording_ends_by_itself(
    capture: Capture, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    following = asyncio.ensure_future(
        follow(capture.path, as_json=True, stop=asyncio.Event(), end_capture=capture.stop)
    )
    recording = capture.upgraded()
    capture.say(recording, "a")
    await capture.commit()
    capture.close(recording)
    await capture.stop()
    await following
    assert brief([json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]) == [
        ("open", 1, 101),
        ("message", 1, "a"),
        ("close_frame", 1, 1000),
        ("close_frame", 1, 1000),
        ("end", 1, None),
        ("end", 1, None),
        ("close", 1, 1000),
    ]


async def test_follow_lets_go_of_the_file_before_the_capture_ends_and_prints_the_rest(
    capture: Capture, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    recording = capture.upgraded()
    capture.say(recording, "a")
    await capture.commit()
    stop = asyncio.Event()

    async def end_capture() -> None:
        capture.close(recording)  # what the end of the capture itself brings
        await capture.stop()
        assert [path.name for path in capture.path.parent.iterdir()] == [capture.path.name]

    following = asyncio.ensure_future(follow(capture.path, as_json=True, stop=stop, end_capture=end_capture))
    stop.set()
    await following
    assert brief([json.loads(line) for line in capfdbinary.readouterr().out.splitlines()])[-1] == ("close", 1, 1000)


async def test_a_pipe_that_nobody_reads_any_more_ends_it_quietly(capture: Capture) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    output = Output(writing)
    assert await output.write("x") is False
    assert output.is_gone
    assert await output.write("y") is False
    os.close(writing)


async def test_a_reader_that_stalls_does_not_hold_up_the_end(capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setattr(headless, "Output", lambda: Output(writing))
    monkeypatch.setattr(headless, "GRACE_S", 0.1)
    recording = capture.upgraded()
    capture.say(recording, "a" * 200_000)  # more than a pipe holds
    await capture.commit()
    stop = asyncio.Event()
    following = asyncio.ensure_future(follow(capture.path, as_json=True, stop=stop, end_capture=capture.stop))
    assert await asyncio.to_thread(os.read, reading, 1)  # the pipe is in use, and full from here on
    stop.set()
    async with asyncio.timeout(LIMIT_S):
        await following
    assert capture.has_stopped
    os.close(reading)


async def test_what_a_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()

    class Terminal:
        encoding = "ascii"

    monkeypatch.setattr("sys.stdout", Terminal())
    assert await Output(writing).write("▲ text") is True
    assert os.read(reading, 100) == rb"\u25b2 text"
    os.close(reading)
    os.close(writing)
