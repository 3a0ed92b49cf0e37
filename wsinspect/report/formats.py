"""A report in the format that somebody wants, never longer than what takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from wsinspect.report import jira, markdown, plain
from wsinspect.report.build import LAST_MESSAGES, Report
from wsinspect.report.data import to_json
from wsinspect.report.document import Lines, Paragraph, Section, own


class Format(StrEnum):
    """How a report is written."""

    MARKDOWN = "markdown"
    """For GitHub and GitLab."""
    JIRA = "jira"
    """Jira's wiki markup."""
    TEXT = "text"
    JSON = "json"

    @property
    def suffix(self) -> str:
        """Of a file's name."""
        return {"markdown": ".md", "jira": ".jira.txt", "text": ".txt", "json": ".json"}[self.value]


LIMITS = {Format.MARKDOWN: 60_000, Format.JIRA: 30_000, Format.TEXT: 60_000}
"""Characters: GitHub takes 65,536, Jira 32,767. JSON goes into files."""

FEWEST_ROWS = 8
"""Message rows that are left before the section goes."""

_RENDERERS: dict[Format, Callable[[Iterable[Section]], str]] = {
    Format.MARKDOWN: markdown.render,
    Format.JIRA: jira.render,
    Format.TEXT: plain.render,
}


def render(report: Report, form: Format, limit: int | None = None) -> str:
    """The report as text that ends with a line feed.

    Args:
        report: what to write.
        form: how.
        limit: characters that it may have; None takes the format's own.
    """
    if form is Format.JSON:
        return to_json(report.data)
    write = _RENDERERS[form]
    room = LIMITS[form] if limit is None else limit
    sections = list(report.sections)
    left: list[str] = []
    while len(said := write(_with_note(sections, left))) > room:
        last = max(range(len(sections)), key=lambda at: (sections[at].rank, at))
        if not sections[last].rank:
            break
        shorter = _shorter(sections[last])
        if shorter is not None:
            sections[last] = shorter
        else:
            left.append(sections.pop(last).name)
    return said


def _with_note(sections: Sequence[Section], left: Sequence[str]) -> list[Section]:
    if not left:
        return list(sections)
    said = own(f"Left out to keep this short: {', '.join(dict.fromkeys(reversed(left)))}.")
    return [*sections[:-1], Section("note", (Paragraph((said,)),)), sections[-1]]


def _shorter(section: Section) -> Section | None:
    """The section with half of its message rows, the newest; None when there is nothing to halve."""
    for at, block in enumerate(section.blocks):
        if isinstance(block, Lines) and section.name == LAST_MESSAGES:
            head, *rows = block.lines
            kept = rows[-(len(rows) // 2) :]
            if len(kept) < FEWEST_ROWS:
                return None
            blocks = (*section.blocks[:at], replace(block, lines=(head, "…", *kept)), *section.blocks[at + 1 :])
            return replace(section, blocks=blocks)
    return None
