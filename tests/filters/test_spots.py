"""Where words and patterns stand in messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.filters.expression import Pattern, Text
from wsinspect.filters.matcher import finder
from wsinspect.filters.patterns import SEARCHED_BYTES, search
from wsinspect.filters.spots import line_spots, spots

_PIECES = st.sampled_from(
    [b"needle", b"NEEdle", b"need", "straße".encode(), "STRAẞE".encode(), b"\xff", b"\xe2\x82", b" "]
)


def test_in_upper_and_lower_case_and_the_longer_of_two() -> None:
    assert list(spots((Text("need"), Text("needle")), b"a Needle, a nEED")) == [(2, 8), (12, 16)]
    assert list(spots((), b"needle")) == []
    assert list(spots((Text("a.b"),), b"aXb a.b")) == [(4, 7)]


def test_letters_beyond_a_to_z_and_bytes_that_are_no_text() -> None:
    content = b"\xff\xe2\x82 \xc3\x84rger \xc3\xa4RGER"
    assert list(spots((Text("ärger"),), content)) == [(4, 10), (11, 17)]
    assert [content[begin:end].decode() for begin, end in spots((Text("ärger"),), content)] == ["Ärger", "äRGER"]


@given(st.lists(_PIECES).map(b"".join))
def test_a_word_of_a_to_z_is_found_where_the_filter_finds_it(content: bytes) -> None:
    found = list(spots((Text("needle"),), content))
    assert bool(found) == finder("needle")(content)
    assert all(content[begin:end].lower() == b"needle" for begin, end in found)


@given(st.lists(_PIECES).map(b"".join))
def test_other_words_are_cut_from_the_same_bytes(content: bytes) -> None:
    for begin, end in spots((Text("straße"), Text("needle")), content):
        assert content[begin:end].decode().casefold() in ("strasse", "needle")


@given(st.lists(_PIECES).map(b"".join))
def test_a_pattern_is_cut_from_the_same_bytes(content: bytes) -> None:
    pattern = Pattern("(?i)nee(d|dle)|ß")
    found = list(spots((pattern,), content))
    assert bool(found) == search(pattern.pattern, content)
    assert all(content[begin:end].decode().lower() in ("need", "ß") for begin, end in found)


def test_finds_of_words_and_patterns_in_turn_and_none_over_another() -> None:
    wanted = (Text("tick"), Pattern(r"\d+"), Pattern("ick.*?,"))
    assert list(spots(wanted, b"7 tick 10, pick 11, x")) == [(0, 1), (2, 6), (7, 9), (12, 19)]
    assert list(line_spots(wanted, "7 tick 10, pick 11, x")) == [(0, 1), (2, 6), (7, 9), (12, 19)]


def test_what_finds_nothing_or_takes_too_long_is_nowhere() -> None:
    assert list(spots((Pattern("x*"),), b"aaa")) == []
    assert list(spots((Pattern("(a|a)*b"),), b"a" * 5000)) == []
    assert list(line_spots((Pattern("(a|a)*b"),), "a" * 5000)) == []
    assert list(spots((Pattern("needle"),), b"x" * SEARCHED_BYTES + b"needle")) == []
