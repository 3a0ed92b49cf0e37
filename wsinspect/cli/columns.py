"""Lays a comparison out for a terminal: two columns side by side when there is room, else one under the other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeAlias

import click

from wsinspect.codes import CodeEntry, Comparison, Contrast, key
from wsinspect.text import shorten

SIDE_BY_SIDE = 80
"""From this width on there are two columns."""
WIDEST = 140
"""Longer lines are hard to read."""
_GAP = " │ "
COLOURS = {"ok": "green", "info": "cyan", "warning": "yellow", "error": "red"}
"""Colour of each severity."""

Line: TypeAlias = tuple[str, str]
"""A line's text, and the severity or ``head`` that colours it; empty for plain text."""

Section: TypeAlias = tuple[str, Sequence[str]]
"""A heading and its points; without points it is left out."""


def lay_out(
    comparison: Comparison, width: int, *, is_full: bool = False, sections: Iterable[Section] = ()
) -> Iterator[str]:
    """The lines of a comparison, styled for a terminal of `width` columns.

    Args:
        comparison: what to show.
        width: columns of the terminal.
        is_full: whether the further points of both entries are shown too.
        sections: what follows the comparison over the whole width.
    """
    width = min(width, WIDEST)
    columns = 2 if width >= SIDE_BY_SIDE else 1
    room = (width - len(_GAP)) // 2 if columns == 2 else width
    left, right = (_entry(entry, room, is_full) for entry in (comparison.a, comparison.b))
    if columns == 2:
        yield from _beside(left, right, room)
    else:
        for side in (left, right):
            yield from map(_styled, (line for part in side for line in part))
            yield ""
    rows = {"Key differences": comparison.key_differences, "When to use which": comparison.when_to_use}
    for title, contrasts in rows.items():
        yield _styled((title, "head"))
        yield from _contrasts(contrasts, comparison, room, columns)
        yield ""
    told = [("How to tell them apart", [point.text for point in comparison.tell_apart])]
    for title, texts in [*told, *sections]:
        if texts:
            yield _styled((title, "head"))
            yield from map(_styled, _bullets(texts, width))
            yield ""
    yield from textwrap.wrap(_related(comparison), width, subsequent_indent="  ")


def list_lines(entries: Sequence[CodeEntry], width: int | None) -> Iterator[str]:
    """One line per entry: its key, its name and what it means.

    Args:
        entries: what to list.
        width: columns to cut the lines to; None leaves them whole.
    """
    keys = max(len(entry.listed) for entry in entries)
    names = min(max(len(entry.name) for entry in entries), 34)
    for entry in entries:
        key_text = click.style(entry.listed.ljust(keys), fg=COLOURS[entry.severity])
        rest = f"  {entry.name.ljust(names)}  {entry.description}"
        yield key_text + (rest if width is None else shorten(rest, max(min(width, WIDEST) - keys, 1)))


def _entry(entry: CodeEntry, room: int, is_full: bool) -> list[list[Line]]:
    """The parts of one column; the same parts of both columns begin on the same line."""
    when = (*entry.when, *entry.more_when) if is_full else entry.when
    how = (*entry.how, *entry.more_how) if is_full else entry.how
    return [
        [(line, entry.severity) for line in textwrap.wrap(entry.title, room)],
        [("Description", "head"), *_wrapped(entry.description, room)],
        [("When you see it", "head"), *_bullets([point.text for point in when], room)],
        [("How to fix", "head"), *_bullets([point.text for point in how], room)],
        [("Facts", "head"), *(line for fact in entry.facts for line in _wrapped(fact, room))],
    ]


def _beside(left: list[list[Line]], right: list[list[Line]], room: int) -> Iterator[str]:
    for parts in zip(left, right, strict=True):
        for one, other in zip_longest(*parts, fillvalue=("", "")):
            yield f"{_styled(one)}{' ' * (room - len(one[0]))}{_GAP}{_styled(other)}".rstrip()
        yield f"{' ' * room}{_GAP}".rstrip()


def _contrasts(rows: Sequence[Contrast], comparison: Comparison, room: int, columns: int) -> Iterator[str]:
    for row in rows:
        left, right = _labelled(row.a, comparison.a, room), _labelled(row.b, comparison.b, room)
        if columns == 1:
            yield from (text for text, _ in (*left, *right))
            continue
        for (one, used), (other, _) in zip_longest(left, right, fillvalue=("", 0)):
            yield f"{one}{' ' * (room - used)}{' ' * len(_GAP)}{other}".rstrip()


def _labelled(text: str, entry: CodeEntry, room: int) -> list[tuple[str, int]]:
    """The text wrapped behind its coloured label: each line, and how many columns it takes."""
    label = entry.label
    indent = " " * (len(label) + 1)
    lines = textwrap.wrap(text, room - len(indent)) or [""]
    first = (f"{click.style(label, fg=COLOURS[entry.severity])} {lines[0]}", len(indent) + len(lines[0]))
    return [first, *((f"{indent}{line}", len(indent) + len(line)) for line in lines[1:])]


def _wrapped(text: str, room: int) -> list[Line]:
    return [(line, "") for line in textwrap.wrap(text, room)]


def _bullets(texts: Iterable[str], room: int) -> list[Line]:
    return [
        (line, "") for text in texts for line in textwrap.wrap(text, room, initial_indent="· ", subsequent_indent="  ")
    ]


def _styled(line: Line) -> str:
    text, style = line
    if not style:
        return text
    return click.style(text, bold=True) if style == "head" else click.style(text, bold=True, fg=COLOURS[style])


def _related(comparison: Comparison) -> str:
    return f"Related to {comparison.a.label}: {', '.join(key(topic) for topic in comparison.a.related)}."
