"""The Close panel as lines, made to fit: all of it when it may scroll, else as much of each part as there is room for.

Pure. What gives way first is what is known elsewhere too: further points of a code, then evidence beyond the first
lines, then further differences, then the rules between the parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from wsinspect import codes
from wsinspect.codes.context import Remark, RemarkKind
from wsinspect.diagnosis import path_lines
from wsinspect.model import Strength
from wsinspect.ui.close.capture_facts import FactRow, fact_rows
from wsinspect.ui.close.closing import Explained
from wsinspect.ui.close.code_page import CodePage, Head, Lines, Scale, code_page, hanging
from wsinspect.ui.close.comparison import Pair
from wsinspect.ui.close.verdict import CAUSE_LINES, origin, title, verdict
from wsinspect.ui.drawing.theme import Tone, severity_tone, strong

_MEANINGS = (RemarkKind.VENDOR, RemarkKind.AMBIGUOUS, RemarkKind.PRIVATE)
"""Remarks on what the code means here: they stand above its general text."""

_WIDEST_PATH = 110


@dataclass(frozen=True, slots=True)
class ClosePage:
    """Everything the panel draws, top to bottom."""

    verdict: Lines
    remarks: Lines = ()
    """What the code means to a vendor, and who sends it."""
    codes: CodePage | None = None
    facts: tuple[FactRow, ...] = ()
    more_facts: int = 0
    """Facts for which there was no room."""
    path: Lines = ()
    """Who closed, on which hop."""
    software: Lines = ()
    """What is known of programs: who sends such a close, who refuses the code, who is told what."""
    has_rules: bool = True

    @property
    def height(self) -> int:
        """Lines it takes."""
        height = len(self.verdict) + len(self.remarks)
        if self.codes is not None:
            # Above and below the columns.
            height += self.codes.height + 2
        if self.facts:
            height += 1 + sum(len(fact.lines) for fact in self.facts) + self.has_rules
        for lines in (self.path, self.software):
            height += 1 + len(lines) + self.has_rules if lines else 0
        return height


def close_page(told: Explained, pair: Pair | None, width: int, room: int | None) -> ClosePage:
    """The panel for a close.

    Args:
        told: the close.
        pair: the codes to set side by side; None shows the verdict alone.
        width: cells of the panel inside its frame.
        room: lines there are; None when it may take as many as it likes.
    """
    inner = max(20, width - 2)
    if room is None:
        said = verdict(told, inner, None)
        lines = (*said.lines, *said.rest)
        return ClosePage(lines) if pair is None else _whole(told, pair, width, lines)
    if pair is None:
        return ClosePage(verdict(told, inner).lines)
    facts = _facts(told, pair, inner, is_whole=False)
    remarks = tuple(Content(remark.text).truncate(inner, ellipsis=True) for remark in _few_remarks(told))
    page = ClosePage(())
    for attempt in _attempts(len(facts)):
        page = ClosePage(
            verdict=verdict(told, inner, attempt.cause_lines).lines,
            remarks=remarks[: attempt.remarks],
            codes=code_page(pair.subject, pair.other, _heads(told, pair), width, attempt.scale),
            facts=facts[: attempt.facts],
            more_facts=len(facts) - min(len(facts), attempt.facts),
            path=tuple(_path(told, inner)) if attempt.has_path else (),
            has_rules=attempt.has_rules,
        )
        if page.height <= room:
            break
    return page


def _whole(told: Explained, pair: Pair, width: int, lines: Lines) -> ClosePage:
    inner = max(20, width - 2)
    return ClosePage(
        verdict=lines,
        remarks=tuple(line for remark in _few_remarks(told) for line in Content(remark.text).wrap(inner)),
        codes=code_page(pair.subject, pair.other, _heads(told, pair), width, Scale(is_whole=True)),
        facts=_facts(told, pair, inner, is_whole=True),
        path=tuple(_path(told, inner)),
        software=tuple(_software(told, inner)),
    )


def code_heads(pair: Pair, style: str = "", label: Content | None = None) -> tuple[Head, Head | None]:
    """What stands over the two columns; the subject's own style and no label by default."""
    left = codes.lookup(pair.subject)
    head = Head(left.title, style or strong(severity_tone(left.severity)), label or Content(""))
    if pair.other is None:
        return head, None
    return head, Head(codes.lookup(pair.other).title, Tone.RELATED_STRONG, _walk(pair))


def _heads(told: Explained, pair: Pair) -> tuple[Head, Head | None]:
    label = Content.styled(f" {origin(told.story)} ", Tone.LABEL)
    return code_heads(pair, title(told.story)[1], label)


def _walk(pair: Pair) -> Content:
    if pair.other == pair.picked:
        return Content.styled("chosen", Tone.DIM)
    related = [one for one in pair.others if one != pair.picked]
    at = related.index(pair.other) + 1 if pair.other in related else 0
    keys = ("  [ ]", Tone.KEY) if len(pair.others) > 1 else ("", "")
    return Content.assemble((f"related {at} of {len(related)}", Tone.DIM), keys)


# Making it fit


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How much of each part to show."""

    scale: Scale
    facts: int
    remarks: int = 2
    cause_lines: int = CAUSE_LINES
    has_rules: bool = True
    has_path: bool = False


def _attempts(facts: int) -> Iterator[_Attempt]:
    """From the richest to the poorest."""
    yield _Attempt(Scale(3), facts, has_path=True)
    for points in (3, 2, 1):
        for shown in sorted({min(facts, most) for most in (facts, 6, 4, 3)}, reverse=True):
            yield _Attempt(Scale(points), shown)
    for lines in (CAUSE_LINES, 1):
        for shown in (4, 3):
            yield _Attempt(Scale(1, is_inline=True), shown, cause_lines=lines)
    for shown in (3, 2):
        yield _Attempt(Scale(1, 2, is_inline=True), shown, cause_lines=1)
    for shown in (3, 2):
        for remarks in (1, 0):
            yield _Attempt(Scale(1, 1, is_inline=True), shown, remarks, cause_lines=1)
    for shown in (3, 2, 1):
        yield _Attempt(Scale(1, 1, is_inline=True), shown, 0, cause_lines=1, has_rules=False)


# Evidence, remarks, path


def _facts(told: Explained, pair: Pair, width: int, *, is_whole: bool) -> tuple[FactRow, ...]:
    weighing = told.weigh(pair.other) if pair.other is not None else None
    return () if weighing is None else fact_rows(weighing, told.evidence, width, is_whole=is_whole)


def _few_remarks(told: Explained) -> Iterator[Remark]:
    """What the code means here, and who is known to send it."""
    context = told.context
    # What a service means by its own code stands in the left column already.
    if not isinstance(context.topic, codes.VendorCode):
        yield from (one for one in map(context.remark, _MEANINGS) if one is not None)
    senders = context.remark(RemarkKind.SENDERS)
    if senders is not None and senders.strength >= Strength.LIKELY:
        yield senders


def _software(told: Explained, width: int) -> Iterator[Content]:
    """Every remark with all that is known."""
    shown = set(_few_remarks(told))
    for remark in told.context.remarks:
        if remark not in shown or remark.more:
            yield from Content(remark.text).wrap(width)
        for one in remark.more:
            yield from (line.stylize(Tone.DIM) for line in hanging(Content(one), width))


def _path(told: Explained, width: int) -> Iterator[Content]:
    for line in path_lines(told.path, min(width, _WIDEST_PATH)):
        yield Content(line)
