"""A report as plain text, for mail, chat and terminals."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from wsinspect import text
from wsinspect.report.document import Block, Bullets, Facts, Fold, Heading, Lines, Paragraph, Section, Table, words

WIDTH = 88
"""Cells of a line, but for lines that stay as they are."""

WIDEST_TABLE = 120
"""Cells of a table before its rows become lists."""

_INDENT = "    "


def render(sections: Iterable[Section]) -> str:
    """The report, ending with a line feed."""
    blocks = [block for section in sections for block in section.blocks]
    return "\n\n".join("\n".join(_block(block)) for block in blocks) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            title = words(block.said)
            shown = list(wrapped(title))
            yield from shown
            yield ("=" if block.level == 1 else "-") * max(map(text.cells, shown))
        case Paragraph():
            yield from wrapped(words(block.said))
        case Facts():
            room = max((len(name) for name, _ in block.facts), default=0) + 2
            for name, said in block.facts:
                yield from wrapped(words(said), f"{name}:".ljust(room), " " * room)
        case Bullets():
            for said in block.items:
                yield from wrapped(words(said), "- ", "  ")
        case Table():
            yield from _table(block)
        case Lines():
            yield from (f"{_INDENT}{line}".rstrip() for line in block.lines)
        case Fold():
            yield from (block.title, "-" * len(block.title), "")
            for number, inner in enumerate(block.blocks):
                yield from ("",) * bool(number)
                yield from _block(inner)


def _table(table: Table) -> Iterator[str]:
    rows = [[words(cell) for cell in row] for row in table.rows]
    widths = [max(map(text.cells, column)) for column in zip(table.heads, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) <= WIDEST_TABLE:
        for row in (table.heads, ["-" * width for width in widths], *rows):
            yield "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        return
    # Too wide for a line: each row as a small list.
    for number, row in enumerate(rows):
        yield from ("",) * (number > 0 and (bool(row[0]) or bool(table.heads[0])))
        yield from _record(table.heads, row)


def _record(heads: Sequence[str], row: Sequence[str]) -> Iterator[str]:
    """One row; a column without a head names the row, and rows without a name belong to the one before."""
    room = max(map(text.cells, heads)) + 2
    for head, cell in zip(heads, row, strict=True):
        if head:
            yield from wrapped(cell, f"{head}:".ljust(room), " " * room)
        elif cell:
            yield cell


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - text.cells(cell))


def wrapped(said: str, first: str = "", indent: str = "") -> Iterator[str]:
    """Text in lines of WIDTH; a word that is longer stays whole, so that it can be copied."""
    # A number stays with its unit. No text here has a real non-breaking space: it would have been made visible.
    joined = _UNIT.sub("\xa0", said)
    lines = textwrap.wrap(
        joined, WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    yield from (line.replace("\xa0", " ") for line in lines) if lines else [first.rstrip()]


_UNIT = re.compile(r"(?<=[0-9]) (?=(?:µs|ms|s|B|[kMG]B)\b)")
