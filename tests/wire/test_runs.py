"""Frames found together are the frames found one by one, and looking for them costs no more than they do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.samples import SAMPLES, Sample
from tests.wire.strategies import STREAMS, chunked, every_byte
from wsinspect.wire import runs
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import FrameScanner, frame_in
from wsinspect.wire.rows import RowScanner, rows_of
from wsinspect.wire.runs import Run, find_run, header_of, payload_starts, payloads

KEYS = [bytes([number, 7, 255 - number, 129]) for number in range(200)]


@settings(max_examples=300)
@given(st.data(), STREAMS, st.integers(0, 1 << 50))
def test_rows_found_together_are_those_found_byte_by_byte(data: st.DataObject, stream: bytes, at: int) -> None:
    stream = stream[:3000]
    slow, fast = RowScanner(at), RowScanner(at)
    expected = [row for piece in every_byte(stream) for row in slow.feed(piece)]
    assert [row for piece in data.draw(chunked(stream)) for row in rows_of(fast.scan(piece))] == expected
    assert fast.state() == slow.state()


@pytest.mark.parametrize("mask", [None, KEYS[3]])
@pytest.mark.parametrize("sizes", [(3, 130, 0, 126, 1, 125), (4, 4, 4, 4), (130, 130, 130, 130)])
def test_cut_at_every_place(sizes: tuple[int, ...], mask: bytes | None) -> None:
    stream = b"".join(build_frame(1, bytes(size), mask=mask) for size in sizes)
    whole = RowScanner().feed(stream)
    for cut in range(len(stream) + 1):
        scanner = RowScanner()
        assert scanner.feed(stream[:cut]) + scanner.feed(stream[cut:]) == whole


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_samples_many_times_over(sample: Sample) -> None:
    stream = sample.data * 40
    slow, fast = FrameScanner(), FrameScanner()
    assert fast.feed(stream) == [frame for piece in every_byte(stream) for frame in slow.feed(piece)]


@settings(max_examples=300)
@given(STREAMS)
def test_what_a_run_says_is_true_of_each_of_its_frames(stream: bytes) -> None:
    for run in (item for item in FrameScanner(5).scan(stream) if isinstance(item, Run)):
        frames = [frame_in(run, begin, end) for begin, end in pairwise(run.bounds)]
        assert len(frames) == run.frames >= 1
        assert (run.at, run.end) == (frames[0].at, frames[-1].end)
        assert run.largest == max(frame.length for frame in frames)
        assert run.first & 0x88 == 0x80
        for frame in frames:
            # Shortest length: nothing is lost by keeping the bounds alone.
            whole = stream[frame.at - 5 : frame.end - 5]
            mask = whole[frame.header_length - 4 : frame.header_length] if frame.is_masked else None
            built = build_frame(frame.opcode, bytes(frame.length), rsv=frame.rsv, mask=mask)
            assert built[: frame.header_length] == whole[: frame.header_length]
        if run.frames > 1:
            rest = run.without_first()
            assert rest.largest == max(frame.length for frame in frames[1:])
            assert rest.at == frames[1].at


@pytest.mark.parametrize("size", [0, 1, 125, 126, 300, 65535, 65536])
@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 17, 18, 100])
def test_equal_frames_are_one_run_without_a_list(size: int, is_masked: bool, count: int) -> None:
    if size == 65536 and count == 2:
        pytest.skip("a length of 64 bits is looked at by itself unless it comes three times")
    stream = b"".join(build_frame(2, bytes(size), mask=key if is_masked else None) for key in KEYS[:count])
    behind = build_frame(9) + build_frame(2, bytes(size), mask=KEYS[0] if is_masked else None)
    (run, *rest) = FrameScanner().scan(stream + behind)
    assert len(rest) == 2
    assert isinstance(run, Run) == (count > 1)
    if isinstance(run, Run):
        assert (run.frames, run.largest) == (count, size)
        assert isinstance(run.bounds, range) == (count > 2)


def test_frames_of_any_length_are_one_run() -> None:
    sizes = [5, 125, 126, 127, 0, 65535, 4, 4, 4, 4]
    (run,) = FrameScanner().scan(b"".join(build_frame(1, bytes(size)) for size in sizes))
    assert isinstance(run, Run)
    assert [end - begin - header_of(end - begin, 0) for begin, end in pairwise(run.bounds)] == sizes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (build_frame(1, b"a"), build_frame(2, b"a")),
        (build_frame(1, b"a"), build_frame(1, b"a", rsv=4)),
        (build_frame(1, b"a"), build_frame(1, b"a", mask=KEYS[0])),
        (build_frame(1, b"a"), build_frame(1, b"a", fin=False)),
        (build_frame(1, b"a"), build_frame(1, b"a", length_bytes=2)),
        (build_frame(1, b"a"), build_frame(1, b"a" * 125, length_bytes=2)),
        (build_frame(1, b"a" * 200), build_frame(1, b"a" * 200, length_bytes=8)),
        (build_frame(1, b"a"), build_frame(9, b"a")),
    ],
)
def test_what_differs_ends_a_run(one: bytes, other: bytes) -> None:
    for count in (1, 2, 3, 20):
        for end in (other, other + one):
            run = find_run(one * count + end, 0, 0)
            assert run is not None
            assert run.frames == count
        # Behind a frame of another length they are not compared as columns.
        unequal = build_frame(one[0] & 0x0F, b"bcd", mask=None) + one * count
        run = find_run(unequal + other, 0, 0)
        assert run is not None
        assert run.frames == count + 1


@pytest.mark.parametrize(
    "data",
    [b"\x81\x05hell", b"\x81\x7e\x00", b"\x81\x7f\x00\x00", b"\x81\x85abc", build_frame(1, b"a", length_bytes=8)],
)
def test_what_is_not_whole_or_wasteful_begins_no_run(data: bytes) -> None:
    assert find_run(data, 0, 0) is None


def test_looking_in_vain_costs_no_more_than_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs and triples of equal frames could make each look compare all that is left."""
    looked = 0
    real = runs._leading

    def counted(column: bytes, byte: int) -> int:
        nonlocal looked
        looked += len(column)
        return real(column, byte)

    monkeypatch.setattr(runs, "_leading", counted)
    for alike in (1, 2, 3, 4, 16, 17, 40):
        looked = 0
        stream = b"".join(build_frame(1, bytes(number // alike % 2)) for number in range(20_000))
        assert len(FrameScanner().feed(stream)) == 20_000
        assert looked <= 20_000 * 2 * runs.FIRST_LOOK


@pytest.mark.parametrize("sizes", [(0, 0, 0, 0), (5, 5, 5), (0, 5, 0, 4), (1, 130, 0, 126), (300, 300, 300, 300)])
@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("limit", [0, 3, 1000])
def test_payloads_of_a_run(sizes: tuple[int, ...], is_masked: bool, limit: int) -> None:
    wanted = bytes(range(7)) * 50
    frames = [build_frame(2, wanted[:size], mask=KEYS[at] if is_masked else None) for at, size in enumerate(sizes)]
    (run,) = FrameScanner(1000).scan(b"".join(frames))
    assert isinstance(run, Run)
    assert payloads(run, payload_starts(run), b"before" + b"".join(frames), 994, limit) == [
        wanted[:size][:limit] for size in sizes
    ]
