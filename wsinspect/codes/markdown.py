"""A comparison as Markdown, for a ticket or a page: no raw HTML, and no text that acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wsinspect.codes.comparison import Comparison
from wsinspect.codes.entry import CodeEntry, Point
from wsinspect.codes.loader import Contrast

_ACTIVE = re.compile(r"([\\`*_\[\]<>|#~])")


def comparison_markdown(comparison: Comparison) -> str:
    """The five sections of a comparison, and how to tell the two apart, as Markdown that ends with a line feed."""
    a, b = comparison.a, comparison.b
    lines = [f"# {_plain(a.title)}, {_plain(b.title)}", ""]
    for entry in (a, b):
        lines += _entry(entry)
    lines += _table("Key differences", a, b, comparison.key_differences)
    lines += _table("When to use which", a, b, comparison.when_to_use)
    if comparison.tell_apart:
        lines += ["## How to tell them apart", "", *_points(comparison.tell_apart), ""]
    return "\n".join(lines[:-1]) + "\n"


def list_markdown(entries: Sequence[CodeEntry]) -> str:
    """Entries as a table: code, name, what it means."""
    rows = [f"| {_plain(entry.listed)} | {_plain(entry.name)} | {_plain(entry.description)} |" for entry in entries]
    return "\n".join(["| code | name | meaning |", "|---|---|---|", *rows]) + "\n"


def _entry(entry: CodeEntry) -> Iterator[str]:
    yield from (f"## {_plain(entry.title)}", "", _plain(entry.description), "")
    yield from ("**When you see it**", "", *_points((*entry.when, *entry.more_when)), "")
    yield from ("**How to fix**", "", *_points((*entry.how, *entry.more_how)), "")
    yield from (_plain(" ".join(entry.facts)), "")


def _table(title: str, a: CodeEntry, b: CodeEntry, rows: Sequence[Contrast]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {_plain(a.label)} | {_plain(b.label)} |", "|---|---|")
    yield from (f"| {_plain(row.a)} | {_plain(row.b)} |" for row in rows)
    yield ""


def _points(points: Sequence[Point]) -> Iterator[str]:
    return (f"- {_plain(point.text)}" for point in points)


def _plain(text: str) -> str:
    return _ACTIVE.sub(r"\\\1", text)
