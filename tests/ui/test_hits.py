"""What is looked for is marked in each view of a message, whatever the view makes of the bytes."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.filters.expression import Text
from wsinspect.filters.spots import Findable
from wsinspect.model import HEAD_BYTES, Row, RowKind, Side
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.forms import HexPage, LinesPage, Page, text_page
from wsinspect.ui.pages.hits import drawn, found

WORDS = (Text("needle"),)


def row(content: bytes) -> Row:
    return Row(
        connection=1, number=1, kind=RowKind.TEXT, at_ns=0, first_ns=0, side=Side.SERVER, size=len(content), frames=1,
        head=content[:HEAD_BYTES],
    )  # fmt: skip


def marked(page: Page, hit: int) -> str:
    """What a page draws of one hit, its lines joined."""
    lines = (drawn(page.line(y), page.hits.spans.get(y, ()), hit) for y in range(len(page)))
    return "".join(piece.text for line in lines for piece in line if piece.style == Tone.FOUND_HERE)


def as_text(content: bytes, width: int = 20, wanted: tuple[Findable, ...] = WORDS, *, is_cut: bool = False) -> Page:
    return text_page(row(content), content, width, is_cut=is_cut, wanted=wanted)


_PARTS = st.lists(st.sampled_from(["needle", "Needle", "x", "日", "e\u0301", "\u0301", "\x1b", "\n", " ", "\udcff"]))


@given(_PARTS, st.integers(1, 30))
def test_words_are_marked_in_text_wherever_lines_are_cut(parts: list[str], width: int) -> None:
    content = "".join(parts).encode("utf-8", "surrogateescape")
    page = as_text(content, width)
    count = sum(part.lower() == "needle" for part in parts)
    assert len(page.hits.lines) == count
    assert [marked(page, hit).lower() for hit in range(count)] == ["needle"] * count
    begins = [drawn(page.line(y), page.hits.spans[y], hit) for hit, y in enumerate(page.hits.lines)]
    assert all(any(piece.style == Tone.FOUND_HERE for piece in line) for line in begins)


_VALUES = st.recursive(
    st.integers() | st.sampled_from(["needle", "a needle", "x", "nee dle"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["needle", "x"]), inner, max_size=2),
    max_leaves=12,
)


@given(st.lists(_VALUES), st.integers(3, 30), st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")]))
def test_words_are_marked_in_json_as_it_is_laid_out(value: object, width: int, separators: tuple[str, str]) -> None:
    said = json.dumps(value, separators=separators)
    page = as_text(said.encode(), width)
    assert [marked(page, hit) for hit in range(len(page.hits.lines))] == ["needle"] * said.count("needle")


def test_a_phrase_over_what_is_laid_out_on_several_lines() -> None:
    page = as_text(b'{"type":"tick","seq":7}', 40, (Text('"tick","seq":7'),))
    assert page.hits.lines == (1,)
    assert marked(page, 0) == '"tick","seq": 7'


@given(st.lists(st.sampled_from([b"needle", b"NEEDLE", b"\x00", b"nee"])).map(b"".join))
def test_words_are_marked_among_the_bytes(content: bytes) -> None:
    places = found(WORDS, content)
    page = HexPage(content, places)
    for hit, (begin, end) in enumerate(places):
        shown = content[begin:end]
        drawn_twice = marked(page, hit).replace(" ", "")
        assert sorted(drawn_twice) == sorted(shown.hex() + shown.decode())
    assert page.hits.lines == tuple(begin // 16 for begin, _ in places)


def test_lines_that_are_made_out_are_marked_over_their_pieces() -> None:
    page = LinesPage([(Piece("a nee", Tone.DIM), Piece("dle, needle", Tone.PLAIN)), ()], WORDS)
    assert page.hits.lines == (0, 0)
    assert [marked(page, hit) for hit in (0, 1)] == ["needle", "needle"]


def test_many_hits_in_one_long_line_cost_no_more_than_they_are() -> None:
    content = b"needle" * 20_000
    page = as_text(content, 80)
    assert len(page.hits.lines) == 10_000
    laid = as_text(b'["' + content + b'"]', 80)
    assert len(laid.hits.lines) == 10_000
    assert marked(laid, 9_999) == "needle"


def test_nothing_is_marked_where_nothing_is_looked_for() -> None:
    assert as_text(b"needle", wanted=()).hits.lines == ()
