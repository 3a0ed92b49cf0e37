"""A stretch tells the rows around a word as going through every frame does, masked or not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.strategies import MASKS, STREAMS
from wsinspect.wire.builder import build_frame
from wsinspect.wire.frames import TEXT, FrameScanner, unmask
from wsinspect.wire.stretch import Stretch

WORD = "Needle-in-hay"
LINES = st.lists(
    st.builds(
        lambda before, word, behind, mask: build_frame(TEXT, (before + word + behind).encode(), mask=mask),
        st.text("abNn- ", max_size=150),
        st.sampled_from(["", WORD, WORD.upper(), WORD[:5], WORD[4:]]),
        st.text("abe ", max_size=150),
        MASKS,
    ),
    max_size=12,
)
SHORT_OR_LONG = st.sampled_from([WORD, WORD[:6], "e-in-", "ab", "nn"])


@settings(deadline=None)
@given(LINES, st.sets(st.integers(0, 11)), st.binary(max_size=20), SHORT_OR_LONG, st.booleans())
def test_no_row_with_the_word_is_left_out(
    lines: list[bytes], also: set[int], before: bytes, text: str, is_folded: bool
) -> None:
    word = (text.lower() if is_folded else text).encode()
    first_rows = [0, *sorted(at for at in also if 0 < at < len(lines))]
    starts = [len(before) + sum(map(len, lines[:at])) for at in first_rows]
    stretch = Stretch(before + b"".join(lines), starts, may_be_masked=True)
    contents = [stretch.payload(frame) for frame in stretch.rows]
    holding = [at for at, content in enumerate(contents) if word in (content.lower() if is_folded else content)]
    near = list(stretch.around(word, is_folded=is_folded))
    around = [first_rows[one.start] + one.place for one in near]
    assert [stretch.rows[at] for at in around] == [one.frame for one in near]
    assert set(holding) <= set(around)
    assert around == sorted(set(around))
    if holding:
        assert stretch.may_hold(word, is_folded=is_folded)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([b"hay", b"needle", b"a needle, needle"]), st.booleans()), max_size=12),
    st.sets(st.integers(0, 11)),
)
def test_a_word_in_a_fragment_is_in_the_row_that_ends_next(lines: list[tuple[bytes, bool]], also: set[int]) -> None:
    frames = [build_frame(TEXT, text, fin=fin) for text, fin in lines]
    begins = [0, *sorted(at for at in also if 0 < at < len(lines))]
    stretch = Stretch(b"".join(frames), [sum(map(len, frames[:at])) for at in begins], may_be_masked=False)
    # Which row each frame is part of, counted by the frames with FIN before it.
    row_of = [sum(fin for _, fin in lines[:at]) for at in range(len(lines))]
    holding = {row_of[at] for at, (text, _) in enumerate(lines) if b"needle" in text}
    around = [row_of[begins[one.start]] + one.place for one in stretch.around(b"needle", is_folded=True)]
    assert around == sorted(row for row in holding if row < len(stretch.rows))
    for row, one in zip(around, stretch.around(b"needle", is_folded=True), strict=True):
        assert stretch.rows[row] == one.frame


@settings(deadline=None)
@given(STREAMS)
def test_rows_and_payloads_are_those_of_the_scanner(stream: bytes) -> None:
    stretch = Stretch(stream, (0,), may_be_masked=True)
    frames = [frame for frame in FrameScanner().feed(stream) if frame.is_control or frame.first & 0x80]
    assert [(one[0], one[1], one[2], one[3]) for one in stretch.rows] == [
        (frame.first, frame.second, frame.payload_at, frame.end) for frame in frames
    ]
    for one, frame in zip(stretch.rows, frames, strict=True):
        sent = stream[frame.payload_at : frame.end]
        key = stream[frame.payload_at - 4 : frame.payload_at]
        assert (
            stretch.payload(one) == stretch.plain[one[2] : one[3]] == (unmask(key, sent) if frame.is_masked else sent)
        )


def test_what_stands_before_the_first_frame_is_not_looked_at() -> None:
    data = b"needle" + build_frame(TEXT, b"hay")
    assert not Stretch(data, (6,), may_be_masked=False).may_hold(b"needle", is_folded=True)
    assert list(Stretch(data, (6,), may_be_masked=False).around(b"needle", is_folded=True)) == []


def test_a_word_that_begins_in_one_row_and_ends_in_the_next_is_in_neither() -> None:
    stream = build_frame(TEXT, b"nee") + build_frame(TEXT, b"dle")
    stretch = Stretch(stream, (0,), may_be_masked=False)
    assert not stretch.may_hold(b"needle", is_folded=True)
