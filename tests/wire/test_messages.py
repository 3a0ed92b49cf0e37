"""Messages say which rules they break, each once, and legal streams break none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.samples import LEGAL, SAMPLES, Sample
from tests.wire.strategies import STREAMS
from wsinspect.model import RowKind, Side, Violation
from wsinspect.wire.frames import CLOSE, FrameScanner
from wsinspect.wire.messages import message_violations, row_kind, text_violations
from wsinspect.wire.rows import RowScanner


def judged(stream: bytes, side: Side, *, deflate: bool) -> list[tuple[Violation, ...]]:
    """The violations of each row of a stream."""
    rows = RowScanner().feed(stream)
    found = []
    frames = FrameScanner().feed(stream)
    closed_at = len(stream)
    for row in rows:
        is_control = bool(row.first & 8)
        of_row = [frame for frame in frames if row.at <= frame.at < row.end and (frame.is_control == is_control)]
        found.append(message_violations(iter(of_row), side=side, deflate=deflate, after_close=row.at > closed_at))
        if row.first & 15 == CLOSE:
            closed_at = min(closed_at, row.at)
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_samples_break_exactly_their_rules(sample: Sample) -> None:
    found = judged(sample.data, sample.side, deflate=sample.deflate)
    assert tuple(violation.rule for row in found for violation in row) == sample.rules


def test_no_alarm_on_legal_streams() -> None:
    assert all(not sample.rules for sample in LEGAL)


@given(STREAMS, st.sampled_from(Side), st.booleans())
def test_any_stream_is_judged(stream: bytes, side: Side, deflate: bool) -> None:
    for violations in judged(stream, side, deflate=deflate):
        rules = [violation.rule for violation in violations]
        assert len(rules) == len(set(rules))
        for violation in violations:
            assert violation.detail.isprintable()
            assert violation.source.startswith("RFC ")


def test_kinds() -> None:
    assert row_kind(0x81) is RowKind.TEXT
    assert row_kind(0x02) is RowKind.BINARY
    assert row_kind(0xC1) is RowKind.TEXT
    assert row_kind(0x80) is RowKind.CONTINUATION
    assert [row_kind(opcode) for opcode in (8, 9, 10)] == [RowKind.CLOSE, RowKind.PING, RowKind.PONG]
    assert {row_kind(opcode) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)} == {RowKind.RESERVED}


@pytest.mark.parametrize(
    ("payload", "is_whole", "start"),
    [
        (b"", True, None),
        ("grüße \U0010ffff".encode(), True, None),
        (b"ab\xffcd", True, 2),
        (b"ab\xffcd", False, 2),
        (b"ab\xe2\x82", True, 2),
        (b"ab\xe2\x82", False, None),
        (b"\xed\xa0\x80", True, 0),
        (b"\xc0\x80", False, 0),
        (b"\xf5\x80\x80\x80", True, 0),
    ],
)
def test_text_must_be_utf8(payload: bytes, is_whole: bool, start: int | None) -> None:
    found = text_violations(payload, is_whole=is_whole)
    assert [violation.rule for violation in found] == ([] if start is None else ["text-utf8"])
    for violation in found:
        assert f"from byte {start} on" in violation.detail
