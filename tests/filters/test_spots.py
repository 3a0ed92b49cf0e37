"""Where words stand in messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsinspect.filters.matcher import finder
from wsinspect.filters.spots import spots

_PIECES = st.sampled_from(
    [b"needle", b"NEEdle", b"need", "straße".encode(), "STRAẞE".encode(), b"\xff", b"\xe2\x82", b" "]
)


def test_in_upper_and_lower_case_and_the_longer_of_two() -> None:
    assert list(spots(("need", "needle"), b"a Needle, a nEED")) == [(2, 8), (12, 16)]
    assert list(spots((), b"needle")) == []
    assert list(spots(("a.b",), b"aXb a.b")) == [(4, 7)]


def test_letters_beyond_a_to_z_and_bytes_that_are_no_text() -> None:
    content = b"\xff\xe2\x82 \xc3\x84rger \xc3\xa4RGER"
    assert list(spots(("ärger",), content)) == [(4, 10), (11, 17)]
    assert [content[begin:end].decode() for begin, end in spots(("ärger",), content)] == ["Ärger", "äRGER"]


@given(st.lists(_PIECES).map(b"".join))
def test_a_word_of_a_to_z_is_found_where_the_filter_finds_it(content: bytes) -> None:
    found = list(spots(("needle",), content))
    assert bool(found) == finder("needle")(content)
    assert all(content[begin:end].lower() == b"needle" for begin, end in found)


@given(st.lists(_PIECES).map(b"".join))
def test_other_words_are_cut_from_the_same_bytes(content: bytes) -> None:
    for begin, end in spots(("straße", "needle"), content):
        assert content[begin:end].decode().casefold() in ("strasse", "needle")
