"""A stream changed as it passes: what is changed is changed, all else stays, however the stream is cut."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.wire.builder import build_frame
from wsinspect.wire.editing import Change, Overwrite, StreamEditor
from wsinspect.wire.payloads import PayloadScanner
from wsinspect.wire.rows import RowScanner

KEYS = st.sampled_from([None, b"\x01\x02\x03\x04"])


class Sent(NamedTuple):
    """A message in fragments, with control frames between them."""

    fragments: list[bytes]
    between: list[bytes]
    key: bytes | None
    length_bytes: int | None
    anew: bytes | None

    def frames(self, fragments: list[bytes] | None = None) -> list[bytes]:
        """Its frames; other contents give other frames in the same order."""
        found: list[bytes] = []
        carried = self.fragments if fragments is None else fragments
        for at, content in enumerate(carried):
            is_last = at == len(self.fragments) - 1
            length_bytes = self.length_bytes if fragments is None else None
            found.append(build_frame(0 if at else 1, content, fin=is_last, mask=self.key, length_bytes=length_bytes))
            if not is_last:
                found += [build_frame(9, said, mask=self.key) for said in self.between[at : at + 1]]
        return found


SENT = st.builds(
    Sent,
    st.lists(st.binary(max_size=200), min_size=1, max_size=4),
    st.lists(st.binary(max_size=20), max_size=3),
    KEYS,
    st.none(),
    st.one_of(st.none(), st.binary(max_size=400)),
)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data cut at these places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


def contents(stream: bytes) -> list[bytes]:
    """What the messages of a stream carry."""
    found = [b""]
    for piece in PayloadScanner().feed(stream):
        found[-1] += piece.data
        if piece.ends_frame and piece.frame.fin:
            found.append(b"")
    return found[:-1]


@given(st.lists(SENT, max_size=5), st.lists(st.integers(0, 3000), max_size=20), st.integers(0, 5))
def test_overwriting_moves_nothing(sent: list[Sent], cuts: list[int], step: int) -> None:
    editor, at = StreamEditor(), 0
    stream = b""
    expected: list[bytes] = []
    for number, message in enumerate(sent):
        frames = message.frames()
        content = b"".join(message.fragments)
        if number % 2 == 0:
            spots = range(step, max(step, len(content) - 2), 7)
            editor.change(at, Change([Overwrite(spot, b"###") for spot in spots], blank_from=100, blank=0x2A))
            changed = bytearray(content)
            for spot in spots:
                changed[spot : spot + 3] = b"###"
            content = bytes(changed[:100]) + b"*" * len(content[100:])
        expected.append(content)
        stream += b"".join(frames)
        at = len(stream)
    given_out = b"".join(editor.feed(piece) for piece in pieces(stream, cuts))
    assert contents(given_out) == expected
    assert RowScanner().feed(given_out) == [
        row._replace(raw=found.raw) if row.raw else row
        for row, found in zip(RowScanner().feed(stream), RowScanner().feed(given_out), strict=True)
    ]
    assert [row.raw for row in RowScanner().feed(given_out)] == [row.raw for row in RowScanner().feed(stream)]


@given(st.lists(SENT, max_size=5), st.lists(st.integers(0, 3000), max_size=20))
def test_other_content_comes_in_as_many_frames(sent: list[Sent], cuts: list[int]) -> None:
    editor = StreamEditor()
    stream = b""
    for message in sent:
        if message.anew is not None:
            editor.change(len(stream), Change(anew=message.anew))
        stream += b"".join(message.frames())
    given_out = b"".join(editor.feed(piece) for piece in pieces(stream, cuts))
    assert contents(given_out) == [
        b"".join(message.fragments) if message.anew is None else message.anew for message in sent
    ]
    before, after = RowScanner().feed(stream), RowScanner().feed(given_out)
    assert [(row.first, row.second & 0x80, row.frames, row.raw) for row in before] == [
        (row.first, row.second & 0x80, row.frames, row.raw) for row in after
    ]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=10))
def test_what_is_not_to_be_changed_passes_byte_for_byte(data: bytes, cuts: list[int]) -> None:
    editor = StreamEditor()
    assert b"".join(editor.feed(piece) for piece in pieces(data, cuts)) == data
    assert editor.at == len(data)


@given(st.lists(SENT, min_size=1, max_size=4), st.integers(0, 2000), st.lists(st.integers(0, 2000), max_size=8))
def test_it_goes_on_anywhere_in_a_stream(sent: list[Sent], start: int, cuts: list[int]) -> None:
    stream = b"".join(frame for message in sent for frame in message.frames())
    start %= len(stream) + 1
    scanner = RowScanner()
    scanner.feed(stream[:start])
    tail = build_frame(1, b"secret")
    editor = StreamEditor()
    if start:
        editor.change(0, Change(blank_from=0))
    editor.change(len(stream), Change(blank_from=0, blank=0x2A))
    header, missing, is_open = scanner.unfinished
    editor.go_on(start, header, missing, is_open=is_open)
    given_out = b"".join(editor.feed(piece) for piece in pieces(stream[start:] + tail, cuts))
    assert given_out == stream[start:] + build_frame(1, b"******")


@given(st.binary(min_size=1, max_size=200), KEYS, st.integers(1, 200), st.lists(st.integers(0, 400), max_size=8))
def test_what_began_before_can_be_overwritten(said: bytes, key: bytes | None, start: int, cuts: list[int]) -> None:
    stream = build_frame(1, said[:50], fin=False, mask=key) + build_frame(0, said[50:], mask=key)
    start = min(start, len(stream) - 1)
    scanner = RowScanner()
    scanner.feed(stream[:start])
    header, missing, is_open = scanner.unfinished
    editor = StreamEditor()
    editor.go_on(start, header, missing, is_open=is_open, blank=0x2A)
    rest = stream[start:] + build_frame(1, b"next", mask=key)
    given_out = stream[:start] + b"".join(editor.feed(piece) for piece in pieces(rest, cuts))
    before = PayloadScanner()
    seen = sum(len(piece.data) for piece in before.feed(stream[:start]))
    assert contents(given_out) == [said[:seen] + b"*" * len(said[seen:]), b"next"]


def test_the_last_byte_comes_with_the_last_byte() -> None:
    frame = build_frame(1, b"a" * 300, mask=b"abcd")
    for anew in (b"b" * 10, b"b" * 3000):
        editor = StreamEditor()
        editor.change(0, Change(anew=anew))
        parts = [editor.feed(frame[at : at + 1]) for at in range(len(frame))]
        whole = b"".join(parts)
        assert contents(whole) == [anew]
        assert parts[0] == frame[:1]
        assert parts[-1] == whole[-len(parts[-1]) :] != b""
        assert RowScanner().feed(b"".join(parts[:-1])) == []


def test_a_length_written_wastefully_stays_so() -> None:
    editor = StreamEditor()
    editor.change(0, Change(anew=b"xy"))
    assert editor.feed(build_frame(1, b"a", length_bytes=8)) == build_frame(1, b"xy", length_bytes=8)
