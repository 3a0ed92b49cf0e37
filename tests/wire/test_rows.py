"""Rows are a function of the bytes: any chunking, any place to go on from, gives the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.samples import SAMPLES, Sample
from tests.wire.strategies import STREAMS, chunked, every_byte
from wsinspect.wire.rows import RowScanner, ScannedRow


def scanned(pieces: list[bytes], at: int = 0) -> tuple[list[ScannedRow], RowScanner]:
    scanner = RowScanner(at)
    return [row for piece in pieces for row in scanner.feed(piece)], scanner


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_samples_whole_and_byte_by_byte(sample: Sample) -> None:
    whole, after_whole = scanned([sample.data])
    pieces, after_pieces = scanned(every_byte(sample.data))
    assert whole == pieces
    assert after_whole.state() == after_pieces.state()
    assert tuple((row.first & 15, row.size, row.frames) for row in whole) == sample.rows
    assert len(sample.data) - after_whole.row_at == sample.rest
    assert after_whole.is_idle == (sample.rest == 0)


@given(st.data(), STREAMS, st.integers(0, 1 << 50))
def test_any_chunking_gives_the_same_rows_and_state(data: st.DataObject, stream: bytes, at: int) -> None:
    whole, after_whole = scanned([stream], at)
    pieces, after_pieces = scanned(data.draw(chunked(stream)), at)
    assert whole == pieces
    assert after_whole.state() == after_pieces.state()
    assert after_whole.at == at + len(stream)


@given(st.data(), STREAMS)
def test_scanning_goes_on_from_the_state_of_any_place(data: st.DataObject, stream: bytes) -> None:
    whole, after_whole = scanned([stream])
    rows: list[ScannedRow] = []
    scanner = RowScanner()
    for piece in data.draw(chunked(stream)):
        scanner = RowScanner.resumed(scanner.at, scanner.state())
        rows += scanner.feed(piece)
    assert rows == whole
    assert scanner.state() == after_whole.state()


@given(STREAMS)
def test_every_byte_belongs_to_one_row_or_to_the_rest(stream: bytes) -> None:
    rows, scanner = scanned([stream])
    inside = sum(row.wire_length for row in rows)
    control_after = sum(row.wire_length for row in rows if row.at >= scanner.row_at)
    assert inside - control_after <= scanner.row_at
    if scanner.is_idle:
        assert inside == len(stream)
    for row in rows:
        assert row.wire_length <= row.end - row.at
        assert bool(row.raw) == bool(row.first & 8)


@given(st.integers(0, 1 << 60), st.binary(max_size=260))
def test_a_foreign_state_is_refused_or_harmless(at: int, state: bytes) -> None:
    try:
        scanner = RowScanner.resumed(at, state)
    except ValueError:
        return
    scanner.feed(b"\x81\x05Hello\x89\x00" * 9)
    scanner.state()
