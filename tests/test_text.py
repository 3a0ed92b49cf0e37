"""Nothing a peer sends comes out of ``text`` able to steer a terminal or to hide in it."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from wsinspect import text

ANY_TEXT = st.text(
    st.characters(codec=None) | st.characters(categories=["Cs", "Cf", "Cc", "Zs", "Zl", "Zp", "Mn", "Me"])
)
ANY_BYTES = st.binary() | ANY_TEXT.map(lambda value: value.encode("utf-8", "surrogatepass"))

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u00ad\u034f\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff\U000e0001\U000e0100"
FORBIDDEN = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029])) | frozenset(BIDI + ZERO_WIDTH)


def assert_safe(shown: str, allowed: str = "") -> None:
    for character in shown:
        assert character not in FORBIDDEN or character in allowed, repr(character)
        assert unicodedata.category(character) not in {"Cs", "Cn", "Co", "Cf"}
        assert character.isprintable() or character in allowed + "\u3000"


@given(ANY_TEXT)
def test_visible_text_holds_nothing_that_steers_or_hides(value: str) -> None:
    shown = text.visible(value)
    assert_safe(shown)
    assert text.visible(shown) == shown


@given(ANY_TEXT)
def test_block_differs_from_visible_only_in_line_breaks(value: str) -> None:
    shown = text.block(value)
    assert_safe(shown, "\n")
    assert shown.split("\n") == [text.visible(line) for line in value.split("\n")]


@given(ANY_BYTES)
def test_any_bytes_decode_to_safe_text(data: bytes) -> None:
    assert_safe(text.decode(data))


def test_every_character_alone_is_safe_or_escaped() -> None:
    for point in range(0x110000):
        shown = text.visible(chr(point))
        if shown != chr(point):
            assert shown.isascii()
            assert shown.startswith("\\")
        elif point > 0x7E:
            assert_safe(shown)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('{"a":"\\n"}', '{"a":"\\n"}'),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"),
        ("\x00\x7f\x9b31m", r"\x00\x7f\u009b31m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("\ud800\ue000\U000f0000", r"\ud800\ue000\U000f0000"),
        ("non\u00a0breaking", r"non\u00a0breaking"),
        ("grüße 日本\u3000語 👍🏽", "grüße 日本\u3000語 👍🏽"),
        ("e\u0301 n\u0303", "e\u0301 n\u0303"),
        ("\u0301first", r"\u0301first"),
        ("a" + "\u0301" * 8, "a" + "\u0301" * 6 + r"\u0301" * 2),
        ("[/x] [@click=app.quit]x[/]", "[/x] [@click=app.quit]x[/]"),
    ],
)
def test_visible(value: str, shown: str) -> None:
    assert text.visible(value) == shown


def test_a_bad_byte_is_told_from_a_control_character() -> None:
    assert text.decode(b"\x9b \xc2\x9b \xed\xa0\x80 \xf5 ok \xc3\xa9") == r"\x9b \u009b \xed\xa0\x80 \xf5 ok é"


def test_a_mark_has_no_base_at_the_beginning_of_a_line() -> None:
    assert text.block("a\n\u0301b") == "a\n\\u0301b"
    assert text.block("one\r\ntwo\x85") == "one\\r\ntwo\\u0085"


def test_cells_agree_with_the_screen_library() -> None:
    for point in range(0x20, 0x110000):
        character = chr(point)
        if text.visible("x" + character) == "x" + character:
            expected = get_character_cell_size(character, unicodedata.unidata_version)
            assert text.cells(character) == expected, hex(point)


@given(st.text(), st.integers(-2, 40))
def test_shortened_text_fits_and_is_cut_only_when_it_must_be(value: str, width: int) -> None:
    shown = text.visible(value)
    short = text.shorten(shown, width)
    assert text.cells(short) <= max(0, width)
    if text.cells(shown) <= width:
        assert short == shown
    elif width > 0:
        assert short.endswith("…")
        assert shown.startswith(short[:-1])
        assert text.cells(short) >= width - 1


@given(st.text(), st.integers(-2, 40))
def test_what_is_cut_at_its_beginning_fits_too(value: str, width: int) -> None:
    shown = text.visible(value)
    short = text.shorten_begin(shown, width)
    assert text.cells(short) <= max(0, width)
    if text.cells(shown) <= width:
        assert short == shown
    elif width > 0:
        assert short.startswith("…")
        assert shown.endswith(short[1:])
        assert text.cells(short) >= width - 1


def test_a_cut_at_the_beginning_keeps_marks_with_what_they_are_drawn_on() -> None:
    assert text.shorten_begin("日本語", 5) == "…本語"
    assert text.shorten_begin("日本語", 4) == "…語"
    assert text.shorten_begin("oae\u0301i", 3) == "…e\u0301i"
    assert text.shorten_begin("oae\u0301i", 2) == "…i"


def test_shorten_keeps_wide_characters_and_marks_whole() -> None:
    assert text.shorten("日本語", 6) == "日本語"
    assert text.shorten("日本語", 5) == "日本…"
    assert text.shorten("日本語", 4) == "日…"
    assert text.shorten("ae\u0301io", 3) == "ae\u0301…"
    assert text.shorten("abc", 1) == "…"


def test_hexdump() -> None:
    lines = list(text.hexdump(bytes(range(0x41, 0x53)) + b"\x1b\xff", start=0x10))
    assert lines == [
        "00000010  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|",
        "00000020  51 52 1b ff                                       |QR..|",
    ]
    assert list(text.hexdump(b"\x00\x20", width=1)) == ["00000000  00  |.|", "00000001  20  | |"]
    assert list(text.hexdump(b"")) == []
    with pytest.raises(ValueError, match="at least one byte"):
        next(text.hexdump(b"x", width=0))


@given(st.binary(max_size=200), st.integers(0, 1 << 40), st.integers(1, 40))
def test_hexdump_lines_are_aligned_and_safe(data: bytes, start: int, width: int) -> None:
    gutters = set()
    for line in text.hexdump(data, start, width):
        assert line.isascii()
        assert line.isprintable()
        gutters.add(line.index("|") - len(line.split(" ")[0]))
    assert len(gutters) <= 1


def test_hex_short() -> None:
    assert text.hex_short(b"\x61\x7a\x01\x9c") == "61 7a 01 9c"
    assert text.hex_short(bytes(17)) == "00 " * 16 + "…"
    assert text.hex_short(b"") == ""


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_740, "1.7 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (803_000, "803 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (1_100_000, "1.1 MB"),
        (3_000_000_000_000, "3.0 TB"),
        (2**64 - 1, "18.4 EB"),
    ],
)
def test_size(number: int, shown: str) -> None:
    assert text.size(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(12, "12"), (999, "999"), (7_100, "7.1k"), (10_249, "10.2k"), (1_000_000, "1.0M"), (5 * 10**12, "5000G")],
)
def test_count(number: int, shown: str) -> None:
    assert text.count(number) == shown


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (0, "0 µs"),
        (85_000, "85 µs"),
        (99_500, "0.1 ms"),
        (600_000, "0.6 ms"),
        (43_210_000, "43.2 ms"),
        (99_960_000, "100 ms"),
        (999_400_000, "999 ms"),
        (999_500_000, "1.0 s"),
        (1_808_000_000, "1.8 s"),
        (59_949_000_000, "59.9 s"),
        (59_950_000_000, "1:00"),
        (61_600_000_000, "1:02"),
        (3_723_000_000_000, "1:02:03"),
        (183_600_000_000_000, "2 d 3 h"),
        (-1_500_000, "-1.5 ms"),
    ],
)
def test_duration(nanoseconds: int, shown: str) -> None:
    assert text.duration(nanoseconds) == shown


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (33_000_000, "33.0 ms"),
        (59_949_999_999, "59.9 s"),
        (59_990_000_000, "60.0 s"),
        (300_010_000_000, "300.0 s"),
        (900_000_000_000, "15:00"),
    ],
)
def test_lifetime(nanoseconds: int, shown: str) -> None:
    assert text.lifetime(nanoseconds) == shown


def test_age() -> None:
    assert text.age(21_900_000_000) == "0:21"
    assert text.age(62_000_000_000) == "1:02"
    assert text.age(-5) == "0:00"


def test_clock_is_local_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        assert text.clock(0) == "05:30:00.000"
        assert text.clock(1_763_800_353_061_999_999) == "14:02:33.061"
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.integers())
def test_clock_takes_any_number(wall_ns: int) -> None:
    assert len(text.clock(wall_ns)) == 12


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (0, "+0:00.000"),
        (21_894_999_999, "+0:21.894"),
        (-250_000_000, "-0:00.250"),
        (3_723_004_000_000, "+1:02:03.004"),
    ],
)
def test_offset(nanoseconds: int, shown: str) -> None:
    assert text.offset(nanoseconds) == shown
