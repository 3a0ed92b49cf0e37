"""Two codes side by side as lines of fixed width: what each means, how they differ, when to use which. Pure.

Everything is broken into lines here, so that a caller knows how many there are before it draws them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from wsinspect import codes
from wsinspect.codes import CodeEntry, Contrast, Point, Topic
from wsinspect.ui.drawing.theme import Tone

GAP = 3
"""Cells between the two columns of differences."""

Lines = tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over one column."""

    title: str
    style: str
    label: Content
    """On the right of the name, or below it where there is no room."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of what the catalogue knows is shown."""

    points: int = 3
    """Points under When you see it, and as many under How to fix."""
    contrasts: int = 99
    """Rows under Key differences, and as many under When to use which."""
    is_inline: bool = False
    """Each text stands on the line of its heading; with one point only."""
    is_whole: bool = False
    """Also what stands behind "more", and the facts of each code."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading over two columns of lines, of the same length."""

    head: str
    left: Lines
    right: Lines

    @property
    def height(self) -> int:
        """Lines it takes."""
        return 1 + len(self.left)


@dataclass(frozen=True, slots=True)
class CodePage:
    """The sections of a comparison, in lines."""

    left: Lines
    right: Lines
    """Empty when there is nothing to compare with."""
    sections: tuple[Section, ...]
    left_width: int
    """Cells of the left column, its padding included; the right one takes the rest."""

    @property
    def height(self) -> int:
        """Lines it takes, without rules."""
        return max(len(self.left), len(self.right)) + sum(section.height for section in self.sections)


def code_page(
    subject: Topic, other: Topic | None, heads: tuple[Head, Head | None], width: int, scale: Scale
) -> CodePage:
    """Set two codes side by side.

    Args:
        subject: the code on the left.
        other: the one on the right; None when there is nothing to compare with.
        heads: what stands over each column.
        width: cells of the whole, padding of one cell on either side included.
        scale: how much to show.
    """
    left_width = width if other is None else width // 2
    left = tuple(_column(codes.lookup(subject), heads[0], max(10, left_width - 2), scale))
    if other is None or heads[1] is None:
        return CodePage(left, (), (), width)
    # One cell is the rule between the columns.
    right = tuple(_column(codes.lookup(other), heads[1], max(10, width - left_width - 3), scale))
    comparison = codes.compare(subject, other)
    styles = (heads[0].style, heads[1].style)
    sections = tuple(
        _section(title, comparison.a.label, comparison.b.label, rows[: scale.contrasts], styles, width)
        for title, rows in (
            ("Key differences", comparison.key_differences),
            ("When to use which", comparison.when_to_use),
        )
        if rows
    )
    return CodePage(left, right, sections, left_width)


# One column


def _column(entry: CodeEntry, head: Head, width: int, scale: Scale) -> Iterator[Content]:
    yield from _head(head, width)
    more_when, more_how = (entry.more_when, entry.more_how) if scale.is_whole else ((), ())
    for title, said in (
        ("Description", [Content(entry.description)]),
        ("When you see it", [_said(point, scale) for point in (*entry.when[: scale.points], *more_when)]),
        ("How to fix", [_said(point, scale) for point in (*entry.how[: scale.points], *more_how)]),
    ):
        if scale.is_inline and len(said) == 1:
            yield from (Content.styled(f"{title}  ", Tone.STRONG) + said[0]).wrap(width)
            continue
        yield Content.styled(title, Tone.STRONG)
        for one in said:
            yield from hanging(one, width, is_marked=len(said) > 1)
    if scale.is_whole:
        yield Content.styled("Facts", Tone.STRONG)
        for fact in entry.facts:
            yield from hanging(Content(fact), width)


def _head(head: Head, width: int) -> Iterator[Content]:
    title = Content.styled(head.title, head.style)
    gap = width - title.cell_length - head.label.cell_length
    if gap >= 1:
        yield title + Content(" " * gap) + head.label
        return
    yield title.truncate(width, ellipsis=True)
    if head.label.cell_length:
        yield head.label.truncate(width, ellipsis=True)


def _said(point: Point, scale: Scale) -> Content:
    if point.is_verified or not scale.is_whole:
        return Content(point.text)
    return Content.assemble(point.text, (f" (reportedly: {point.source})", Tone.DIM))


def hanging(said: Content, width: int, *, is_marked: bool = True) -> Iterator[Content]:
    """The lines of a point, the second and further ones under the first word."""
    if not is_marked:
        yield from said.wrap(width)
        return
    for at, line in enumerate(said.wrap(max(8, width - 2))):
        yield (Content("  ") if at else Content.styled("· ", Tone.DIM)) + line


# The differences


def _section(
    head: str, left: str, right: str, rows: Sequence[Contrast], styles: tuple[str, str], width: int
) -> Section:
    half = max(10, (width - 2 - GAP) // 2)
    lefts: list[Content] = []
    rights: list[Content] = []
    for row in rows:
        one = _side(left, row.a, styles[0], half)
        two = _side(right, row.b, styles[1], half)
        height = max(len(one), len(two))
        lefts += [*one, *[Content("")] * (height - len(one))]
        rights += [*two, *[Content("")] * (height - len(two))]
    return Section(head, tuple(lefts), tuple(rights))


def _side(label: str, said: str, style: str, width: int) -> list[Content]:
    return Content.assemble((f"{label} ", style), said).wrap(width)
