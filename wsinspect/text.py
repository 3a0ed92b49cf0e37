"""The one path from peer bytes to displayable text.

What comes out of ``visible`` and ``decode`` is safe in a terminal and cannot hide: every character that controls,
reorders, joins or takes no room of its own is written as an escape. ``\\xNN`` above 7f is a byte that is not UTF-8,
``\\uNNNN`` a character; a backslash that was sent is left as it is, so that JSON reads as it was written.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"

MAX_MARKS = 6
"""Combining marks kept on one character; what follows them is escaped, so that no text grows without width."""

_NOT_PLAIN = re.compile(r"[^ -~]+")

_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Printable by category, yet nothing is drawn (Default_Ignorable_Code_Point, the empty braille cell)."""

_IDEOGRAPHIC_SPACE = "\u3000"
"""Kept: the ordinary space of Chinese and Japanese text, and visibly two cells wide."""


def visible(text: str) -> str:
    """The text on one line, with everything that would not be seen written as an escape.

    Escaped are control characters (C0, DEL, C1), line and paragraph separators, bidirectional controls, zero-width
    and blank characters, spaces other than the plain and the ideographic one, lone surrogates, private and
    unassigned characters, and combining marks that have no base or too much company.
    """
    if text.isascii() and text.isprintable():
        return text
    return _NOT_PLAIN.sub(_shown, text)


def block(text: str) -> str:
    """Like ``visible``, but line feeds stay line breaks."""
    return "\n".join(map(visible, text.split("\n")))


def decode(data: bytes) -> str:
    """UTF-8 on one line, each byte that is not UTF-8 as ``\\xNN``."""
    return visible(data.decode("utf-8", "backslashreplace"))


def whole_characters(data: bytes) -> bytes:
    """UTF-8 that was cut somewhere, without the piece of a character that this left at its end."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return data[: error.start]
    return data


def _shown(match: re.Match[str]) -> str:
    """One run of characters beyond printable ASCII, made visible."""
    shown: list[str] = []
    # What stands before the run is printable ASCII and can carry a mark; at the beginning there is nothing to carry it.
    room = MAX_MARKS if match.start() else 0
    for character in match[0]:
        if (not character.isprintable() and character != _IDEOGRAPHIC_SPACE) or _BLANK.match(character):
            shown.append(_escape(character))
            room = 0
        elif _is_mark(character):
            shown.append(character if room else _escape(character))
            room = max(0, room - 1)
        else:
            shown.append(character)
            room = MAX_MARKS
    return "".join(shown)


def _escape(character: str) -> str:
    point = ord(character)
    if point < 0x80:
        return _NAMED.get(character) or f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _is_mark(character: str) -> bool:
    """Whether it is drawn onto the character before it: marks, vowels of a Hangul block, skin tones."""
    point = ord(character)
    if point < 0x300:
        return False
    if 0x1160 <= point <= 0x11FF or 0xD7B0 <= point <= 0xD7FF or 0x1F3FB <= point <= 0x1F3FF:
        return True
    return unicodedata.category(character)[0] == "M"


def _width(character: str) -> int:
    """Terminal cells of one visible character: 0, 1 or 2. Source: Unicode Standard Annex 11."""
    if character < "\u0300":
        return 1
    if _is_mark(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cells(text: str) -> int:
    """Terminal cells that visible text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def shorten(text: str, width: int) -> str:
    """Visible text cut to at most ``width`` terminal cells; a cut ends in ``…``."""
    if width <= 0:
        return ""
    used = kept = 0
    for index, character in enumerate(text, 1):
        used += _width(character)
        if used > width:
            return text[:kept] + ELLIPSIS
        if used < width:
            kept = index
    return text


def shorten_begin(text: str, width: int) -> str:
    """As ``shorten``, but what is cut off is the beginning."""
    if width <= 0:
        return ""
    used, kept = 0, len(text)
    for index in range(len(text) - 1, -1, -1):
        own = _width(text[index])
        used += own
        if used > width:
            return ELLIPSIS + text[kept:]
        # What is drawn onto the character before it does not begin a text.
        if used < width and own:
            kept = index
    return text


