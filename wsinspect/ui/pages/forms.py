"""The ways one message is shown: as text, byte by byte, by its frames. Pure, and prepared off the screen's thread.

A page knows how many lines it has and draws any one of them; lines are visible text in tones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from wsinspect import codes, text
from wsinspect.filters.spots import Findable
from wsinspect.model import Frame, Row, RowKind
from wsinspect.ui.drawing.columns import Piece
from wsinspect.ui.drawing.theme import Tone
from wsinspect.ui.pages.hits import (
    NOWHERE,
    Hits,
    Span,
    Spans,
    by_json_line,
    by_line,
    cut,
    decoded,
    found,
    in_pieces,
    visible,
)
from wsinspect.ui.pages.json_layout import coloured, laid_out
from wsinspect.wire.close import parse_close

Line = Sequence[Piece]

HEX_WIDTH = 16


class Page(Protocol):
    """Lines to scroll through."""

    def __len__(self) -> int:
        """How many lines there are."""

    def line(self, y: int) -> Line:
        """One of them, from 0."""

    @property
    def hits(self) -> Hits:
        """Where in them stands what is looked for."""


class TextPage:
    """Text cut to a width; JSON laid out and coloured."""

    def __init__(self, lines: Sequence[str], width: int, *, is_json: bool = False, spans: Spans = NOWHERE) -> None:
        """Cut the lines.

        Args:
            lines: visible text.
            width: cells in a line.
            is_json: whether it is JSON, laid out.
            spans: the hits in those lines.
        """
        self._lines: list[str] = []
        self._is_json = is_json
        placed: dict[int, list[Span]] = {}
        for at, one in enumerate(lines):
            begin = len(self._lines)
            self._lines.extend(wrapped(one, width))
            for part, span in cut(spans[at], map(len, self._lines[begin:])) if at in spans else ():
                placed.setdefault(begin + part, []).append(span)
        self.hits = Hits(placed)
        """Where what is looked for stands."""

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, y: int) -> Line:
        """One line."""
        if self._is_json:
            return list(coloured(self._lines[y]))
        return (Piece(self._lines[y], Tone.PLAIN),)


class HexPage:
    """The bytes, sixteen in a line."""

    def __init__(self, data: bytes, places: Sequence[tuple[int, int]] = ()) -> None:
        """Lay the bytes out.

        Args:
            data: the bytes.
            places: those of each hit: where it begins, and what is behind it.
        """
        self._data = data
        placed: dict[int, list[Span]] = {}
        for hit, (begin, end) in enumerate(places):
            for y in range(begin // HEX_WIDTH, -(-end // HEX_WIDTH)):
                first, last = max(begin - y * HEX_WIDTH, 0), min(end - y * HEX_WIDTH, HEX_WIDTH) - 1
                placed.setdefault(y, []).append(Span(_hex_at(first), _hex_at(last) + 2, hit))
                placed[y].append(Span(_SEEN_AT + first, _SEEN_AT + last + 1, hit))
        self.hits = Hits({y: sorted(spans) for y, spans in placed.items()})
        """Where what is looked for stands."""

    def __len__(self) -> int:
        return -(-len(self._data) // HEX_WIDTH)

    def line(self, y: int) -> Line:
        """One line of the dump."""
        at = y * HEX_WIDTH
        shown = next(text.hexdump(self._data[at : at + HEX_WIDTH], start=at), "")
        return (Piece(shown[:8], Tone.DIM), Piece(shown[8:], Tone.PLAIN))


def _hex_at(index: int) -> int:
    """Where a byte stands in a line of a hex dump: behind the offset, with one more blank in the middle."""
    return 10 + 3 * index + (index >= HEX_WIDTH // 2)


_SEEN_AT = _hex_at(HEX_WIDTH) + 2
"""Where the first byte stands as a character."""


class LinesPage:
    """Lines that are made out already."""

    def __init__(self, lines: Sequence[Line], wanted: tuple[Findable, ...] = ()) -> None:
        self._lines = lines
        self.hits = in_pieces(lines, wanted)
        """Where that stands."""

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, y: int) -> Line:
        """One line."""
        return self._lines[y]


def text_page(row: Row, data: bytes, width: int, *, is_cut: bool, wanted: tuple[Findable, ...] = ()) -> Page:
    """A message's content as text.

    Args:
        row: whose content it is.
        data: the content, as far as it was read.
        width: cells in a line.
        is_cut: whether there is more of it.
        wanted: what is looked for.
    """
    if row.event is not None:
        return LinesPage(
            [
                (Piece(f"{name:<12}", Tone.DIM), Piece(_shown(value), Tone.PLAIN))
                for name, value in row.event.data.items()
            ],
            wanted,
        )
    if row.kind is RowKind.CLOSE:
        return LinesPage(list(_close_lines(data)), wanted)
    shown, spans = decoded(data, found(wanted, data))
    lines = laid_out(shown, is_cut=is_cut)
    if lines is not None:
        placed = visible(lines, by_json_line(lines, shown, spans))
        return TextPage([text.visible(one) for one in lines], width, is_json=True, spans=placed)
    lines = shown.split("\n") if data else []
    placed = visible(lines, by_line(lines, spans))
    return TextPage([text.visible(one) for one in lines], width, spans=placed)


def _shown(value: object) -> str:
    return text.visible(str(value))


def _close_lines(data: bytes) -> Iterator[Line]:
    close = parse_close(data)
    if close.code is None:
        yield (Piece("no code: a receiver reports 1005", Tone.DIM),)
        return
    yield (Piece("code    ", Tone.DIM), Piece(f"{close.code} {codes.name(close.code)}", Tone.PLAIN))
    yield (Piece("reason  ", Tone.DIM), Piece(text.decode(close.reason) or "none given", Tone.PLAIN))


OPCODES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}


def frames_page(row: Row, frames: Sequence[Frame], limit: int) -> Page:
    """The frames a message came in, and the rules they broke.

    Args:
        row: the message.
        frames: its frames, as far as they were read.
        limit: how many were asked for.
    """
    lines: list[Line] = [
        (
            Piece("broken rule  ", Tone.BAD_STRONG),
            Piece(violation.detail, Tone.BAD),
            Piece(f"  {violation.source} · {violation.rule}", Tone.DIM),
        )
        for violation in row.violations
    ]
    if lines:
        lines.append(())
    lines.append((Piece(_FRAME_HEAD, Tone.DIM),))
    lines.extend(_frame(frame) for frame in frames)
    if len(frames) >= limit:
        lines.append((Piece(f"only the first {limit:,} frames are shown", Tone.DIM),))
    return LinesPage(lines)


_FRAME_HEAD = f"{'offset':>12}  {'opcode':<16}{'FIN':<5}{'RSV':<5}{'mask':<13}{'header':>6}  {'payload':>10}"


def _frame(frame: Frame) -> Line:
    name = OPCODES.get(frame.opcode, "reserved")
    mask = frame.mask.hex(" ") if frame.mask is not None else "–"
    rsv = "".join(str(number) for number, bit in ((1, 4), (2, 2), (3, 1)) if frame.rsv & bit) or "–"
    shown = (
        f"{frame.at:>12,}  {f'{frame.opcode:#x} {name}':<16}{'yes' if frame.fin else 'no':<5}{rsv:<5}{mask:<13}"
        f"{frame.header_length:>6}  {frame.length:>10,}"
    )
    return (Piece(shown, Tone.PLAIN),)


def wrapped(line: str, width: int) -> Iterator[str]:
    """A line cut into parts of at most ``width`` cells."""
    if len(line) <= width and line.isascii():
        yield line
        return
    if line.isascii():
        yield from (line[at : at + width] for at in range(0, len(line), width))
        return
    begin = room = 0
    for at, character in enumerate(line):
        cells = text.cells(character)
        if room + cells > width:
            yield line[begin:at]
            begin, room = at, 0
        room += cells
    yield line[begin:]
