"""Lays a comparison out for a terminal: two columns side by side when there is room, else one under the other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import click

from wsinspect.codes import CodeEntry, Comparison, Contrast, Point, key

SIDE_BY_SIDE = 80
"""From this width on there are two columns."""
WIDEST = 140
"""Longer lines are hard to read."""
_GAP = " │ "
_COLOURS = {"ok": "green", "info": "cyan", "warning": "yellow", "error": "red"}

Line = tuple[str, str]
"""A line's text, and the severity or ``head`` that colours it; empty for plain text."""


def lay_out(comparison: Comparison, width: int) -> Iterator[str]:
    """The lines of a comparison, styled for a terminal of `width` columns."""
    width = min(width, WIDEST)
    pair = (comparison.a, comparison.b)
    columns = 2 if width >= SIDE_BY_SIDE else 1
    room = (width - len(_GAP)) // 2 if columns == 2 else width
    if columns == 2:
        yield from _beside(_entry(comparison.a, room), _entry(comparison.b, room), room)
    else:
        for entry in pair:
            yield from map(_styled, (line for part in _entry(entry, room) for line in part))
            yield ""
    labels = (comparison.a.label, comparison.b.label)
    for title, rows in (
        ("Key differences", comparison.key_differences),
        ("When to use which", comparison.when_to_use),
    ):
        yield _styled((title, "head"))
        yield from _contrasts(rows, labels, pair, room, columns)
        yield ""
    if comparison.tell_apart:
        yield _styled(("How to tell them apart", "head"))
        yield from map(_styled, _bullets(comparison.tell_apart, width))
        yield ""
    yield from textwrap.wrap(_related(comparison), width, subsequent_indent="  ")


def _entry(entry: CodeEntry, room: int) -> list[list[Line]]:
    """The parts of one column; the same parts of both columns begin on the same line."""
    facts = [f"Connect again: {entry.retry_text}."]
    if entry.counterpart != "none":
        facts.append(f"Counterpart: {entry.counterpart}.")
    facts.append(f"Defined in: {entry.reference}.")
    facts += [f"Not verified: {text}." for text in entry.unverified]
    return [
        [(line, entry.severity) for line in textwrap.wrap(entry.title, room)],
        [("Description", "head"), *_wrapped(entry.description, room)],
        [("When you see it", "head"), *_bullets(entry.when, room)],
        [("How to fix", "head"), *_bullets(entry.how, room)],
        [("Facts", "head"), *(line for fact in facts for line in _wrapped(fact, room))],
    ]


def _beside(left: list[list[Line]], right: list[list[Line]], room: int) -> Iterator[str]:
    for parts in zip(left, right, strict=True):
        for one, other in zip_longest(*parts, fillvalue=("", "")):
            yield f"{_styled(one)}{' ' * (room - len(one[0]))}{_GAP}{_styled(other)}".rstrip()
        yield f"{' ' * room}{_GAP}".rstrip()


def _contrasts(
    rows: Sequence[Contrast], labels: tuple[str, str], pair: tuple[CodeEntry, CodeEntry], room: int, columns: int
) -> Iterator[str]:
    for row in rows:
        sides = [
            _labelled(text, label, entry, room) for text, label, entry in zip((row.a, row.b), labels, pair, strict=True)
        ]
        if columns == 1:
            yield from (text for side in sides for text, _ in side)
            continue
        for (one, used), (other, _) in zip_longest(*sides, fillvalue=("", 0)):
            yield f"{one}{' ' * (room - used)}{' ' * len(_GAP)}{other}".rstrip()


def _labelled(text: str, label: str, entry: CodeEntry, room: int) -> list[tuple[str, int]]:
    """The text wrapped behind its coloured label: each line, and how many columns it takes."""
    indent = " " * (len(label) + 1)
    lines = textwrap.wrap(text, room - len(indent)) or [""]
    first = (f"{click.style(label, fg=_COLOURS[entry.severity])} {lines[0]}", len(indent) + len(lines[0]))
    return [first, *((f"{indent}{line}", len(indent) + len(line)) for line in lines[1:])]


def _wrapped(text: str, room: int) -> list[Line]:
    return [(line, "") for line in textwrap.wrap(text, room)]


def _bullets(points: Iterable[Point], room: int) -> list[Line]:
    return [
        (line, "")
        for point in points
        for line in textwrap.wrap(point.text, room, initial_indent="· ", subsequent_indent="  ")
    ]


def _styled(line: Line) -> str:
    text, style = line
    if not style:
        return text
    return click.style(text, bold=True) if style == "head" else click.style(text, bold=True, fg=_COLOURS[style])


def _related(comparison: Comparison) -> str:
    return f"Related to {comparison.a.label}: {', '.join(key(topic) for topic in comparison.a.related)}."
