"""A report as Markdown for GitHub and GitLab.

What a peer chose stands in code spans and fenced blocks only, where neither turns anything into markup, a mention, a
reference or a link. The only HTML is our own ``<details>``.

Sources: GitHub Flavored Markdown spec 0.29; GitHub docs, "Autolinked references"; GitLab docs, "GitLab Flavored
Markdown" and "Quick actions" (lines that begin with a slash, outside of code).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wsinspect.report.document import (
    Block,
    Bullets,
    Facts,
    Fold,
    Heading,
    Kind,
    Lines,
    Paragraph,
    Said,
    Section,
    Span,
    Table,
)


def render(sections: Iterable[Section]) -> str:
    """The report, ending with a line feed."""
    blocks = [block for section in sections for block in section.blocks]
    return "\n\n".join(map(_block, blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * (block.level + 1)} {inline(block.said)}"
        case Paragraph():
            return inline(block.said)
        case Facts():
            return "\n".join(f"- **{plain(name)}:** {inline(said)}" for name, said in block.facts)
        case Bullets():
            return "\n".join(f"- {inline(said)}" for said in block.items)
        case Table():
            return "\n".join(_table(block))
        case Lines():
            return _fenced(block)
        case Fold():
            inner = "\n\n".join(map(_block, block.blocks))
            # The empty lines end the HTML block, so that what is inside is Markdown again.
            return f"<details>\n<summary>{plain(block.title)}</summary>\n\n{inner}\n\n</details>"


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(map(plain, table.heads))} |"
    yield f"|{'---|' * len(table.heads)}"
    for row in table.rows:
        yield f"| {' | '.join(inline(cell, in_table=True) for cell in row)} |"


def _fenced(block: Lines) -> str:
    longest = max((len(run) for line in block.lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    # A slash at the beginning of a line is a quick action where GitLab does not see that this is code.
    kept = (f" {line}" if line.startswith("/") else line for line in block.lines)
    return "\n".join((f"{fence}{block.language}", *kept, fence))


def inline(said: Said, *, in_table: bool = False) -> str:
    """A line of spans."""
    return "".join(_span(span, in_table=in_table) for span in said)


def _span(span: Span, *, in_table: bool) -> str:
    match span.kind:
        case Kind.OWN:
            return plain(span.text)
        case Kind.STRONG:
            return f"**{plain(span.text)}**"
        case Kind.PEER:
            return code(span.text, in_table=in_table)
        case Kind.MIXED:
            first, *others = re.split("( +)", span.text)
            # At the beginning of a line "1." would be a list.
            begun = code(first, in_table=in_table) if _NUMBERED.fullmatch(first) else _word(first, in_table=in_table)
            return begun + "".join(_word(word, in_table=in_table) for word in others)


_ACTIVE = re.compile(r"[\\`*_{}\[\]<>|#~&$@]")


def plain(said: str) -> str:
    """Our own words."""
    return _ACTIVE.sub(r"\\\g<0>", said)


def code(said: str, *, in_table: bool = False) -> str:
    """A code span of anything that is one line.

    In a table a vertical bar ends the cell whatever stands around it, and not every parser takes ``\\|`` back inside
    of code: it is written as an escape.
    """
    if not said:
        return "(empty)"
    if in_table:
        said = said.replace("|", "\\x7c")
    fence = "`" * (max(map(len, re.findall("`+", said)), default=0) + 1)
    # One space on both sides is taken off again; without it a backtick or a space of the text would be.
    pad = " " if not said.isspace() and (said[0] in "` " or said[-1] in "` ") else ""
    return f"{fence}{pad}{said}{pad}{fence}"


_NUMBERED = re.compile(r"[0-9]+[.)]")

_HARMLESS = re.compile(r"[^\W_]+(?:['’.,:%-][^\W_]+)*%?|")
"""Words that are nothing but words."""

_REFERENCE = re.compile(r"\b(?:[A-Z][A-Z0-9]+|(?i:gh))-[0-9]|(?i:www\.|https?:|ftp:|mailto:)|\b[0-9a-f]{7,40}\b")
"""What is a link or may become one: ABC-123, GH-1, an address, a commit."""

_AROUND = re.compile(r"([\"'(]*)(.*?)([\"').,:;!?]*)", re.DOTALL)


def _word(word: str, *, in_table: bool) -> str:
    """One word of a sentence that may quote a peer: as it is when it is harmless, else as code."""
    match = _AROUND.fullmatch(word)
    before, core, after = match.groups() if match else ("", word, "")
    if not core or core.isspace() or (_HARMLESS.fullmatch(core) and not _REFERENCE.search(core)):
        return word
    return f"{before}{code(core, in_table=in_table)}{after}"
