"""The screen as an SVG without the secrets that are seen on it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment, Segments

from wsinspect.redact import PLACEHOLDER, Pattern, Redactor
from wsinspect.text import ELLIPSIS

_FRAME = re.compile("[│┃║─━╭╮╰╯┌┐└┘├┤▏▕▔▁]+")
"""What stands between two texts of one line of the screen."""

EDGE = 3
"""Cells at the right edge that a wrapped line may leave free: padding and the scroll bar."""


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive characters of one line of the screen."""

    line: int
    start: int
    end: int


def svg(lines: Sequence[Sequence[Segment]], width: int, patterns: Sequence[Pattern]) -> str:
    """The screen as a picture.

    Args:
        lines: what is drawn, line by line.
        width: cells of a line.
        patterns: the user's own secrets.
    """
    console = Console(
        width=width,
        height=len(lines),
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    drawn = [[one for one in line if not one.control] for line in lines]
    characters = masked(["".join(one.text for one in line) for line in drawn], width, patterns)
    for line, shown in zip(drawn, characters, strict=True):
        console.print(Segments([*_restyled(line, shown), Segment.line()]), end="")
    return console.export_svg(title="wsinspect")


def _restyled(line: Sequence[Segment], shown: Sequence[str]) -> Iterator[Segment]:
    at = 0
    for one in line:
        yield Segment("".join(shown[at : at + len(one.text)]), one.style)
        at += len(one.text)


def masked(lines: Sequence[str], width: int, patterns: Sequence[Pattern] = ()) -> list[list[str]]:
    """Line by line what is drawn for each character: placeholders over the secrets, in as many cells as before.

    A secret that was wrapped at the edge of the screen is found over its lines.
    """
    redactor = Redactor(patterns)
    runs = [list(_runs(lines, width, joins=joins)) for joins in (False, True)]
    every = [run for found in runs for run in found]
    for run in every:
        _mask(redactor, lines, run)
    redactor.settle()
    shown = [list(line) for line in lines]
    for run in every:
        whole, said = _mask(redactor, lines, run)
        for start, end, placeholder in _covered(whole, said):
            _cover(shown, lines, run, start, end, placeholder)
    return shown


def _mask(redactor: Redactor, lines: Sequence[str], run: Sequence[Part]) -> tuple[str, str]:
    whole = "".join(lines[part.line][part.start : part.end] for part in run)
    last = run[-1]
    is_cut = lines[last.line][last.end : last.end + 1] == ELLIPSIS
    return whole, redactor.text(whole, is_cut=is_cut)


def _runs(lines: Sequence[str], width: int, *, joins: bool) -> Iterator[list[Part]]:
    """The texts on the screen; with ``joins`` those that go on in the next line."""
    run: list[Part] = []
    for number, line in enumerate(lines):
        if joins:
            inner = _inner(number, line)
            run.append(inner)
            if line[inner.end - 1 : inner.end] in ("", ELLIPSIS) or cell_len(line[: inner.end]) < width - EDGE:
                yield run
                run = []
        else:
            yield from ([part] for part in _parts(number, line))
    if run:
        yield run


def _inner(number: int, line: str) -> Part:
    """A line without frame and blanks at both ends."""
    edges = " │┃║▏▕▁▂▃▄▅▆▇█"
    start = len(line) - len(line.lstrip(edges))
    return Part(number, start, max(start, len(line.rstrip(edges))))


def _parts(number: int, line: str) -> Iterator[Part]:
    at = 0
    for match in re.finditer(f"{_FRAME.pattern}|{ELLIPSIS}", line):
        if match.start() > at:
            yield Part(number, at, match.start())
        at = match.end()
    if at < len(line):
        yield Part(number, at, len(line))


def _covered(whole: str, said: str) -> Iterator[tuple[int, int, str]]:
    """Where the secrets stand in ``whole``, told from the text in which placeholders stand for them."""
    if whole == said:
        return
    parts = PLACEHOLDER.split(said)
    literals, names = parts[::2], parts[1::2]
    if not whole.startswith(literals[0]) or not whole.endswith(literals[-1]) or not names:
        yield 0, len(whole), names[0] if names else "masked"
        return
    at = len(literals[0])
    for number, name in enumerate(names, 1):
        is_last = number == len(names)
        end = len(whole) - len(literals[-1]) if is_last else whole.find(literals[number], at)
        # What cannot be told apart is covered as a whole.
        if end < at or is_last:
            yield at, len(whole) - len(literals[-1]), name
            return
        yield at, end, name
        at = end + len(literals[number])


def _cover(
    shown: list[list[str]], lines: Sequence[str], run: Sequence[Part], start: int, end: int, placeholder: str
) -> None:
    """Write the placeholder over some characters of a run, cut or padded to their cells."""
    at = 0
    for part in run:
        length = part.end - part.start
        first, last = max(start - at, 0), min(end - at, length)
        at += length
        if first >= last:
            continue
        columns = range(part.start + first, part.start + last)
        label = iter(f"«{placeholder}»")
        for column in columns:
            cells = cell_len(lines[part.line][column])
            # A wide character gives way to two narrow ones, so that what stands behind it stays in its place.
            shown[part.line][column] = "".join(next(label, "·") for _ in range(cells))