def hexdump(data: bytes, start: int = 0, width: int = 16) -> Iterator[str]:
    """Lines of offset, hex and ASCII, as hex dumps are everywhere.

    Args:
        data: the bytes to show.
        start: offset of the first of them.
        width: bytes in a line.
    """
    if width < 1:
        raise ValueError("a line of a hex dump holds at least one byte")
    half = (width + 1) // 2
    room = width * 3 - 1 + (width > half)
    for at in range(0, len(data), width):
        line = data[at : at + width]
        left, right = line[:half].hex(" "), line[half:].hex(" ")
        seen = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in line)
        hexed = f"{left}  {right}" if right else left
        yield f"{start + at:08x}  {hexed:<{room}}  |{seen}|"


def hex_short(data: bytes, limit: int = 16) -> str:
    """The first ``limit`` bytes as ``61 7a 01 9c``, with ``…`` when there are more."""
    return data[:limit].hex(" ") + (f" {ELLIPSIS}" if len(data) > limit else "")


def _scaled(number: int, units: tuple[str, ...]) -> str:
    """``number`` in the largest unit that leaves at least 1, with one decimal below 100."""
    if number < 1000:
        return f"{number}{units[0]}"
    value = number / 1000
    for unit in units[1:-1]:
        # Rounding comes first: 999,999 is 1.0 M and not 1000.0 k.
        if round(value) < 1000:
            return _rounded(value) + unit
        value /= 1000
    return _rounded(value) + units[-1]


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}"


def size(number: int) -> str:
    """Bytes for people: ``144 B``, ``1.7 kB``, ``803 kB``, ``1.1 MB`` (powers of 1000)."""
    return _scaled(number, (" B", " kB", " MB", " GB", " TB", " PB", " EB"))


def count(number: int) -> str:
    """A number of things in few characters: ``12``, ``10.2k``, ``1.1M``."""
    return _scaled(number, ("", "k", "M", "G"))


def duration(nanoseconds: int) -> str:
    """A stretch of time: ``85 µs``, ``43.2 ms``, ``21.9 s``, from a minute on ``1:02``, from a day on ``2 d 3 h``."""
    if nanoseconds < 0:
        return "-" + duration(-nanoseconds)
    if nanoseconds < 99_500:
        return f"{round(nanoseconds / 1e3)} µs"
    if nanoseconds < 59_950_000_000:
        seconds = nanoseconds / 1e9
        value, unit = (seconds, "s") if seconds >= 0.9995 else (seconds * 1e3, "ms")
        return f"{_rounded(value)} {unit}"
    return age(nanoseconds + 500_000_000)


def lifetime(nanoseconds: int) -> str:
    """Like ``duration``, but in seconds up to ten minutes, as timers are set: ``60.0 s``, ``300.0 s``, ``15:00``."""
    if 59_950_000_000 <= nanoseconds < 600_000_000_000:
        return f"{nanoseconds / 1e9:.1f} s"
    return duration(nanoseconds)


def age(nanoseconds: int) -> str:
    """How long something lasts, in whole seconds: ``0:21``, ``1:02``, ``1:02:03``, ``2 d 3 h``; below 0 is ``0:00``."""
    seconds = max(0, nanoseconds) // 1_000_000_000
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def offset(nanoseconds: int) -> str:
    """A place on a time axis, to the millisecond: ``+0:21.894``, ``-0:00.250``, ``+1:02:03.004``."""
    sign = "-" if nanoseconds < 0 else "+"
    seconds, milliseconds = divmod(abs(nanoseconds) // 1_000_000, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{sign}{start}:{seconds:02}.{milliseconds:03}"


def clock(wall_ns: int) -> str:
    """Local time of day of nanoseconds since the epoch: ``14:02:33.061``."""
    # A damaged file can hold any number; 64 bits are more than every calendar needs.
    seconds, rest = divmod(max(-(1 << 63), min(wall_ns, (1 << 63) - 1)), 1_000_000_000)
    return f"{time.strftime('%H:%M:%S', time.localtime(seconds))}.{rest // 1_000_000:03}"


def moment(wall_ns: int) -> str:
    """Local date and time of nanoseconds since the epoch: ``2026-11-22 14:02:33``."""
    seconds = max(_FIRST_S, min(wall_ns // 1_000_000_000, _LAST_S))
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def date(wall_ns: int) -> str:
    """As ``moment``, to the minute: ``2026-11-22 14:02``."""
    return moment(wall_ns)[:16]


_FIRST_S, _LAST_S = 0, 253_000_000_000
"""1970 and a time before the year 10,000: every calendar has what lies between."""
